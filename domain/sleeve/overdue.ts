import type { ExpectedBy } from '../manifest/publication-block.ts';
import { isExpectedDay } from '../returns/calendar.ts';
import { dayNumberOf, isoOfDay } from '../returns/days.ts';
import { plusSeconds } from '../shared/instants.ts';
import { instantOfWallTime } from '../shared/zones.ts';

const secondsPerDay = 86_400;

export interface OverdueSession {
  readonly session: string;
  /** When its result was due, in UTC to the millisecond. */
  readonly expectedBy: string;
}

export interface Expectation {
  readonly expectedBy: ExpectedBy;
  /** When this was first expected: what was due before is not asked for. */
  readonly since: string;
  /** The newest session that has a result, or that was noted before; null for none. */
  readonly after: string | null;
}

/** Sessions whose results were due before now and have not arrived, ascending. */
export function overdueSessions({ expectedBy, since, after }: Expectation, now: string): OverdueSession[] {
  const { time, zone, calendar, days_after: daysAfter = 0 } = expectedBy;
  // No zone is more than a day from UTC.
  const earliest = dayNumberOf(since.slice(0, 10)) - daysAfter - 1;
  const first = after === null ? earliest : Math.max(earliest, dayNumberOf(after) + 1);
  const last = dayNumberOf(now.slice(0, 10)) - daysAfter + 1;
  const overdue: OverdueSession[] = [];
  for (let day = first; day <= last; day++) {
    if (!isExpectedDay(calendar, day)) continue;
    const due = instantOfWallTime(day + daysAfter, time, zone);
    if (due > since && due < now) overdue.push({ session: isoOfDay(day), expectedBy: due });
  }
  return overdue;
}

/** What is known of a sleeve of which results are expected. */
export interface ExpectedSleeve {
  /** With the time at which it was made known; null for a sleeve that was not. */
  readonly definition: { readonly expectedBy: ExpectedBy | null; readonly recordedAt: string } | null;
  /** The run that counts. */
  readonly current: { readonly asOf: string } | null;
  /** Sessions that were noted as overdue, ascending. */
  readonly overdue: readonly { readonly session: string }[];
}

/**
 * Since when results are expected. A definition that was recorded far ahead does not say: what fell due on the last day counts, and
 * whatever followed a result.
 */
function expectedSince(recordedAt: string, after: string | null, now: string): string {
  if (recordedAt <= plusSeconds(now, secondsPerDay)) return recordedAt;
  return after === null ? plusSeconds(now, -secondsPerDay) : plusSeconds(`${after}T00:00:00.000Z`, -secondsPerDay);
}

/** Sessions of a sleeve that are overdue and not noted yet. */
export function newlyOverdue({ definition, current, overdue }: ExpectedSleeve, now: string): OverdueSession[] {
  if (definition === null || definition.expectedBy === null) return [];
  const after = overdue.at(-1)?.session ?? current?.asOf ?? null;
  return overdueSessions({ expectedBy: definition.expectedBy, since: expectedSince(definition.recordedAt, after, now), after }, now);
}
