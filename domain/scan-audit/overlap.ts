import { byCodeUnits } from '../shared/order.ts';
import { shareOf } from './statistics.ts';

export interface SetOverlap {
  readonly a: number;
  readonly b: number;
  /** In code-unit order. */
  readonly intersection: readonly string[];
  /** Null where both sets are empty. */
  readonly jaccard: number | null;
  /** Share of A that is in B; null where A is empty. */
  readonly aInB: number | null;
  readonly bInA: number | null;
}

/** How far two sets of `EXCHANGE:TICKER` are one. */
export function setOverlap(a: readonly string[], b: readonly string[]): SetOverlap {
  const [left, right] = [new Set(a), new Set(b)];
  const intersection = [...left].filter((symbol) => right.has(symbol)).toSorted(byCodeUnits);
  const common = intersection.length;
  return {
    a: left.size,
    b: right.size,
    intersection,
    jaccard: shareOf(common, left.size + right.size - common),
    aInB: shareOf(common, left.size),
    bInA: shareOf(common, right.size),
  };
}

/** From here on two scanners find the same. */
const sameFrom = 0.5;

export interface ScannedSets {
  readonly selected: readonly string[];
  /** Every gate passed, before the limit. */
  readonly passing: readonly string[];
  readonly fetched: readonly string[];
}

export interface Overlap {
  readonly selected: SetOverlap;
  readonly passing: SetOverlap;
  readonly fetched: SetOverlap;
  readonly finding: 'not_distinct' | 'distinct' | 'unknown';
}

/** The overlap of two scans; the finding is about what they selected, and unknown where neither selected anything. */
export function overlapOf(a: ScannedSets, b: ScannedSets): Overlap {
  const selected = setOverlap(a.selected, b.selected);
  const { jaccard } = selected;
  return {
    selected,
    passing: setOverlap(a.passing, b.passing),
    fetched: setOverlap(a.fetched, b.fetched),
    finding: jaccard === null ? 'unknown' : jaccard >= sameFrom ? 'not_distinct' : 'distinct',
  };
}
