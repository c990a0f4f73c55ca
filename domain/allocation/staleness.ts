import { xnysSessionsBetween } from '../returns/calendar.ts';
import { LedgerError } from '../shared/errors.ts';

/** Where the data of a run end. */
export interface EndedRun {
  readonly runId: string;
  readonly dataEnd: { readonly date: string };
}

/**
 * Sessions of XNYS from the end of each run's data to the newest data end among them, or to a date that was asked for, by path. The as-of
 * dates of the runs have no part in it. Errors: SleeveStale for one that is further behind than allowed.
 */
export function stalenessOf(runs: ReadonlyMap<string, EndedRun>, asOf: string | null, sessionsMax: number): Map<string, number> {
  const newest = asOf ?? [...runs.values()].map(({ dataEnd }) => dataEnd.date).reduce((last, next) => (next > last ? next : last));
  const staleness = new Map<string, number>();
  for (const [path, { runId, dataEnd }] of runs) {
    const sessions = dataEnd.date >= newest ? 0 : xnysSessionsBetween(dataEnd.date, newest);
    if (sessions > sessionsMax) {
      throw new LedgerError(
        'SleeveStale',
        `sleeve ${path} is ${sessions} sessions behind ${newest} (run ${runId}, data up to ${dataEnd.date}); at most ${sessionsMax} are allowed`,
        { evidence: { path, runId, dataEnd: dataEnd.date, newest, sessions, sessionsMax } },
      );
    }
    staleness.set(path, sessions);
  }
  return staleness;
}

/** Refuses what another limit would not have allowed. Errors: SleeveStale. */
export function assertFreshUnder(sessionsMax: number, staleness: ReadonlyMap<string, number>, asOf: string): void {
  for (const [path, sessions] of staleness) {
    if (sessions > sessionsMax)
      throw new LedgerError(
        'SleeveStale',
        `sleeve ${path} is ${sessions} sessions behind ${asOf}; at most ${sessionsMax} would be allowed`,
        { evidence: { path, sessions, sessionsMax } },
      );
  }
}
