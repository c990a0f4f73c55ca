import { type Table, tableOf } from './tables.ts';

/**
 * Example strategies: each turns what is known at a close into positions whose sizes add up to 1. None of them reads a row behind the close
 * that it decides on.
 */

const monthRows = 21;
const yearRows = 252;

/** The last value at or before a row that is there; NaN where the column has none yet. */
function lastAt(values: Float64Array, row: number): number {
  for (let each = row; each >= 0; each--) if (!Number.isNaN(values[each]!)) return values[each]!;
  return Number.NaN;
}

/** Scores as positions: gross 1; a score that is not there is no position. */
function grossOne(scores: readonly number[]): number[] {
  const gross = scores.reduce((sum, score) => sum + (Number.isNaN(score) ? 0 : Math.abs(score)), 0);
  return scores.map((score) => (Number.isNaN(score) || gross === 0 ? 0 : score / gross));
}

/** Ranks about their mean, as in Asness, Moskowitz and Pedersen (2013): long above the middle, short below it. */
function ranked(scores: readonly number[]): number[] {
  const present = scores.flatMap((score, column) => (Number.isNaN(score) ? [] : [column]));
  const order = present.toSorted((left, right) => scores[left]! - scores[right]! || left - right);
  const middle = (present.length - 1) / 2;
  return grossOne(scores.map((score, column) => (Number.isNaN(score) ? Number.NaN : order.indexOf(column) - middle)));
}

type Signal = (row: number) => number[];

/** Time-series momentum (Moskowitz, Ooi and Pedersen 2012): the sign of the last year's return. */
export const trend =
  ({ values }: Table): Signal =>
  (row) =>
    grossOne(values.map((closes) => (row < yearRows ? Number.NaN : Math.sign(lastAt(closes, row) / lastAt(closes, row - yearRows) - 1))));

/** Cross-sectional momentum (Jegadeesh and Titman 1993): ranks of the last year's return, its last month left out. */
export const crossSection =
  ({ values }: Table): Signal =>
  (row) =>
    ranked(values.map((closes) => (row < yearRows ? Number.NaN : lastAt(closes, row - monthRows) / lastAt(closes, row - yearRows) - 1)));

/** Carry (Koijen, Moskowitz, Pedersen and Vrugt 2018): ranks of the mean carry of the last month. */
export const carry =
  ({ values }: Table): Signal =>
  (row) =>
    ranked(
      values.map((series) => {
        const last = [...series.subarray(Math.max(0, row - monthRows + 1), row + 1)].filter((value) => !Number.isNaN(value));
        return last.length < monthRows / 2 ? Number.NaN : last.reduce((sum, value) => sum + value, 0) / last.length;
      }),
    );

/** Rows of a table that are the last of their week, from a row on; weeks end on Friday. */
export function fridays(dates: readonly string[], from: number): number[] {
  const friday = (date: string): number => {
    const day = Date.parse(`${date}T00:00:00Z`) / 86_400_000;
    return day + ((8 - (day % 7)) % 7);
  };
  return dates.flatMap((date, row) => (row >= from && row + 1 < dates.length && friday(date) !== friday(dates[row + 1]!) ? [row] : []));
}

/** Positions of a signal on each Friday, from the first on which it holds something. */
export function positionsOf(prices: Table, signal: Signal): Table {
  const rows = fridays(prices.dates, yearRows).map((row) => ({ date: prices.dates[row]!, positions: signal(row) }));
  const held = rows.filter(({ positions }) => positions.some((position) => position !== 0));
  return tableOf(
    held.map(({ date }) => date),
    prices.columns,
    held.map(({ positions }) => positions),
  );
}
