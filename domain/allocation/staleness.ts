import { xnysSessionsBetween } from '../returns/calendar.ts';
import { LedgerError } from '../shared/errors.ts';

/** Sessions of XNYS by which each run is behind a date, by path. Errors: SleeveStale for one that is further behind than allowed. */
export function stalenessOf(
  runs: ReadonlyMap<string, { readonly runId: string; readonly asOf: string }>,
  asOf: string,
  sessionsMax: number,
): Map<string, number> {
  const staleness = new Map<string, number>();
  for (const [path, run] of runs) {
    const sessions = run.asOf >= asOf ? 0 : xnysSessionsBetween(run.asOf, asOf);
    if (sessions > sessionsMax) {
      throw new LedgerError(
        'SleeveStale',
        `sleeve ${path} is ${sessions} sessions behind ${asOf} (run ${run.runId} as of ${run.asOf}); at most ${sessionsMax} are allowed`,
        {
          evidence: { path, runId: run.runId, asOf: run.asOf, newest: asOf, sessions, sessionsMax },
        },
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
