import { DateTime, IANAZone } from 'luxon';
import { LedgerError } from './errors.ts';
import { locale } from './locale.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** Whether the name stands in the zone database of the machine. */
export function isZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

// Thousands of sleeves ask for the same few instants again and again.
const remembered = new Map<string, string>();
const rememberedMax = 10_000;

function resolve(shown: number, zone: string): string {
  const database = IANAZone.create(zone);
  if (!database.isValid)
    throw new LedgerError('SchemaViolation', `${JSON.stringify(zone)} is not a zone of the time zone database`, { evidence: { zone } });
  // Clocks change at most once within a day of any instant.
  const offsets = [database.offset(shown - dayMs), database.offset(shown + dayMs)];
  const candidates = offsets.map((offset) => shown - offset * minuteMs);
  const shownThen = candidates.filter((instant) => instant + database.offset(instant) * minuteMs === shown);
  return DateTime.fromMillis(Math.max(...(shownThen.length > 0 ? shownThen : candidates)), { zone: 'utc', locale }).toISO()!;
}

/**
 * The instant, in UTC to the millisecond, at which the clocks of a zone show a time of day (`HH:MM`) on a civil day (its number, 0 =
 * 1970-01-01). A time that the clocks show twice means the second; one that they skip means as long after the skip: nobody is late who
 * could still be in time. Not by luxon's own `fromObject`, which lets the present offset choose between the two. Errors: SchemaViolation
 * for an unknown zone.
 */
export function instantOfWallTime(day: number, time: string, zone: string): string {
  const key = `${day} ${time} ${zone}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const [hour, minute] = time.split(':').map(Number);
  const instant = resolve(day * dayMs + (hour! * 60 + minute!) * minuteMs, zone);
  if (remembered.size < rememberedMax) remembered.set(key, instant);
  return instant;
}
