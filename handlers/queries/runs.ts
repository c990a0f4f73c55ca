import { inLedgerOrder, type RunRow, runDirectory } from '../../projections/run-directory.ts';
import type { Ports } from '../ports.ts';
import { viewOf } from '../views.ts';

export interface RunsQuestion {
  /** Of one sleeve or meta portfolio; null for all. */
  readonly name: string | null;
  /** Market time: runs that speak of later dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

export interface RunList {
  /** In ledger order. */
  readonly runs: readonly RunRow[];
  readonly position: string | null;
}

/** Every run and what became of it. */
export async function listRuns(ports: Ports, { name, asOf, knownAt }: RunsQuestion): Promise<RunList> {
  const view = await viewOf(ports, runDirectory, knownAt);
  const all = inLedgerOrder(await view.rows<RunRow>('id/'));
  return { runs: all.filter((run) => (name === null || run.name === name) && (asOf === null || run.asOf <= asOf)), position: view.position };
}
