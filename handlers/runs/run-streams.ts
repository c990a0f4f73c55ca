import { backtestStream } from '../../domain/backtest-run/stream.ts';
import { combinationStream } from '../../domain/combination/stream.ts';
import { metaRunStream } from '../../domain/meta-run/stream.ts';
import { type RunKind, runKinds } from '../../domain/run/run-kind.ts';
import { tournamentStream } from '../../domain/tournament-run/stream.ts';
import { sleeveRunStream } from '../../domain/sleeve-run/stream.ts';

const kinds = {
  sleeve: sleeveRunStream,
  meta: metaRunStream,
  backtest: backtestStream,
  combination: combinationStream,
  tournament: tournamentStream,
} as const;

/** The stream of a run. */
export function runStreamName(kind: RunKind, runId: string): string {
  return kinds[kind].name(runId);
}

/** The kind and the stream of each run that an id may name. */
export function runStreamsByKind(runId: string): (readonly [RunKind, string])[] {
  return runKinds.map((kind) => [kind, runStreamName(kind, runId)]);
}

/** Whether a stream tells one run whole. */
export function isRunStream(stream: string): boolean {
  return Object.values(kinds).some(({ idOf }) => idOf(stream) !== null);
}
