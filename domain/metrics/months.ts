import { addDays } from '../returns/days.ts';
import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import { totalReturnOf, wealthOf } from '../returns/wealth.ts';

/** The compounded return of a month or a year of the calendar. */
export interface PeriodReturn {
  /** `2020-02`, or `2020`. */
  readonly period: string;
  readonly total: number;
  readonly rows: number;
  /**
   * True where the stream does not hold the return of every session of the period: it opens within it, at its first session included, or
   * ends before its end. What is learned from a month asks for less (`ManagedMonth`).
   */
  readonly isPartial: boolean;
}

export interface CalendarReturns {
  readonly months: readonly PeriodReturn[];
  readonly years: readonly PeriodReturn[];
}

export interface Coverage {
  /** Date of W0: returns begin after it. */
  readonly opened: IsoDate;
  /** Whether a date is a session on which a return is expected. */
  readonly isSession: (date: IsoDate) => boolean;
}

/** Length of the text that names a period at the head of an ISO date. */
const monthChars = 7;
const yearChars = 4;
/** No exchange is closed for longer. */
const closedDaysMax = 31;

/** Whether a session of a period lies behind the last row. */
function endsEarly(last: IsoDate, period: string, isSession: Coverage['isSession']): boolean {
  for (let date = addDays(last, 1); date.startsWith(period); date = addDays(date, 1)) if (isSession(date)) return true;
  return false;
}

/** Whether a session of a period lies at or before the opening date. */
function opensLate(opened: IsoDate, period: string, isSession: Coverage['isSession']): boolean {
  for (let date = opened; date.startsWith(period); date = addDays(date, -1)) if (isSession(date)) return true;
  return false;
}

function periodsOf({ dates, values }: ReturnSeries, { opened, isSession }: Coverage, chars: number): PeriodReturn[] {
  const periods: PeriodReturn[] = [];
  for (let first = 0; first < dates.length;) {
    const period = dates[first]!.slice(0, chars);
    let end = first + 1;
    while (end < dates.length && dates[end]!.startsWith(period)) end += 1;
    const isLate = first === 0 && opensLate(opened, period, isSession);
    const isEarly = end === dates.length && endsEarly(dates[end - 1]!, period, isSession);
    const total = totalReturnOf(wealthOf(values.subarray(first, end)));
    periods.push({ period, total, rows: end - first, isPartial: isLate || isEarly });
    first = end;
  }
  return periods;
}

/** Returns by month and by year of the calendar, each compounded from its rows. */
export function calendarReturns(series: ReturnSeries, coverage: Coverage): CalendarReturns {
  return { months: periodsOf(series, coverage, monthChars), years: periodsOf(series, coverage, yearChars) };
}

/** The session before a date: where wealth stood before a first return that is of one session. */
export function sessionBefore(date: IsoDate, isSession: Coverage['isSession']): IsoDate {
  for (let back = 1; back <= closedDaysMax; back++) {
    const before = addDays(date, -back);
    if (isSession(before)) return before;
  }
  return addDays(date, -1);
}
