import { LedgerError } from '../shared/errors.ts';

/** Splits of a history into groups of rows, some held back for the test, as combinations: more paths than one walk forward gives. */
export interface SplitPlan {
  readonly rows: number;
  readonly groups: number;
  readonly testGroups: number;
  /** Rows before a test group that are not learnt from. */
  readonly purgeRows: number;
  /** Rows after a test group that are not learnt from: what a test row still moves lies there. */
  readonly embargoRows: number;
  /** A split with fewer training rows is listed and not run. */
  readonly trainRowsMin: number;
}

export interface Split {
  readonly testGroups: readonly number[];
  readonly train: readonly number[];
  readonly test: readonly number[];
  readonly isTooShort: boolean;
}

export interface CombinatorialSplits {
  /** Rows of each group, [first, end). */
  readonly spans: readonly (readonly [first: number, end: number])[];
  readonly splits: readonly Split[];
  /** Whole histories that the test groups make up: testGroups / groups of the splits. */
  readonly paths: number;
  /** They learn from rows after the test: no walk-forward. */
  readonly label: 'not walk-forward';
}

/** More are not worth their solves. */
const splitsMax = 10_000;

/** Choices of so many of 0 to size-1, in lexicographic order. */
export function combinations(size: number, taken: number): number[][] {
  if (taken === 0) return [[]];
  const all: number[][] = [];
  for (let last = taken - 1; last < size; last++) for (const rest of combinations(last, taken - 1)) all.push([...rest, last]);
  return all.toSorted((left, right) => left.reduce((order, item, index) => order || item - right[index]!, 0));
}

function countOf(size: number, taken: number): number {
  let count = 1;
  for (let k = 1; k <= taken; k++) count = (count * (size - taken + k)) / k;
  return count;
}

const isWhole = (value: number, min: number): boolean => Number.isInteger(value) && value >= min;

function requirePlan({ rows, groups, testGroups, purgeRows, embargoRows }: SplitPlan): void {
  const isPlan =
    isWhole(testGroups, 1) && isWhole(groups, testGroups + 1) && isWhole(rows, groups) && isWhole(purgeRows, 0) && isWhole(embargoRows, 0);
  if (isPlan && countOf(groups, testGroups) <= splitsMax) return;
  throw new LedgerError('SchemaViolation', `${rows} rows in ${groups} groups, ${testGroups} of them for the test, are no splits`, {
    evidence: { rows, groups, testGroups, purgeRows, embargoRows, splitsMax },
  });
}

/** Groups as spans of rows, [first, end): the first rows % groups are one row longer. */
function spansOf(rows: number, groups: number): [first: number, end: number][] {
  const [short, longer] = [Math.floor(rows / groups), rows % groups];
  let first = 0;
  return Array.from({ length: groups }, (_, group) => {
    const end = first + short + (group < longer ? 1 : 0);
    const span: [number, number] = [first, end];
    first = end;
    return span;
  });
}

function splitOf(plan: SplitPlan, spans: readonly (readonly [number, number])[], testGroups: readonly number[]): Split {
  const held = testGroups.map((group) => spans[group]!);
  const isTest = (row: number): boolean => held.some(([first, end]) => row >= first && row < end);
  const isNear = (row: number): boolean => held.some(([first, end]) => row >= first - plan.purgeRows && row < end + plan.embargoRows);
  const rows = Array.from({ length: plan.rows }, (_, row) => row);
  const train = rows.filter((row) => !isNear(row));
  return { testGroups, train, test: rows.filter(isTest), isTooShort: train.length < plan.trainRowsMin };
}

/**
 * Purged combinatorial cross-validation (Lopez de Prado 2018, chapter 12) on numbered rows. Errors: SchemaViolation for a plan without
 * splits, or with more than 10,000.
 */
export function combinatorialSplits(plan: SplitPlan): CombinatorialSplits {
  requirePlan(plan);
  const { rows, groups, testGroups } = plan;
  const spans = spansOf(rows, groups);
  const splits = combinations(groups, testGroups).map((chosen) => splitOf(plan, spans, chosen));
  return { spans, splits, paths: (splits.length * testGroups) / groups, label: 'not walk-forward' };
}
