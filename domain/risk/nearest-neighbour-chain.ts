import { squareDistance } from './distance.ts';
import { emptyMerges, type Merges } from './merges.ts';

type Method = 'ward' | 'average' | 'complete';

/** Distances as full rows, so that a search reads one row from left to right; clusters that are still alive, by index. */
interface Clusters {
  readonly size: number;
  readonly square: Float64Array;
  /** Leaves of each cluster. */
  readonly sizes: Int32Array;
  readonly alive: Int32Array;
}

/** A cluster is no neighbour of its own: the diagonal is Infinity. */
function clustersOf(distances: Float64Array, size: number): Clusters {
  const square = squareDistance(distances, size);
  const alive = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    square[i * size + i] = Infinity;
    alive[i] = i;
  }
  return { size, square, sizes: new Int32Array(size).fill(1), alive };
}

/** The nearest of the clusters alive; `preferred` (or -1) wins ties, then the smallest index. */
function nearestTo({ size, square, alive }: Clusters, count: number, of: number, preferred: number): number {
  const row = of * size;
  let best = preferred;
  let least = preferred < 0 ? Infinity : square[row + preferred]!;
  for (let k = 0; k < count; k++) {
    const i = alive[k]!;
    const distance = square[row + i]!;
    if (distance < least) {
      least = distance;
      best = i;
    }
  }
  return best;
}

/** Takes x out of the list of those alive. */
function remove(alive: Int32Array, count: number, x: number): void {
  let at = 0;
  while (alive[at] !== x) at++;
  for (; at + 1 < count; at++) alive[at] = alive[at + 1]!;
}

/** Joins x into y: distances to the union from the three distances between the clusters and their sizes. `count` are alive without x. */
function join({ size, square, sizes, alive }: Clusters, count: number, x: number, y: number, method: Method): void {
  const sizeX = sizes[x]!;
  const sizeY = sizes[y]!;
  const between = square[x * size + y]!;
  sizes[y] = sizeX + sizeY;
  for (let k = 0; k < count; k++) {
    const i = alive[k]!;
    if (i === y) continue;
    const toX = square[x * size + i]!;
    const toY = square[y * size + i]!;
    let distance;
    if (method === 'ward') {
      const own = sizes[i]!;
      const share = 1 / (sizeX + sizeY + own);
      distance = Math.sqrt((own + sizeX) * share * toX * toX + (own + sizeY) * share * toY * toY - own * share * between * between);
    } else if (method === 'average') distance = (sizeX * toX + sizeY * toY) / (sizeX + sizeY);
    else distance = Math.max(toX, toY);
    square[y * size + i] = distance;
    square[i * size + y] = distance;
  }
}

/**
 * Agglomeration along chains of nearest neighbours (Murtagh 1983; Müllner 2011), O(n²): two clusters that are each
 * other's nearest can be merged at once. Ties are broken as scipy breaks them, so ids and order agree with it.
 */
export function nearestNeighbourMerges(distances: Float64Array, size: number, method: Method): Merges {
  const clusters = clustersOf(distances, size);
  const { alive, square } = clusters;
  const merges = emptyMerges(size);
  const chain = new Int32Array(size);
  let depth = 0;
  for (let k = 0; k + 1 < size; k++) {
    const count = size - k;
    if (depth === 0) chain[depth++] = alive[0]!;
    for (;;) {
      const before = depth > 1 ? chain[depth - 2]! : -1;
      const nearest = nearestTo(clusters, count, chain[depth - 1]!, before);
      if (nearest === before) break;
      chain[depth++] = nearest;
    }
    depth -= 2;
    const x = Math.min(chain[depth]!, chain[depth + 1]!);
    const y = Math.max(chain[depth]!, chain[depth + 1]!);
    merges.left[k] = x;
    merges.right[k] = y;
    merges.height[k] = square[x * size + y]!;
    remove(alive, count, x);
    join(clusters, count - 1, x, y, method);
  }
  return merges;
}
