import { backtestStream } from '../../domain/backtest-run/stream.ts';
import { metaRunStream } from '../../domain/meta-run/stream.ts';
import { sleeveRunStream } from '../../domain/sleeve-run/stream.ts';

/** What is recorded as one run: of a sleeve, of a portfolio, or a backtest of a portfolio. */
export type RunKind = 'sleeve' | 'meta' | 'backtest';

const kinds = { sleeve: sleeveRunStream, meta: metaRunStream, backtest: backtestStream } as const;

/** The stream of a run. */
export function runStreamName(kind: RunKind, runId: string): string {
  return kinds[kind].name(runId);
}

/** The streams that an id may be the run of, one of each kind. */
export function runStreamNames(runId: string): string[] {
  return Object.values(kinds).map((kind) => kind.name(runId));
}

/** Whether a stream tells one run whole. */
export function isRunStream(stream: string): boolean {
  return Object.values(kinds).some(({ idOf }) => idOf(stream) !== null);
}
