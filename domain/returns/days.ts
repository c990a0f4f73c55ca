/**
 * Calendar days as integers: day 0 is 1970-01-01, proleptic Gregorian. No clock, no time zone, no `Date`: a daily bar belongs
 * to a session date, and a session date is three integers.
 */
import { LedgerError } from '../shared/errors.ts';
import type { IsoDate } from './series.ts';

/** The years for which the calendars' rules hold; a date outside is refused. */
export const firstYear = 1971;
export const lastYear = 2199;

const daysPerEra = 146_097;

/** Day number of a civil date; month 1-12. Months are counted from March, so that the leap day ends its year. */
export function dayOfCivil(year: number, month: number, dayOfMonth: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const monthFromMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + dayOfMonth - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * daysPerEra + dayOfEra - 719_468;
}

interface Civil {
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
}

export function civilOfDay(day: number): Civil {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / daysPerEra);
  const dayOfEra = shifted - era * daysPerEra;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const dayOfMonth = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  return { year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfMonth };
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isoPattern = /^\d{4}-\d{2}-\d{2}$/;

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Day number of an ISO date; null when the text is no date, or one outside the years the calendars cover. */
export function parseDay(text: string): number | null {
  if (!isoPattern.test(text)) return null;
  const year = Number(text.slice(0, 4));
  const month = Number(text.slice(5, 7));
  const dayOfMonth = Number(text.slice(8, 10));
  if (year < firstYear || year > lastYear || month < 1 || month > 12) return null;
  const length = month === 2 && isLeap(year) ? 29 : monthLengths[month - 1]!;
  return dayOfMonth < 1 || dayOfMonth > length ? null : dayOfCivil(year, month, dayOfMonth);
}

/** Day number of an ISO date. Errors: SchemaViolation when `parseDay` finds none. */
export function dayNumberOf(date: IsoDate): number {
  const day = parseDay(date);
  if (day === null) {
    throw new LedgerError('SchemaViolation', `${JSON.stringify(date)} is no ISO date between ${firstYear}-01-01 and ${lastYear}-12-31`, { evidence: { date } });
  }
  return day;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}

export function isoOfDay(day: number): IsoDate {
  const { year, month, dayOfMonth } = civilOfDay(day);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(dayOfMonth, 2)}`;
}

/** 0 is Monday, 6 is Sunday. */
export function weekdayOf(day: number): number {
  const weekday = (day + 3) % 7;
  return weekday < 0 ? weekday + 7 : weekday;
}

export function isWeekend(day: number): boolean {
  return weekdayOf(day) >= 5;
}

/** The ISO date a number of calendar days later (or earlier, when negative). */
export function addDays(date: IsoDate, days: number): IsoDate {
  return isoOfDay(dayNumberOf(date) + days);
}
