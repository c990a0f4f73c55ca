import { runKinds } from '../../domain/run/run-kind.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { isAsOf, runKey, type RunRow, runDirectory } from '../../projections/run-directory.ts';
import type { Ports } from '../ports/ports.ts';
import { viewOf } from '../read-models/views.ts';
import { openedRun, openedRunOfAnyKind, rowsDiffer } from './opened-run.ts';
import { namedRunId, type RunReference, type RunTime, type WantedKind } from './named-run.ts';

export type { RunTime };

/** A run, by its id or by a word, as of some time: one with a later as-of date is not found. */
export interface RunQuestion extends RunReference, RunTime {}

/**
 * The row of a run in the run directory, which its stream confirms in kind, name and date, and in whether it is there.
 * Errors: RunUnknown, ReadModelsDiffer.
 */
export async function runOf(ports: Ports, runId: string, knownAt: string | null = null): Promise<RunRow> {
  const view = await viewOf(ports, runDirectory, knownAt);
  const row = await view.row<RunRow>(runKey(runId));
  const opened =
    row !== null && runKinds.includes(row.kind) ? await openedRun(ports, row.kind, runId) : await openedRunOfAnyKind(ports, runId);
  const known = opened !== null && view.position !== null && ports.store.comparePositions(opened.position, view.position) <= 0;
  if (row === null && !known) throw new LedgerError('RunUnknown', `no run ${runId} is recorded`, { at: { path: runId } });
  if (row === null || !known || row.kind !== opened.kind || row.runId !== runId || row.name !== opened.name || row.asOf !== opened.asOf)
    throw rowsDiffer(`run ${runId}`, { runId });
  return row;
}

/**
 * The requested run, if its as-of date is not later and it had been recorded by then. Errors: RunUnknown, and those of `namedRunId`.
 */
export async function requestedRun(ports: Ports, question: RunQuestion, kind: WantedKind = 'any'): Promise<RunRow> {
  const { asOf, knownAt } = question;
  const runId = await namedRunId(ports, question, question, kind);
  const run = await runOf(ports, runId, knownAt);
  if (!isAsOf(run, asOf)) {
    const when = run.asOf === null ? 'bears no date' : `is as of ${run.asOf}, after ${asOf}`;
    throw new LedgerError('RunUnknown', `run ${runId} ${when}`, { at: { path: runId } });
  }
  return run;
}
