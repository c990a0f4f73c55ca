import { backtestStream } from '../../domain/backtest-run/stream.ts';
import { combinationStream } from '../../domain/combination/stream.ts';
import { metaRunStream } from '../../domain/meta-run/stream.ts';
import type { DomainEvent } from '../../domain/catalogue.ts';
import { type RunKind, runKinds } from '../../domain/run/run-kind.ts';
import { streamNameSchema } from '../../domain/shared/envelope.ts';
import { tournamentStream } from '../../domain/tournament-run/stream.ts';
import { sleeveRunStream } from '../../domain/sleeve-run/stream.ts';
import type { EventStore } from '../ports/ports.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';

const kinds = {
  sleeve: sleeveRunStream,
  meta: metaRunStream,
  backtest: backtestStream,
  combination: combinationStream,
  tournament: tournamentStream,
} as const;

/** What the stream of a run begins with. */
export const runOpenings = [
  'SleeveRunOpened',
  'MetaRunOpened',
  'BacktestStarted',
  'PositionsCombined',
  'CombinationRefused',
  'TournamentStarted',
] as const;

/** What the stream of a run of each kind begins with. */
export const openingsOf: Readonly<Record<RunKind, readonly (typeof runOpenings)[number][]>> = {
  sleeve: ['SleeveRunOpened'],
  meta: ['MetaRunOpened'],
  backtest: ['BacktestStarted'],
  combination: ['PositionsCombined', 'CombinationRefused'],
  tournament: ['TournamentStarted'],
};

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

/** The events of a run; none where no run of that kind has the id. */
export async function eventsIfAny(store: EventStore, kind: RunKind, runId: string): Promise<DomainEvent[]> {
  const stream = runStreamName(kind, runId);
  return streamNameSchema.safeParse(stream).success ? toDomainEvents(await readWholeStream(store, stream)) : [];
}
