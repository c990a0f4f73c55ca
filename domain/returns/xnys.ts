/**
 * Sessions of the New York Stock Exchange (calendar XNYS, ISO 10383), by rule. Sources: NYSE Rule 7.2 (holidays) and the
 * exchange's notices of special closings. In 1971 most holidays moved to Mondays; xnys-before-1971.ts has the years before.
 */
import { holidaysBefore1971, specialClosingsBefore1971 } from './xnys-before-1971.ts';
import { dayNumberOf, dayOfCivil, firstYear, isWeekend, weekdayOf, civilOfDay } from './days.ts';

/** Closings outside the rules: elections, funerals, a blackout, September 2001, hurricane Sandy. */
export const specialClosings: readonly string[] = [
  ...specialClosingsBefore1971,
  '1972-11-07',
  '1972-12-28',
  '1973-01-25',
  '1976-11-02',
  '1977-07-14',
  '1980-11-04',
  '1985-09-27',
  '1994-04-27',
  '2001-09-11',
  '2001-09-12',
  '2001-09-13',
  '2001-09-14',
  '2004-06-11',
  '2007-01-02',
  '2012-10-29',
  '2012-10-30',
  '2018-12-05',
  '2025-01-09',
];

const monday = 0;
const thursday = 3;

/** The nth given weekday of a month; n counts from 1. */
function nthWeekday(year: number, month: number, weekday: number, n: number): number {
  const first = dayOfCivil(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (n - 1);
}

function lastMondayOfMay(year: number): number {
  const last = dayOfCivil(year, 5, 31);
  return last - weekdayOf(last);
}

/** Easter Sunday in the Gregorian calendar (the "anonymous" computus, Nature 1876). */
function easterSunday(year: number): number {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const correction = Math.floor((century + 8) / 25);
  const epact = (19 * golden + century - Math.floor(century / 4) - Math.floor((century - correction + 1) / 3) + 15) % 30;
  const shift = (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * shift) / 451);
  const position = epact + shift - 7 * late + 114;
  return dayOfCivil(year, Math.floor(position / 31), (position % 31) + 1);
}

/** A fixed date, moved to Friday from a Saturday and to Monday from a Sunday. */
function observed(day: number): number {
  const weekday = weekdayOf(day);
  return weekday === 5 ? day - 1 : weekday === 6 ? day + 1 : day;
}

/** Since 1971. */
function holidaysOnMondays(year: number): number[] {
  return [
    nthWeekday(year, 2, monday, 3),
    lastMondayOfMay(year),
    ...(year >= 1998 ? [nthWeekday(year, 1, monday, 3)] : []),
    ...(year >= 2022 ? [observed(dayOfCivil(year, 6, 19))] : []),
    observed(dayOfCivil(year, 7, 4)),
    observed(dayOfCivil(year, 12, 25)),
  ];
}

function ruleHolidays(year: number): number[] {
  const newYear = dayOfCivil(year, 1, 1);
  return [
    // A New Year's Day on a Saturday is not moved: the Friday before it closes the books of the old year.
    weekdayOf(newYear) === 6 ? newYear + 1 : newYear,
    easterSunday(year) - 2,
    nthWeekday(year, 9, monday, 1),
    nthWeekday(year, 11, thursday, 4),
    ...(year < 1971 ? holidaysBefore1971(year) : holidaysOnMondays(year)),
  ];
}

const closedByYear = new Map<number, ReadonlySet<number>>();

/** Weekdays of a year without a session, as day numbers. */
export function xnysNonSessions(year: number): ReadonlySet<number> {
  let closed = closedByYear.get(year);
  if (closed === undefined) {
    const special = specialClosings.filter((date) => date.startsWith(`${year}-`)).map(dayNumberOf);
    closed = new Set([...ruleHolidays(year), ...special].filter((day) => !isWeekend(day)).toSorted((left, right) => left - right));
    closedByYear.set(year, closed);
  }
  return closed;
}

export function isXnysSession(day: number): boolean {
  if (isWeekend(day)) return false;
  const { year } = civilOfDay(day);
  return year >= firstYear && !xnysNonSessions(year).has(day);
}

/** Weekdays since 1970 up to and including a day, less those before; only differences mean anything. */
export function weekdaysUpTo(day: number): number {
  const sinceMonday = day + 3;
  const weeks = Math.floor(sinceMonday / 7);
  return weeks * 5 + Math.min(sinceMonday - weeks * 7 + 1, 5);
}

/** Number of sessions in (afterExclusive, toInclusive]; 0 when the interval is empty. */
export function countXnysSessions(afterExclusive: number, toInclusive: number): number {
  if (toInclusive <= afterExclusive) return 0;
  let count = weekdaysUpTo(toInclusive) - weekdaysUpTo(afterExclusive);
  const lastYear = civilOfDay(toInclusive).year;
  for (let year = civilOfDay(afterExclusive).year; year <= lastYear; year++) {
    for (const closed of xnysNonSessions(year)) if (closed > afterExclusive && closed <= toInclusive) count -= 1;
  }
  return count;
}
