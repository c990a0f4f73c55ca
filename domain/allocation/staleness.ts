import { type CalendarId, sessionsBehind, sessionsBetween } from '../returns/calendar.ts';
import { LedgerError } from '../shared/errors.ts';
import { partialLastWindowPath } from '../walk-forward/walk-forward.ts';

/** Up to when a run is fresh, whatever its as-of date says. */
export interface EndedRun {
  readonly runId: string;
  readonly freshUntil: string;
  readonly calendars: readonly CalendarId[];
}

interface Ended {
  readonly asOf: string;
  readonly dataEnd: string;
  readonly calendars: readonly CalendarId[];
  /** By path, as far as they are known. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * From when staleness counts. A message speaks through its stream alone, and where its settings skip the last partial window the stream
 * ends up to a step before the as-of date: these rows are no staleness. Anything more is.
 */
export function freshUntil({ asOf, dataEnd, calendars, settings }: Ended): string {
  const step = settings['backtest.step_size'];
  if (settings[partialLastWindowPath] === 'trade' || typeof step !== 'number') return dataEnd;
  return sessionsBetween(calendars, dataEnd, asOf) < step ? asOf : dataEnd;
}

/**
 * Sessions (`sessionsBehind`) from the end of each run's data to the newest data end among them, or to a date that was asked for, by path.
 * The as-of dates of the runs have no part in it. Errors: SleeveStale for one that is further behind than allowed.
 */
export function stalenessOf(runs: ReadonlyMap<string, EndedRun>, asOf: string | null, sessionsMax: number): Map<string, number> {
  const newest = asOf ?? [...runs.values()].map((run) => run.freshUntil).reduce((last, next) => (next > last ? next : last));
  const staleness = new Map<string, number>();
  for (const [path, { runId, freshUntil: dataEnd, calendars }] of runs) {
    const sessions = dataEnd >= newest ? 0 : sessionsBehind(calendars, dataEnd, newest);
    if (sessions > sessionsMax) {
      throw new LedgerError(
        'SleeveStale',
        `sleeve ${path} is ${sessions} sessions behind ${newest} (run ${runId}, data up to ${dataEnd}); at most ${sessionsMax} are allowed`,
        { evidence: { path, runId, dataEnd, newest, sessions, sessionsMax } },
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
