import { type CalendarId, isExpectedDay } from '../returns/calendar.ts';
import { addDays, civilOfDay, dayNumberOf } from '../returns/days.ts';
import { periodOf } from '../returns/periods.ts';
import { sampleMoments } from '../returns/sample-moments.ts';
import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import { lastAtOrBefore } from '../execution/schedule.ts';
import type { MoreiraMuir } from './parameters.ts';

/** A calendar month of a strategy, and the exposure that Moreira and Muir give it. */
export interface ManagedMonth {
  /** `yyyy-mm`. */
  readonly month: string;
  readonly rows: number;
  /** Compounded over the rows of the month. */
  readonly monthlyReturn: number;
  /** Σ(r - mean)²: one month's sum, not annualised. */
  readonly realisedVariance: number;
  /**
   * False where prices begin after its first session, or end before its last. A month whose first session is the opening is whole here: its
   * variance has every return between its sessions, and only what is learned from hangs on it. A tear sheet marks that month as partial
   * (`calendarReturns`), because its return lacks the first session.
   */
  readonly isWhole: boolean;
}

export interface ManagedExposure {
  readonly month: string;
  /** Null in the warm-up. */
  readonly c: number | null;
  /** c over the variance of the month before; null where that variance is zero. */
  readonly k: number | null;
  readonly isWarmUp: boolean;
  readonly isCapped: boolean;
}

const monthOf = (date: IsoDate): string => date.slice(0, 7);

function hasSessionBetween(calendars: readonly CalendarId[], first: number, last: number): boolean {
  for (let day = first; day <= last; day++) if (calendars.some((calendar) => isExpectedDay(calendar, day))) return true;
  return false;
}

const firstOfMonth = (date: IsoDate): number => dayNumberOf(`${monthOf(date)}-01`);

function lastOfMonth(date: IsoDate): number {
  const { year, month } = civilOfDay(dayNumberOf(date));
  return firstOfMonth(`${month === 12 ? year + 1 : year}-${String((month % 12) + 1).padStart(2, '0')}-01`) - 1;
}

/** Months of a series of simple returns that opens at the close of `openingDate`. */
export function monthsOf({ dates, values }: ReturnSeries, openingDate: IsoDate, calendars: readonly CalendarId[]): ManagedMonth[] {
  const keys = dates.map((date) => periodOf(date, 'month'));
  const firsts = keys.flatMap((key, row) => (key === keys[row - 1] ? [] : [row]));
  return firsts.map((first, index) => {
    const end = firsts[index + 1] ?? dates.length;
    const own = values.subarray(first, end);
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const [date, last] = [dates[first]!, dates[end - 1]!];
    const before = index === 0 && monthOf(openingDate) === monthOf(date) ? dayNumberOf(openingDate) - 1 : null;
    const beginsLate = before !== null && hasSessionBetween(calendars, firstOfMonth(date), before);
    const endsEarly = end === dates.length && hasSessionBetween(calendars, dayNumberOf(last) + 1, lastOfMonth(last));
    return {
      month: monthOf(date),
      rows: own.length,
      monthlyReturn: own.reduce((wealth, value) => wealth * (1 + value), 1) - 1,
      realisedVariance: own.reduce((sum, value) => sum + (value - mean) * (value - mean), 0),
      isWhole: !beginsLate && !endsEarly,
    };
  });
}

/**
 * Exposure of the month behind the last of some months: k_m = c_m / v_{m-1}, with c_m = std(f_j) / std(f_j / v_{j-1}) over the pairs of
 * whole months up to m-1 (ddof 1). Moreira and Muir 2017, J. Finance 72(4), 1611-1644, who take one c from the whole sample: that is
 * look-ahead, and here c expands with what is known.
 */
export function exposureAfter(
  known: readonly ManagedMonth[],
  month: string,
  { min_pairs: pairsMin, max_leverage: cap }: MoreiraMuir,
): ManagedExposure {
  const pairs = known.flatMap((later, index) => {
    const earlier = known[index - 1];
    const isPair = earlier !== undefined && earlier.isWhole && later.isWhole && earlier.realisedVariance > 0;
    return isPair ? [{ plain: later.monthlyReturn, managed: later.monthlyReturn / earlier.realisedVariance }] : [];
  });
  const warmUp = { month, c: null, k: 1, isWarmUp: true, isCapped: false };
  if (pairs.length < pairsMin) return warmUp;
  const { deviation: managed } = sampleMoments(Float64Array.from(pairs, (pair) => pair.managed));
  const { deviation: plain } = sampleMoments(Float64Array.from(pairs, (pair) => pair.plain));
  const variance = known.at(-1)!.realisedVariance;
  if (managed === null || plain === null || managed === 0 || variance === 0) return { ...warmUp, k: null, isWarmUp: false };
  const c = plain / managed;
  const k = c / variance;
  const isCapped = cap !== null && k > cap;
  return { month, c, k: isCapped ? cap : k, isWarmUp: false, isCapped };
}

/**
 * The month that a decision at the close of a date earns first: that of the next row, or, behind the last row, of the next session of any
 * of the calendars.
 */
export function earnedMonth(date: IsoDate, rows: readonly IsoDate[], calendars: readonly CalendarId[]): string {
  const following = rows[lastAtOrBefore(rows, date) + 1];
  if (following !== undefined) return monthOf(following);
  let next = addDays(date, 1);
  while (!calendars.some((calendar) => isExpectedDay(calendar, dayNumberOf(next)))) next = addDays(next, 1);
  return monthOf(next);
}
