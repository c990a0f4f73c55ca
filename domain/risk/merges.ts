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

/** Merges by height, equal ones as found: an insertion sort, which at O(n²) costs less than the distances did. */
function byHeight(height: Float64Array): Int32Array {
  const order = new Int32Array(height.length);
  for (let k = 0; k < order.length; k++) {
    let at = k;
    for (; at > 0 && height[order[at - 1]!]! > height[k]!; at--) order[at] = order[at - 1]!;
    order[at] = k;
  }
  return order;
}

/** The cluster that an id belongs to by now; the ids on the way are pointed straight at it. */
function rootOf(parent: Int32Array, id: number): number {
  let root = id;
  while (parent[root] !== root) root = parent[root]!;
  for (let at = id; at !== root;) {
    const next = parent[at]!;
    parent[at] = root;
    at = next;
  }
  return root;
}

/**
 * Puts merges in order of height (equal heights as found) and names the clusters as scipy does: leaves 0..n-1, the
 * k-th merge n + k, the smaller id first.
 */
export function linkageRows(merges: Merges, size: number): LinkageRow[] {
  const order = byHeight(merges.height);
  const parent = new Int32Array(2 * size);
  for (let id = 0; id < 2 * size; id++) parent[id] = id;
  const leaves = new Int32Array(2 * size).fill(1);
  const rows: LinkageRow[] = [];
  for (let k = 0; k < order.length; k++) {
    const found = order[k]!;
    const first = rootOf(parent, merges.left[found]!);
    const second = rootOf(parent, merges.right[found]!);
    const id = size + k;
    parent[first] = id;
    parent[second] = id;
    leaves[id] = leaves[first]! + leaves[second]!;
    rows.push([Math.min(first, second), Math.max(first, second), merges.height[found]!, leaves[id]]);
  }
  return rows;
}
