import { clusterSpans, type ClusterSpans } from './leaf-order.ts';
import type { LinkageRow } from './schemas.ts';
import { mirror } from './square.ts';

/** Everything in plain positions: clusters are spans, and a pair of leaves meets in one merge only. */
export interface PathTables {
  readonly size: number;
  readonly rows: readonly LinkageRow[];
  readonly spans: ClusterSpans;
  /** 0, 1, 2 and so on: every leaf by its place. */
  readonly places: Int32Array;
  readonly distance: Float64Array;
  /**
   * `length[u * size + w]`: shortest path through the cluster where u and w meet, from u at one end to w at the other; not kept for the
   * root.
   */
  readonly length: Float64Array;
  /** By cluster: the ends of its shortest path, in its left child and in its right. */
  readonly leftEnd: Int32Array;
  readonly rightEnd: Int32Array;
}

/** Leaves [from, to) of a cluster, and where its other end lies when one of them is an end: [farFrom, farTo). */
export interface Half {
  readonly from: number;
  readonly to: number;
  readonly farFrom: number;
  readonly farTo: number;
}

/** The row of a merge, which begins with its two children; a leaf has none. */
export function childrenOf({ size, rows }: PathTables, id: number): LinkageRow | null {
  return id < size ? null : rows[id - size]!;
}

/** The two children of a cluster, each opposite the other; a leaf is opposite itself. */
export function halvesOf(tables: PathTables, id: number): readonly Half[] {
  const { start, end } = tables.spans;
  const children = childrenOf(tables, id);
  const from = start[id]!;
  const to = end[id]!;
  if (children === null) return [{ from, to, farFrom: from, farTo: to }];
  const middle = end[children[0]]!;
  return [
    { from, to: middle, farFrom: middle, farTo: to },
    { from: middle, to, farFrom: from, farTo: middle },
  ];
}

/** Distances between plain positions: each pair is written once, in the order given, and then mirrored. */
function distanceInOrder(condensed: Float64Array, size: number, order: Int32Array): Float64Array {
  const place = new Int32Array(size);
  for (let at = 0; at < size; at++) place[order[at]!] = at;
  const distance = new Float64Array(size * size);
  let from = 0;
  for (let i = 0; i < size; i++) {
    const row = place[i]! * size;
    for (let j = i + 1; j < size; j++) distance[row + place[j]!] = condensed[from++]!;
  }
  mirror(distance, size);
  return distance;
}

export function emptyTables(rows: readonly LinkageRow[], condensed: Float64Array, size: number): PathTables {
  const spans = clusterSpans(rows, size);
  const places = new Int32Array(size);
  for (let place = 0; place < size; place++) places[place] = place;
  return {
    size,
    rows,
    spans,
    places,
    distance: distanceInOrder(condensed, size, spans.order),
    length: new Float64Array(size * size),
    leftEnd: new Int32Array(2 * size - 1),
    rightEnd: new Int32Array(2 * size - 1),
  };
}
