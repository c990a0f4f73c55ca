import { LedgerError } from '../shared/errors.ts';
import { isoOfDay, parseAnyDay } from './days.ts';
import type { IsoDate } from './series.ts';

const midnight = /^(\d{4}-\d{2}-\d{2})(?:[ T]00:00:00(?:\.0+)?(?:\+00:00|Z)?)?$/;

/** Days from 1970 to the first and last that four digits of a year can name. */
const firstDay = -719_162;
const lastDay = 2_932_896;

/**
 * The day that a text names: `2023-08-31`, or midnight of it without a zone or in UTC (`2023-08-31 00:00:00+00:00`).
 * Null for anything else, days that do not exist among them: a time of day would need a rule for the session it belongs to.
 */
export function sessionDateOfText(text: string): IsoDate | null {
  const date = midnight.exec(text)?.[1];
  return date === undefined || parseAnyDay(date) === null ? null : date;
}

/** The proleptic Gregorian date of a number of days since 1970-01-01, null outside years 1 to 9999. */
export function sessionDateOfDay(daysSinceEpoch: number): IsoDate | null {
  return Number.isInteger(daysSinceEpoch) && daysSinceEpoch >= firstDay && daysSinceEpoch <= lastDay ? isoOfDay(daysSinceEpoch) : null;
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

/** Milliseconds from 1970 to midnight in UTC of a day. Errors: SchemaViolation for anything else than `2023-08-31`. */
export function instantOfDate(date: string): number {
  const day = sessionDateOfText(date) === date ? parseAnyDay(date) : null;
  if (day === null) throw new LedgerError('SchemaViolation', `${JSON.stringify(date)} is not a date`);
  return day * Number(ticksPerDay.ms);
}
