import { tieShare } from './path-ends.ts';
import { pathTables } from './path-lengths.ts';
import { childrenOf, halvesOf, type PathTables } from './path-tables.ts';
import type { LinkageRow } from './schemas.ts';

/**
 * Leaf order that keeps neighbours close, as SciPy's `optimal_leaf_ordering` gives it and with it skfolio and
 * Riskfolio-Lib: the path lengths are those of Bar-Joseph, Gifford and Jaakkola (2001), and each merge mirrors its two
 * children, whole, where the best path through *that* merge asks for it. At the root the smaller cluster id stays left.
 *
 * Mirroring merge by merge does not always give the shortest path through the whole tree (SciPy issue 11227);
 * `exactLeafOrder` does.
 */
export function optimalLeafOrder(rows: readonly LinkageRow[], condensed: Float64Array, size: number): number[] {
  if (size < 3) return Array.from({ length: size }, (_, i) => i);
  const tables = pathTables(rows, condensed, size);
  const mirrored = new Uint8Array(2 * size - 1);
  for (let id = size; id < 2 * size - 1; id++) {
    const [left, right] = childrenOf(tables, id)!;
    const u = tables.leftEnd[id]!;
    const w = tables.rightEnd[id]!;
    const leftChildren = childrenOf(tables, left);
    const rightChildren = childrenOf(tables, right);
    if (leftChildren !== null) mirrored[left] = u >= tables.spans.start[leftChildren[1]]! ? 1 : 0;
    if (rightChildren !== null) mirrored[right] = w < tables.spans.start[rightChildren[1]]! ? 1 : 0;
  }
  const order: number[] = [];
  const pending = [2 * size - 2];
  while (pending.length > 0) {
    const id = pending.pop()!;
    const children = childrenOf(tables, id);
    if (children === null) {
      order.push(id);
      continue;
    }
    // A mirrored cluster mirrors all that is in it; a child of it that is to be mirrored itself turns back.
    const [left, right] = children;
    mirrored[left] = mirrored[left]! ^ mirrored[id]!;
    mirrored[right] = mirrored[right]! ^ mirrored[id]!;
    if (mirrored[id] === 1) pending.push(left, right);
    else pending.push(right, left);
  }
  return order;
}

/**
 * The leaf order of least total distance between neighbours among all orders that the tree allows (Bar-Joseph et al.
 * 2001, with the O(n³) recurrence of Bar-Joseph et al. 2003). At the root the smaller cluster id stays left.
 */
export function exactLeafOrder(rows: readonly LinkageRow[], condensed: Float64Array, size: number): number[] {
  if (size < 3) return Array.from({ length: size }, (_, i) => i);
  const tables = pathTables(rows, condensed, size);
  const order = new Int32Array(size);
  const root = 2 * size - 2;
  const pending: { id: number; at: number; u: number; w: number }[] = [
    { id: root, at: 0, u: tables.leftEnd[root]!, w: tables.rightEnd[root]! },
  ];
  while (pending.length > 0) {
    const { id, at, u, w } = pending.pop()!;
    const children = childrenOf(tables, id);
    if (children === null) {
      order[at] = tables.spans.order[u]!;
      continue;
    }
    const [head, tail] = u < tables.spans.start[children[1]]! ? children : [children[1], children[0]];
    const [m, k] = bestJoint(tables, head, tail, u, w);
    pending.push({ id: head, at, u, w: m });
    pending.push({ id: tail, at: at + tables.spans.end[head]! - tables.spans.start[head]!, u: k, w });
  }
  return Array.from(order);
}

/** Where the path from u through `head` passes into `tail` on its way to w. */
function bestJoint(tables: PathTables, head: number, tail: number, u: number, w: number): [number, number] {
  const { size, length, distance } = tables;
  const near = halvesOf(tables, head).find(({ from, to }) => u >= from && u < to)!;
  const far = halvesOf(tables, tail).find(({ from, to }) => w >= from && w < to)!;
  let best: [number, number] = [near.farFrom, far.farFrom];
  let least = Infinity;
  for (let m = near.farFrom; m < near.farTo; m++) {
    for (let k = far.farFrom; k < far.farTo; k++) {
      const total = length[u * size + m]! + distance[m * size + k]! + length[k * size + w]!;
      if (total < least * (1 - tieShare)) {
        least = total;
        best = [m, k];
      }
    }
  }
  return best;
}
