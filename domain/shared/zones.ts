import { DateTime, IANAZone } from 'luxon';
import { LedgerError } from './errors.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Whether the name stands in the zone database of the machine. */
export function isZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

/**
 * The instant, in UTC to the millisecond, at which the clocks of a zone show a time of day (`HH:MM`) on a civil day (its number, 0 = 1970-01-01).
 * A time that the clocks show twice means the second; one that they skip means as long after the skip: nobody is late who could still be
 * in time. Not by luxon's own `fromObject`, which lets the present offset choose between the two. Errors: SchemaViolation for an unknown zone.
 */
export function instantOfWallTime(day: number, time: string, zone: string): string {
  if (!isZone(zone)) throw new LedgerError('SchemaViolation', `${JSON.stringify(zone)} is no zone of the time zone database`, { evidence: { zone } });
  const database = IANAZone.create(zone);
  const [hour, minute] = time.split(':').map(Number);
  const shown = day * dayMs + (hour! * 60 + minute!) * minuteMs;
  // Clocks change at most once within a day of any instant.
  const offsets = [database.offset(shown - dayMs), database.offset(shown + dayMs)];
  const candidates = offsets.map((offset) => shown - offset * minuteMs);
  const shownThen = candidates.filter((instant) => instant + database.offset(instant) * minuteMs === shown);
  return DateTime.fromMillis(Math.max(...(shownThen.length > 0 ? shownThen : candidates)), { zone: 'utc' }).toISO()!;
}
