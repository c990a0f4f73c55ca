/** Both leaf orders by the plain recurrence, which tries every leaf: what the bounded one must answer, ties and all. */
import { squareDistance } from '../../../domain/risk/distance.ts';
import { clusterSpans, type ClusterSpans } from '../../../domain/risk/leaf-order.ts';
import type { LinkageRow } from '../../../domain/risk/schemas.ts';

/** Lengths closer than this share of themselves are equal: the leaf further left in the plain order decides, not rounding. */
const tieShare = 1e-12;

/** Everything in plain positions: clusters are spans, and a pair of leaves meets in one merge only. */
interface Tables {
  readonly size: number;
  readonly rows: readonly LinkageRow[];
  readonly spans: ClusterSpans;
  readonly distance: Float64Array;
  /** `length[u * size + w]`: shortest path through the cluster where u and w meet, from u at one end to w at the other. */
  readonly length: Float64Array;
  /** `reach[u * size + k]`: shortest path from u through its whole child cluster, then across to k in the other child. */
  readonly reach: Float64Array;
}

/** Children of a merge as spans [start, end); a leaf has none. */
function childrenOf(tables: Tables, id: number): readonly [number, number] | null {
  const row = id < tables.size ? undefined : tables.rows[id - tables.size];
  return row === undefined ? null : [row[0], row[1]];
}

/** For each leaf of a cluster, the span in which the cluster's other end must lie when that leaf is one end. */
function oppositeSpans(tables: Tables, id: number): { from: number; to: number; farFrom: number; farTo: number }[] {
  const { start, end } = tables.spans;
  const children = childrenOf(tables, id);
  if (children === null) return [{ from: start[id]!, to: end[id]!, farFrom: start[id]!, farTo: end[id]! }];
  const [left, right] = children;
  return [
    { from: start[left]!, to: end[left]!, farFrom: start[right]!, farTo: end[right]! },
    { from: start[right]!, to: end[right]!, farFrom: start[left]!, farTo: end[left]! },
  ];
}

function fillReach(tables: Tables, id: number, otherStart: number, otherEnd: number): void {
  const { size, length, distance, reach } = tables;
  for (const { from, to, farFrom, farTo } of oppositeSpans(tables, id)) {
    for (let u = from; u < to; u++) {
      const row = u * size;
      for (let k = otherStart; k < otherEnd; k++) reach[row + k] = Infinity;
      for (let m = farFrom; m < farTo; m++) {
        const inside = length[row + m]!;
        const across = m * size;
        for (let k = otherStart; k < otherEnd; k++) {
          const total = inside + distance[across + k]!;
          if (total < reach[row + k]!) reach[row + k] = total;
        }
      }
    }
  }
}

function fillLengths(tables: Tables, id: number): void {
  const { size, spans, length, reach } = tables;
  const [left, right] = childrenOf(tables, id)!;
  fillReach(tables, left, spans.start[right]!, spans.end[right]!);
  for (let u = spans.start[left]!; u < spans.end[left]!; u++) {
    for (const { from, to, farFrom, farTo } of oppositeSpans(tables, right)) {
      for (let w = from; w < to; w++) {
        let least = Infinity;
        for (let k = farFrom; k < farTo; k++) {
          const total = reach[u * size + k]! + length[w * size + k]!;
          if (total < least) least = total;
        }
        length[u * size + w] = least;
        length[w * size + u] = least;
      }
    }
  }
}

function tablesOf(rows: readonly LinkageRow[], condensed: Float64Array, size: number): Tables {
  const spans = clusterSpans(rows, size);
  const given = squareDistance(condensed, size);
  const distance = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) distance[i * size + j] = given[spans.order[i]! * size + spans.order[j]!]!;
  const tables = { size, rows, spans, distance, length: new Float64Array(size * size), reach: new Float64Array(size * size) };
  for (let id = size; id < 2 * size - 1; id++) fillLengths(tables, id);
  return tables;
}

/** The ends of the shortest path through a cluster: u in its left child, w in its right. */
function bestEnds(tables: Tables, id: number): [number, number] {
  const { size, spans, length } = tables;
  const [left, right] = childrenOf(tables, id)!;
  let best: [number, number] = [spans.start[left]!, spans.start[right]!];
  let least = Infinity;
  for (let u = spans.start[left]!; u < spans.end[left]!; u++) {
    for (let w = spans.start[right]!; w < spans.end[right]!; w++) {
      const total = length[u * size + w]!;
      if (total < least * (1 - tieShare)) {
        least = total;
        best = [u, w];
      }
    }
  }
  return best;
}

export function plainOptimalLeafOrder(rows: readonly LinkageRow[], condensed: Float64Array, size: number): number[] {
  if (size < 3) return Array.from({ length: size }, (_, i) => i);
  const tables = tablesOf(rows, condensed, size);
  const mirrored = new Uint8Array(2 * size - 1);
  for (let id = size; id < 2 * size - 1; id++) {
    const [left, right] = childrenOf(tables, id)!;
    const [u, w] = bestEnds(tables, id);
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

export function plainExactLeafOrder(rows: readonly LinkageRow[], condensed: Float64Array, size: number): number[] {
  if (size < 3) return Array.from({ length: size }, (_, i) => i);
  const tables = tablesOf(rows, condensed, size);
  const order = new Int32Array(size);
  const [first, last] = bestEnds(tables, 2 * size - 2);
  const pending: { id: number; at: number; u: number; w: number }[] = [{ id: 2 * size - 2, at: 0, u: first, w: last }];
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
function bestJoint(tables: Tables, head: number, tail: number, u: number, w: number): [number, number] {
  const { size, length, distance } = tables;
  const near = oppositeSpans(tables, head).find(({ from, to }) => u >= from && u < to)!;
  const far = oppositeSpans(tables, tail).find(({ from, to }) => w >= from && w < to)!;
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
