import type { RunKind } from '../../domain/run/run-kind.ts';
import {
  isAsOf,
  numberedKey,
  numberedPrefix,
  type NumberedRunRow,
  type RunCountRow,
  runDirectory,
  runKey,
  type RunRow,
} from '../../projections/run-directory.ts';
import { viewOf } from '../read-models/views.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';

export interface RunsQuestion {
  /** Of one sleeve, meta portfolio or book; null for all. */
  readonly name: string | null;
  /** Of one kind; null for all. */
  readonly kind: RunKind | null;
  /** Market time: runs with later dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

export interface RunList {
  /** In ledger order. */
  readonly runs: readonly RunRow[];
  /** Position that the answer reflects. */
  readonly position: string | null;
}

/** Every run and what became of it, read in pages. */
export async function listRuns(ports: TilePorts, { name, kind, asOf, knownAt }: RunsQuestion): Promise<RunList> {
  const view = await viewOf(ports, runDirectory, knownAt);
  // Of the runs that were recorded later only the numbers are known: they end the range.
  const count = (await view.row<RunCountRow>('count'))?.runs ?? 0;
  const runs: RunRow[] = [];
  for await (const { runId } of view.each<NumberedRunRow>({
    prefix: numberedPrefix({ kind, name }),
    to: numberedKey({ kind, name }, Math.max(0, count - 1)),
  })) {
    const run = await view.row<RunRow>(runKey(runId));
    if (run !== null && isAsOf(run, asOf)) runs.push(run);
  }
  return { runs, position: view.position };
}
