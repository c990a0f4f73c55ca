import { LedgerError } from '../../domain/shared/errors.ts';
import { type RunRow, runDirectory } from '../../projections/run-directory.ts';
import type { Ports } from '../ports.ts';
import { viewOf } from '../views.ts';

/** What the directory says of a run. Errors: RunUnknown. */
export async function runOf(ports: Ports, runId: string, knownAt: string | null = null): Promise<RunRow> {
  const view = await viewOf(ports, runDirectory, knownAt);
  const row = await view.row<RunRow>(`id/${runId}`);
  if (row === null) throw new LedgerError('RunUnknown', `no run ${runId} is recorded`, { at: { path: runId } });
  return row;
}
