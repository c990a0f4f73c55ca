import { LedgerError } from '../../domain/shared/errors.ts';
import { runKey, type RunRow, runDirectory } from '../../projections/run-directory.ts';
import type { Ports } from '../ports/ports.ts';
import { viewOf } from '../read-models/views.ts';

export interface RunQuestion {
  readonly runId: string;
  /** Market time: a run with a later as-of date is not found. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

/** The row of a run in the run directory. Errors: RunUnknown. */
export async function runOf(ports: Ports, runId: string, knownAt: string | null = null): Promise<RunRow> {
  const view = await viewOf(ports, runDirectory, knownAt);
  const row = await view.row<RunRow>(runKey(runId));
  if (row === null) throw new LedgerError('RunUnknown', `no run ${runId} is recorded`, { at: { path: runId } });
  return row;
}

/** The requested run, if its as-of date is not later and it had been recorded by then. Errors: RunUnknown. */
export async function requestedRun(ports: Ports, { runId, asOf, knownAt }: RunQuestion): Promise<RunRow> {
  const run = await runOf(ports, runId, knownAt);
  if (asOf !== null && run.asOf > asOf)
    throw new LedgerError('RunUnknown', `run ${runId} is as of ${run.asOf}, after ${asOf}`, { at: { path: runId } });
  return run;
}
