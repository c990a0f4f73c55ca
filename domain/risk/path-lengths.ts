import { leastSums, sumsRoom, type SumsRoom } from './least-sums.ts';
import { allEnds, bestPair, endsThatMatter, isDecided, type EndList, type Ends } from './path-ends.ts';
import { childrenOf, emptyTables, halvesOf, type PathTables } from './path-tables.ts';
import type { LinkageRow } from './schemas.ts';

interface Room {
  /** From each end on the left to every leaf on the right: shortest path through the whole left child, then across. */
  readonly reach: Float64Array;
  /** From each end on the left to each on the right: shortest path through both children. */
  readonly lengths: Float64Array;
  readonly sums: SumsRoom;
}

/** Where the leaves from a place on begin in a list. */
function firstFrom({ leaves, from, to }: EndList, place: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (leaves[middle]! < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** From the ends on the left through the whole left child, and across to each leaf on the right. */
function fillReach(tables: PathTables, children: LinkageRow, ends: EndList, { reach, sums }: Room): void {
  const { size, distance, length, spans } = tables;
  const left = children[0];
  const right = children[1];
  const rightStart = spans.start[right]!;
  const rowCount = spans.end[right]! - rightStart;
  for (const { from, to, farFrom, farTo } of halvesOf(tables, left)) {
    const memberFrom = firstFrom(ends, from);
    leastSums(
      {
        rows: distance,
        rowStart: rightStart * size + farFrom,
        rowStride: size,
        rowCount,
        inside: length,
        insideStride: size,
        insideFrom: farFrom,
        columnCount: farTo - farFrom,
        members: ends.leaves,
        memberFrom,
        memberTo: firstFrom(ends, to),
        out: reach,
        outStart: (memberFrom - ends.from) * rowCount,
        outPerRow: 1,
        outPerMember: rowCount,
      },
      sums,
    );
  }
}

/** From the ends on the left, by what they reach, through the whole right child to the ends on the right. */
function fillLengths(tables: PathTables, right: number, ends: Ends, { reach, lengths, sums }: Room): void {
  const { size, length, spans } = tables;
  const rightStart = spans.start[right]!;
  for (const { from, to, farFrom, farTo } of halvesOf(tables, right)) {
    const memberFrom = firstFrom(ends.right, from);
    leastSums(
      {
        rows: reach,
        rowStart: farFrom - rightStart,
        rowStride: spans.end[right]! - rightStart,
        rowCount: ends.left.to - ends.left.from,
        inside: length,
        insideStride: size,
        insideFrom: farFrom,
        columnCount: farTo - farFrom,
        members: ends.right.leaves,
        memberFrom,
        memberTo: firstFrom(ends.right, to),
        out: lengths,
        outStart: memberFrom - ends.right.from,
        outPerRow: ends.right.to - ends.right.from,
        outPerMember: 1,
      },
      sums,
    );
  }
}

/** Writes the lengths between all ends of a merge into the table, both ways. */
function keepLengths({ size, length, spans }: PathTables, children: LinkageRow, lengths: Float64Array): void {
  const left = children[0];
  const right = children[1];
  const top = spans.start[left]!;
  const bottom = spans.end[left]!;
  const across = spans.start[right]!;
  const end = spans.end[right]!;
  let from = 0;
  for (let u = top; u < bottom; u++) for (let w = across; w < end; w++) length[u * size + w] = lengths[from++]!;
  for (let w = across; w < end; w++) {
    from = w - across;
    for (let u = top; u < bottom; u++) {
      length[w * size + u] = lengths[from]!;
      from += end - across;
    }
  }
}

function fillBetween(tables: PathTables, children: LinkageRow, ends: Ends, room: Room): void {
  fillReach(tables, children, ends.left, room);
  fillLengths(tables, children[1], ends, room);
}

/** Nothing is built on the root's lengths, so that only its best ends are looked for. */
function fillRoot(tables: PathTables, children: LinkageRow, room: Room): [number, number] {
  const some = endsThatMatter(tables, children, room.sums);
  fillBetween(tables, children, some, room);
  const count = (some.left.to - some.left.from) * (some.right.to - some.right.from);
  if (isDecided(room.lengths, count)) return bestPair(room.lengths, some);
  const all = allEnds(tables, children);
  fillBetween(tables, children, all, room);
  return bestPair(room.lengths, all);
}

function fillMerge(tables: PathTables, children: LinkageRow, room: Room): [number, number] {
  const { size, distance, length, spans } = tables;
  const left = children[0];
  const right = children[1];
  if (left < size && right < size) {
    const u = spans.start[left]!;
    const w = spans.start[right]!;
    length[u * size + w] = distance[u * size + w]!;
    length[w * size + u] = distance[u * size + w]!;
    return [u, w];
  }
  const ends = allEnds(tables, children);
  fillBetween(tables, children, ends, room);
  keepLengths(tables, children, room.lengths);
  return bestPair(room.lengths, ends);
}

/**
 * Lengths of the shortest paths through every cluster, merge after merge, and the ends of each cluster's own: the O(n³) recurrence of
 * Bar-Joseph et al. (2003) with bounds in the manner of Bar-Joseph et al. (2001), which skip most of it and change no number.
 */
export function pathTables(rows: readonly LinkageRow[], condensed: Float64Array, size: number): PathTables {
  const tables = emptyTables(rows, condensed, size);
  const pairs = Math.floor((size * size) / 4);
  const room: Room = { reach: new Float64Array(pairs), lengths: new Float64Array(pairs), sums: sumsRoom(size) };
  const root = 2 * size - 2;
  for (let id = size; id <= root; id++) {
    const children = childrenOf(tables, id)!;
    const [first, last] = id === root ? fillRoot(tables, children, room) : fillMerge(tables, children, room);
    tables.leftEnd[id] = first;
    tables.rightEnd[id] = last;
  }
  return tables;
}
