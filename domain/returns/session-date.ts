import type { IsoDate } from './series.ts';

const midnight = /^(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00:00(?:\.0+)?(?:\+00:00|Z)?)?$/;
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysIn(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : monthDays[month - 1]!;
}

/**
 * The day that a text names: `2023-08-31`, or midnight of it without a zone or in UTC (`2023-08-31 00:00:00+00:00`).
 * Null for anything else, days that do not exist among them: a time of day would need a rule for the session it belongs to.
 */
export function sessionDateOfText(text: string): IsoDate | null {
  const parts = midnight.exec(text);
  if (parts === null) return null;
  const year = Number(parts[1]);
  const month = Number(parts[2]);
  const day = Number(parts[3]);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  return text.slice(0, 10);
}

/**
 * The proleptic Gregorian date of a number of days since 1970-01-01, null outside years 1 to 9999.
 * Eras of 400 years, counted from 1 March so that the leap day comes last.
 */
export function sessionDateOfDay(daysSinceEpoch: number): IsoDate | null {
  if (!Number.isInteger(daysSinceEpoch) || daysSinceEpoch < -719_162 || daysSinceEpoch > 2_932_896) return null;
  const shifted = daysSinceEpoch + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** Ticks of each unit in a day. */
export const ticksPerDay = {
  s: 86_400n,
  ms: 86_400_000n,
  us: 86_400_000_000n,
  ns: 86_400_000_000_000n,
} as const;

export type TickUnit = keyof typeof ticksPerDay;

/** The day of an instant that is a midnight in UTC, counted in ticks since 1970; null for any other instant. */
export function sessionDateOfTicks(ticks: bigint, unit: TickUnit): IsoDate | null {
  const perDay = ticksPerDay[unit];
  return ticks % perDay === 0n ? sessionDateOfDay(Number(ticks / perDay)) : null;
}
