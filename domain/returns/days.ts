/**
 * Calendar days as integers: day 0 is 1970-01-01, proleptic Gregorian. A daily bar belongs to a session date, never to an
 * instant, so everything here is in UTC and no clock, zone or locale of the machine takes part.
 */
import { DateTime } from 'luxon';
import { LedgerError } from '../shared/errors.ts';
import { locale } from '../shared/locale.ts';
import type { IsoDate } from './series.ts';

/** The years for which the calendars' rules hold; a date outside is refused. */
export const firstYear = 1953;
export const lastYear = 2199;

const millisecondsPerDay = 86_400_000;
const isoPattern = /^(\d{4})-(\d{2})-(\d{2})$/;

/** Day number of a civil date; month 1-12. NaN when there is no such date. */
export function dayOfCivil(year: number, month: number, dayOfMonth: number): number {
  return DateTime.utc(year, month, dayOfMonth, { locale }).toMillis() / millisecondsPerDay;
}

interface Civil {
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
  readonly iso: IsoDate;
}

// The same few thousand days are asked for again by every symbol: both directions are remembered.
const civilByDay = new Map<number, Civil>();
const dayByIso = new Map<string, number | null>();
const remembered = (lastYear - firstYear + 1) * 366;

export function civilOfDay(day: number): Civil {
  const known = civilByDay.get(day);
  if (known !== undefined) return known;
  const date = DateTime.fromMillis(day * millisecondsPerDay, { zone: 'utc', locale });
  const civil = { year: date.year, month: date.month, dayOfMonth: date.day, iso: date.toISODate()! };
  if (civilByDay.size < remembered) civilByDay.set(day, civil);
  return civil;
}

/** Day number of a date of any year from 1 to 9999; null when the text is not a date. */
export function parseAnyDay(text: string): number | null {
  const parts = isoPattern.exec(text);
  if (parts === null) return null;
  const year = Number(parts[1]);
  const day = year === 0 ? Number.NaN : dayOfCivil(year, Number(parts[2]), Number(parts[3]));
  return Number.isNaN(day) ? null : day;
}

/** Day number of an ISO date; null when the text is not a date, or one outside the years the calendars cover. */
export function parseDay(text: string): number | null {
  const known = dayByIso.get(text);
  if (known !== undefined) return known;
  const year = Number(text.slice(0, 4));
  const day = year < firstYear || year > lastYear ? null : parseAnyDay(text);
  if (dayByIso.size < remembered) dayByIso.set(text, day);
  return day;
}

/** Day number of an ISO date. Errors: SchemaViolation when `parseDay` finds none. */
export function dayNumberOf(date: IsoDate): number {
  const day = parseDay(date);
  if (day === null) {
    throw new LedgerError(
      'SchemaViolation',
      `${JSON.stringify(date)} is not an ISO date between ${firstYear}-01-01 and ${lastYear}-12-31`,
      {
        evidence: { date },
      },
    );
  }
  return day;
}

export function isoOfDay(day: number): IsoDate {
  return civilOfDay(day).iso;
}

/** 0 is Monday, 6 is Sunday. */
export function weekdayOf(day: number): number {
  return ((day % 7) + 10) % 7;
}

export function isWeekend(day: number): boolean {
  return weekdayOf(day) >= 5;
}

/** The ISO date a number of calendar days later (or earlier, when negative). */
export function addDays(date: IsoDate, days: number): IsoDate {
  return isoOfDay(dayNumberOf(date) + days);
}
