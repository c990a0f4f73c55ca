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
import { type RowRange, type View, viewOf } from '../read-models/views.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
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
  /** The page behind this run, as an answer names it; left out for the first. */
  readonly after?: string | null;
  /** Runs on a page; left out for all of them. */
  readonly maxCount?: number | null;
  /** Whether the run that was recorded last comes first. */
  readonly newestFirst?: boolean;
}

export interface RunList {
  /** In ledger order, or the other way round where that was asked for. */
  readonly runs: readonly RunRow[];
  /** What the next page is asked for by; null on the last one. */
  readonly next: string | null;
  /** Position that the answer reflects. */
  readonly position: string | null;
}

/** Errors: Usage for a run that is not there. */
async function numberOf(view: View, runId: string): Promise<number> {
  const run = await view.row<RunRow>(runKey(runId));
  if (run === null) throw new LedgerError('Usage', `--after ${runId}: a run, as an answer gives it`, { at: { path: '--after' } });
  return run.number;
}

/** The numbers of a page; null where it has none. Of runs that were recorded later only the numbers are known: they end the range. */
async function numbersOf(view: View, { after = null, newestFirst = false }: RunsQuestion): Promise<{ from: number; to: number } | null> {
  const last = ((await view.row<RunCountRow>('count'))?.runs ?? 0) - 1;
  const behind = after === null ? null : await numberOf(view, after);
  const from = behind === null || newestFirst ? 0 : behind + 1;
  const to = behind === null || !newestFirst ? last : behind - 1;
  return from <= to ? { from, to } : null;
}

/** Runs and what became of them, read in pages. Errors: Usage. */
export async function listRuns(ports: TilePorts, question: RunsQuestion): Promise<RunList> {
  const { name, kind, asOf, knownAt, maxCount = null, newestFirst = false } = question;
  if (maxCount === 0) throw new LedgerError('Usage', '--limit 0: a page has at least one run', { at: { path: '--limit' } });
  const view = await viewOf(ports, runDirectory, knownAt);
  const { position } = view;
  const numbers = await numbersOf(view, question);
  if (numbers === null) return { runs: [], next: null, position };
  const of = { kind, name };
  const numbered = { prefix: numberedPrefix(of), from: numberedKey(of, numbers.from), to: numberedKey(of, numbers.to) };
  // One more than the page shows whether another page follows.
  const range: RowRange = {
    ...numbered,
    direction: newestFirst ? 'backwards' : 'forwards',
    ...(maxCount === null ? {} : { pageRows: maxCount + 1 }),
  };
  const runs: RunRow[] = [];
  for await (const { runId } of view.each<NumberedRunRow>(range)) {
    const run = await view.row<RunRow>(runKey(runId));
    if (run === null || !isAsOf(run, asOf)) continue;
    if (runs.length === maxCount) return { runs, next: runs.at(-1)!.runId, position };
    runs.push(run);
  }
  return { runs, next: null, position };
}
