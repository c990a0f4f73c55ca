import { condensedOffset } from './distance.ts';
import { emptyMerges, type Merges } from './merges.ts';

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

/**
 * Agglomeration along chains of nearest neighbours (Murtagh 1983; Müllner 2011), O(n²): two clusters that are each
 * other's nearest can be merged at once. Ties are broken as scipy breaks them, so ids and order agree with it.
 */
export function nearestNeighbourMerges(distances: Float64Array, size: number, method: 'ward' | 'average' | 'complete'): Merges {
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
