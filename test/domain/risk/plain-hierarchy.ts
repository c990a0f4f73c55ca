/** Linkage and bisection as plainly as they can be written, in the order of summation that is kept: the quick ones must have their bits. */
import { condensedOffset } from '../../../domain/risk/distance.ts';
import { emptyMerges, type Merges } from '../../../domain/risk/merges.ts';
import type { LinkageRow } from '../../../domain/risk/schemas.ts';

/** Distance of cluster i to the union of x and y, from the three distances between them and their sizes. */
type Update = (toX: number, toY: number, between: number, sizeX: number, sizeY: number, size: number) => number;

const updates: Readonly<Record<'ward' | 'average' | 'complete', Update>> = {
  ward: (toX, toY, between, sizeX, sizeY, size) => {
    const share = 1 / (sizeX + sizeY + size);
    return Math.sqrt((size + sizeX) * share * toX * toX + (size + sizeY) * share * toY * toY - size * share * between * between);
  },
  average: (toX, toY, _between, sizeX, sizeY) => (sizeX * toX + sizeY * toY) / (sizeX + sizeY),
  complete: (toX, toY) => Math.max(toX, toY),
};

/** Distances in one triangle, and which clusters are alive (the size of a merged one is 0). */
class Clusters {
  readonly sizes: Int32Array;
  readonly #distances: Float64Array;
  readonly #offsets: Int32Array;

  constructor(distances: Float64Array, size: number) {
    this.#distances = Float64Array.from(distances);
    this.sizes = new Int32Array(size).fill(1);
    this.#offsets = Int32Array.from({ length: size }, (_, i) => condensedOffset(size, i));
  }

  distance(i: number, j: number): number {
    return this.#distances[i < j ? this.#offsets[i]! + j : this.#offsets[j]! + i]!;
  }

  /** The nearest living cluster; `preferred` (or -1) wins ties, then the smallest index. */
  nearest(of: number, preferred: number): number {
    const { sizes } = this;
    let best = preferred;
    let least = preferred < 0 ? Infinity : this.distance(of, preferred);
    for (let i = 0; i < sizes.length; i++) {
      if (sizes[i] === 0 || i === of) continue;
      const distance = this.distance(of, i);
      if (distance < least) {
        least = distance;
        best = i;
      }
    }
    return best;
  }

  /** Joins x into y, x < y. */
  join(x: number, y: number, update: Update): void {
    const { sizes } = this;
    const sizeX = sizes[x]!;
    const sizeY = sizes[y]!;
    const between = this.distance(x, y);
    sizes[x] = 0;
    sizes[y] = sizeX + sizeY;
    for (let i = 0; i < sizes.length; i++) {
      if (sizes[i] === 0 || i === y) continue;
      this.#distances[i < y ? this.#offsets[i]! + y : this.#offsets[y]! + i] = update(
        this.distance(i, x),
        this.distance(i, y),
        between,
        sizeX,
        sizeY,
        sizes[i]!,
      );
    }
  }
}

function plainMerges(distances: Float64Array, size: number, method: 'ward' | 'average' | 'complete'): Merges {
  const clusters = new Clusters(distances, size);
  const merges = emptyMerges(size);
  const chain: number[] = [];
  for (let k = 0; k + 1 < size; k++) {
    if (chain.length === 0) chain.push(clusters.sizes.findIndex((count) => count > 0));
    for (;;) {
      const last = chain[chain.length - 1]!;
      const before = chain.length > 1 ? chain[chain.length - 2]! : -1;
      const nearest = clusters.nearest(last, before);
      if (nearest === before) break;
      chain.push(nearest);
    }
    const one = chain.pop()!;
    const other = chain.pop()!;
    merges.left[k] = Math.min(one, other);
    merges.right[k] = Math.max(one, other);
    merges.height[k] = clusters.distance(one, other);
    clusters.join(merges.left[k]!, merges.right[k]!, updates[method]);
  }
  return merges;
}

function plainRows(merges: Merges, size: number): LinkageRow[] {
  const order = Array.from(merges.height, (_, k) => k).toSorted((a, b) => merges.height[a]! - merges.height[b]! || a - b);
  const parent = Int32Array.from({ length: 2 * size }, (_, id) => id);
  const leaves = new Int32Array(2 * size).fill(1);
  const rootOf = (id: number): number => {
    let root = id;
    while (parent[root] !== root) root = parent[root]!;
    for (let at = id; at !== root;) {
      const next = parent[at]!;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  return order.map((found, k): LinkageRow => {
    const first = rootOf(merges.left[found]!);
    const second = rootOf(merges.right[found]!);
    const id = size + k;
    parent[first] = id;
    parent[second] = id;
    leaves[id] = leaves[first]! + leaves[second]!;
    return [Math.min(first, second), Math.max(first, second), merges.height[found]!, leaves[id]];
  });
}

export function plainLinkage(distances: Float64Array, size: number, method: 'ward' | 'average' | 'complete'): LinkageRow[] {
  return plainRows(plainMerges(distances, size, method), size);
}

/** Variance of the inverse-variance portfolio of the leaves at positions [from, to) of the order. */
function clusterVariance(covariance: Float64Array, size: number, order: readonly number[], from: number, to: number): number {
  let total = 0;
  let variance = 0;
  for (let a = from; a < to; a++) {
    const i = order[a]!;
    const row = i * size;
    const inverse = 1 / covariance[row + i]!;
    total += inverse;
    let crossed = 0;
    for (let b = from; b < a; b++) {
      const j = order[b]!;
      crossed += covariance[row + j]! / covariance[j * size + j]!;
    }
    variance += inverse * (2 * crossed + 1);
  }
  return variance / (total * total);
}

/** Splits the order in halves again and again, dividing the weight by inverse cluster variance. */
export function plainBisection(covariance: Float64Array, size: number, order: readonly number[]): Float64Array {
  const weights = new Float64Array(size).fill(1);
  const pending: [number, number][] = [[0, size]];
  while (pending.length > 0) {
    const [from, to] = pending.pop()!;
    if (to - from < 2) continue;
    const middle = from + Math.floor((to - from) / 2);
    const left = clusterVariance(covariance, size, order, from, middle);
    const right = clusterVariance(covariance, size, order, middle, to);
    const share = 1 - left / (left + right);
    for (let at = from; at < to; at++) weights[order[at]!] = weights[order[at]!]! * (at < middle ? share : 1 - share);
    pending.push([from, middle], [middle, to]);
  }
  return weights;
}
