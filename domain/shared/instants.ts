import { DateTime } from 'luxon';
import { invariant } from './errors.ts';
import { locale } from './locale.ts';

/** An instant in UTC to the millisecond, such as `2026-11-21T08:00:00.000Z`, some seconds later: instants compare as text. */
export function plusSeconds(instant: string, seconds: number): string {
  const later = DateTime.fromISO(instant, { zone: 'utc', locale }).plus({ seconds }).toISO();
  invariant(later !== null, 'an instant that is none', { instant });
  return later;
}

/** Milliseconds from one instant to another; negative when the second is the earlier. */
export function millisecondsBetween(from: string, to: string): number {
  return DateTime.fromISO(to, { zone: 'utc', locale })
    .diff(DateTime.fromISO(from, { zone: 'utc', locale }))
    .toMillis();
}
