import { boundEntries, roundingOf, type SumsRoom } from './least-sums.ts';
import { halvesOf, type PathTables } from './path-tables.ts';
import type { LinkageRow } from './schemas.ts';

/** Lengths closer than this share of themselves are equal: the leaf further left in the plain order decides, not rounding. */
export const tieShare = 1e-12;
/** With fewer pairs than this it is quicker to look at each. */
const pairsBounded = 1024;
/** Bands above the least length, each wider than two lengths that tie can lie apart. */
const bandCount = 8;
const bandShare = 2 * tieShare;

/** Leaves [from, to) of a list, from left to right. */
export interface EndList {
  readonly leaves: Int32Array;
  readonly from: number;
  readonly to: number;
}

/** Ends to be looked at: those in the left child of a merge, and those in its right. */
export interface Ends {
  readonly left: EndList;
  readonly right: EndList;
}

export function allEnds({ spans, places }: PathTables, children: LinkageRow): Ends {
  const left = children[0];
  const right = children[1];
  return {
    left: { leaves: places, from: spans.start[left]!, to: spans.end[left]! },
    right: { leaves: places, from: spans.start[right]!, to: spans.end[right]! },
  };
}

interface Bounds {
  /** Per leaf of the child: the least length from it through the child, with the bound of the step across. */
  readonly bounds: Float64Array;
  readonly longest: number;
  readonly least: number;
  readonly leastAt: number;
}

function boundEnds(tables: PathTables, child: number, across: Float64Array): Bounds {
  const { size, length, spans } = tables;
  const start = spans.start[child]!;
  const bounds = new Float64Array(spans.end[child]! - start);
  let longest = 0;
  let least = Infinity;
  let leastAt = start;
  for (const { from, to, farFrom, farTo } of halvesOf(tables, child)) {
    for (let u = from; u < to; u++) {
      let lowest = Infinity;
      for (let m = farFrom; m < farTo; m++) {
        const inside = length[u * size + m]!;
        const bound = inside + across[m - start]!;
        if (bound < lowest) lowest = bound;
        if (inside > longest) longest = inside;
      }
      bounds[u - start] = lowest;
      if (lowest < least) {
        least = lowest;
        leastAt = u;
      }
    }
  }
  return { bounds, longest, least, leastAt };
}

function farOf(tables: PathTables, child: number, end: number): readonly [number, number] {
  const { farFrom, farTo } = halvesOf(tables, child).find(({ from, to }) => end >= from && end < to)!;
  return [farFrom, farTo];
}

/** The length of the shortest path through both children with these ends. */
function lengthBetween(tables: PathTables, [left, right]: LinkageRow, u: number, w: number): number {
  const { size, length, distance } = tables;
  const [nearFrom, nearTo] = farOf(tables, left, u);
  const [farFrom, farTo] = farOf(tables, right, w);
  let least = Infinity;
  for (let k = farFrom; k < farTo; k++) {
    let reach = Infinity;
    for (let m = nearFrom; m < nearTo; m++) reach = Math.min(reach, length[u * size + m]! + distance[k * size + m]!);
    least = Math.min(least, reach + length[w * size + k]!);
  }
  return least;
}

function within({ bounds }: Bounds, start: number, limit: number): EndList {
  const leaves = new Int32Array(bounds.length);
  let to = 0;
  for (let at = 0; at < bounds.length; at++) if (bounds[at]! <= limit) leaves[to++] = start + at;
  return { leaves, from: 0, to };
}

/**
 * The ends of a merge that can be those of its shortest path, or of one so near to it that a tie could be decided by it. All others lie
 * above the bands: a lower bound says so, less what rounding can make of it.
 */
export function endsThatMatter(tables: PathTables, children: LinkageRow, room: SumsRoom): Ends {
  const { size, distance, spans } = tables;
  const [left, right] = children;
  const leftStart = spans.start[left]!;
  const rightStart = spans.start[right]!;
  const rowCount = spans.end[left]! - leftStart;
  const columnCount = spans.end[right]! - rightStart;
  if (rowCount * columnCount < pairsBounded) return allEnds(tables, children);
  const step = boundEntries({ rows: distance, rowStart: leftStart * size + rightStart, rowStride: size, rowCount, columnCount }, room);
  const first = boundEnds(tables, left, room.floor);
  const last = boundEnds(tables, right, room.price);
  const short = lengthBetween(tables, children, first.leastAt, last.leastAt);
  const limit = short * (1 + (bandCount + 1) * bandShare) + roundingOf(first.longest + last.longest, step);
  return { left: within(first, leftStart, limit - last.least), right: within(last, rightStart, limit - first.least) };
}

/** The best pair of ends: lengths row after row, one row for each end on the left. The first one wins a tie. */
export function bestPair(lengths: Float64Array, { left, right }: Ends): [number, number] {
  const width = right.to - right.from;
  const count = (left.to - left.from) * width;
  let best = 0;
  let short = Infinity;
  for (let at = 0; at < count; at++) {
    const total = lengths[at]!;
    if (total < short) {
      best = at;
      short = total * (1 - tieShare);
    }
  }
  return [left.leaves[left.from + Math.floor(best / width)]!, right.leaves[right.from + (best % width)]!];
}

/**
 * Whether longer paths than these cannot change which pair is best. A tie is judged against the best pair so far, so that one that is a
 * little too long may still decide; but not across a gap wider than a tie. Where every band above the least length has a path in it, no gap
 * is known.
 */
export function isDecided(lengths: Float64Array, count: number): boolean {
  let least = Infinity;
  for (let at = 0; at < count; at++) least = Math.min(least, lengths[at]!);
  if (least === 0) return true;
  const met = new Set<number>();
  for (let at = 0; at < count; at++) {
    const band = Math.floor((lengths[at]! / least - 1) / bandShare);
    if (band < bandCount) met.add(band);
  }
  return met.size < bandCount;
}
