import type { ExpectedBy } from '../manifest/publication-block.ts';
import { isExpectedDay } from '../returns/calendar.ts';
import { dayNumberOf, isoOfDay } from '../returns/days.ts';
import { instantOfWallTime } from '../shared/zones.ts';

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
