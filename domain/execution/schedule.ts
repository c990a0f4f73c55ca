import { type PeriodName, periodEnds } from '../returns/periods.ts';
import type { IsoDate } from '../returns/series.ts';
import type { ExecutionSettings, RebalanceRule } from './settings.ts';

/** Weights decided at the close of a date, aligned to the columns of the book. */
export interface Decision {
  readonly date: IsoDate;
  readonly weights: Float64Array;
}

/** A decision as it is traded: before row `firstRow`, which is the first that it earns. */
export interface ScheduledTrade extends Decision {
  readonly firstRow: number;
}

export interface Schedule {
  readonly trades: readonly ScheduledTrade[];
  /** Dates of decisions that a later one on the same trade row replaced. */
  readonly replaced: readonly IsoDate[];
  /** Dates of decisions that earn no row: the returns end before. */
  readonly notEarning: readonly IsoDate[];
  /** Decisions dated before the first row; the last of them is traded at the opening. */
  readonly beforeFirstRow: number;
}

/** Index of the last date at or before another; -1 when there is none. Dates ascend. */
export function lastAtOrBefore(dates: readonly IsoDate[], date: IsoDate): number {
  let low = 0;
  let high = dates.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (dates[middle]! <= date) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Decisions on the rows of a calendar: each takes the newest weights at or before its row, also where they have not changed. */
function resampled(dates: readonly IsoDate[], decisions: readonly Decision[], rule: RebalanceRule): readonly Decision[] {
  if (rule === 'as_given') return decisions;
  const rows = rule === 'daily' ? dates.map((_, row) => row) : periodEnds(dates, rule satisfies PeriodName);
  const decidedOn = decisions.map(({ date }) => date);
  return rows.flatMap((row) => {
    const newest = decisions[lastAtOrBefore(decidedOn, dates[row]!)];
    return newest === undefined ? [] : [{ date: dates[row]!, weights: newest.weights }];
  });
}

/**
 * When each decision is traded. Weights dated d are decided at the close of d and traded at the close of the `lagRows`-th row behind the
 * last row at or before d; they earn from the row after it. A later decision that falls on the same close replaces an earlier one. With
 * `same_row` weights earn from the first row at or after d, which no book can do.
 */
export function scheduleTrades(
  dates: readonly IsoDate[],
  given: readonly Decision[],
  { timing, lagRows, rebalance }: Pick<ExecutionSettings, 'timing' | 'lagRows' | 'rebalance'>,
): Schedule {
  const trades: ScheduledTrade[] = [];
  const replaced: IsoDate[] = [];
  const notEarning: IsoDate[] = [];
  for (const decision of resampled(dates, given, rebalance)) {
    const row = lastAtOrBefore(dates, decision.date);
    const firstRow = timing === 'same_row' && dates[row] === decision.date ? row : row + 1 + lagRows;
    if (firstRow >= dates.length) {
      notEarning.push(decision.date);
      continue;
    }
    if (trades.at(-1)?.firstRow === firstRow) replaced.push(trades.pop()!.date);
    trades.push({ ...decision, firstRow });
  }
  return { trades, replaced, notEarning, beforeFirstRow: given.filter(({ date }) => date < dates[0]!).length };
}
