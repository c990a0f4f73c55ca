import type { LinkageRow } from './schemas.ts';

/** Where each cluster stands in the plain order: leaves `start` (inclusive) to `end` (exclusive). */
export interface ClusterSpans {
  readonly order: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
}

/** Leaves from left to right when each merge keeps its smaller id on the left (scipy's `leaves_list`). */
export function plainLeafOrder(rows: readonly LinkageRow[], size: number): number[] {
  return Array.from(clusterSpans(rows, size).order);
}

/** The plain order together with the span of every cluster in it. */
export function clusterSpans(rows: readonly LinkageRow[], size: number): ClusterSpans {
  const start = new Int32Array(2 * size - 1);
  const end = new Int32Array(2 * size - 1);
  end[2 * size - 2] = size;
  for (let id = 2 * size - 2; id >= size; id--) {
    const row = rows[id - size]!;
    const left = row[0];
    const right = row[1];
    const middle = start[id]! + (left < size ? 1 : rows[left - size]![3]);
    start[left] = start[id]!;
    end[left] = middle;
    start[right] = middle;
    end[right] = end[id]!;
  }
  const order = new Int32Array(size);
  for (let leaf = 0; leaf < size; leaf++) order[start[leaf]!] = leaf;
  return { order, start, end };
}
