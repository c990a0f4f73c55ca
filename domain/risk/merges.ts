import type { LinkageRow } from './schemas.ts';

/** Merges in the order found: each names any leaf of the two clusters that it joins. */
export interface Merges {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly height: Float64Array;
}

export function emptyMerges(size: number): Merges {
  const count = Math.max(0, size - 1);
  return { left: new Int32Array(count), right: new Int32Array(count), height: new Float64Array(count) };
}

/**
 * Puts merges in order of height (equal heights as found) and names the clusters as scipy does: leaves 0..n-1, the
 * k-th merge n + k, the smaller id first.
 */
export function linkageRows(merges: Merges, size: number): LinkageRow[] {
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
