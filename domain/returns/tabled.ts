/**
 * Sessions of share exchanges outside the US, from tables that an independent library computed (test/fixtures/make-calendars.py). A day
 * outside the years of a table is an error, never a guess.
 */
import { LedgerError } from '../shared/errors.ts';
import { xamsClosings } from './closings/xams.ts';
import { xasxClosings } from './closings/xasx.ts';
import { xetrClosings } from './closings/xetr.ts';
import { xhkgClosings } from './closings/xhkg.ts';
import { xlonClosings } from './closings/xlon.ts';
import { xparClosings } from './closings/xpar.ts';
import { xswxClosings } from './closings/xswx.ts';
import { xtksClosings } from './closings/xtks.ts';
import { xtseClosings } from './closings/xtse.ts';
import { civilOfDay, isoOfDay, isWeekend } from './days.ts';
import { weekdaysUpTo } from './xnys.ts';

export const tabledCalendars = ['XETR', 'XLON', 'XPAR', 'XAMS', 'XSWX', 'XTSE', 'XTKS', 'XHKG', 'XASX'] as const;
export type TabledCalendar = (typeof tabledCalendars)[number];

const closings: Readonly<Record<TabledCalendar, Readonly<Record<number, string>>>> = {
  XETR: xetrClosings,
  XLON: xlonClosings,
  XPAR: xparClosings,
  XAMS: xamsClosings,
  XSWX: xswxClosings,
  XTSE: xtseClosings,
  XTKS: xtksClosings,
  XHKG: xhkgClosings,
  XASX: xasxClosings,
};

export function isTabled(calendar: string): calendar is TabledCalendar {
  return Object.hasOwn(closings, calendar);
}

/** First and last year of a table. */
export function yearsOf(calendar: TabledCalendar): { readonly first: number; readonly last: number } {
  const years = Object.keys(closings[calendar]).map(Number);
  return { first: years[0]!, last: years.at(-1)! };
}

interface Closed {
  readonly codes: ReadonlySet<number>;
  readonly sorted: readonly number[];
}

const closedByYear = new Map<string, Closed>();

/** Month and day as the table writes them, as a number. */
function codeOf(day: number): number {
  const { month, dayOfMonth } = civilOfDay(day);
  return month * 100 + dayOfMonth;
}

function closedIn(calendar: TabledCalendar, year: number, day: number): Closed {
  const key = `${calendar} ${year}`;
  const known = closedByYear.get(key);
  if (known !== undefined) return known;
  const text = closings[calendar][year];
  if (text === undefined) {
    const { first, last } = yearsOf(calendar);
    throw new LedgerError(
      'CalendarYearUnknown',
      `the sessions of ${calendar} are known from ${first} to ${last}, not on ${isoOfDay(day)}`,
      {
        evidence: { calendar, first, last, date: isoOfDay(day) },
      },
    );
  }
  const sorted = text === '' ? [] : text.split(' ').map(Number);
  const closed = { codes: new Set(sorted), sorted };
  closedByYear.set(key, closed);
  return closed;
}

/** Errors: CalendarYearUnknown. */
export function isTabledSession(calendar: TabledCalendar, day: number): boolean {
  const closed = closedIn(calendar, civilOfDay(day).year, day);
  return !isWeekend(day) && !closed.codes.has(codeOf(day));
}

/** Number of sessions in (afterExclusive, toInclusive]; 0 when the interval is empty. Errors: CalendarYearUnknown. */
export function countTabledSessions(calendar: TabledCalendar, afterExclusive: number, toInclusive: number): number {
  if (toInclusive <= afterExclusive) return 0;
  let count = weekdaysUpTo(toInclusive) - weekdaysUpTo(afterExclusive);
  const [first, last] = [afterExclusive + 1, toInclusive].map((day) => ({ year: civilOfDay(day).year, code: codeOf(day), day }));
  for (let year = first!.year; year <= last!.year; year++) {
    for (const code of closedIn(calendar, year, year === first!.year ? first!.day : last!.day).sorted) {
      if ((year > first!.year || code >= first!.code) && (year < last!.year || code <= last!.code)) count -= 1;
    }
  }
  return count;
}
