import type { WalkRunner } from '../../domain/tournament-run/computed-run.ts';
import type { TournamentStarted } from '../../domain/tournament-run/events.ts';
import { type TournamentEvent, tournamentEventsIn } from '../../domain/tournament-run/slice.ts';
import { tournamentStream } from '../../domain/tournament-run/stream.ts';
import { streamNameSchema } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { EventStore, Ports } from '../ports/ports.ts';
import { lanesOf } from '../runtime/compute-all.ts';
import { readWholeStream } from '../runtime/record.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import { missingRun } from './missing-run.ts';

/** Sends the walk-forwards of a tournament to the workers: the same jobs as those of a backtest. */
export function tournamentRunner({ compute }: Pick<Ports, 'compute'>, signal: AbortSignal | null): WalkRunner {
  return { lanes: lanesOf(compute), sleeve: (job) => compute.run('backtest-sleeve', job, { signal }) };
}

/** What is recorded of a tournament, in one append: all of it or nothing. */
export async function tournamentFacts(store: EventStore, runId: string): Promise<readonly TournamentEvent[]> {
  const stream = tournamentStream.name(runId);
  if (!streamNameSchema.safeParse(stream).success) return [];
  return tournamentEventsIn(toDomainEvents(await readWholeStream(store, stream)));
}

/** What a tournament was asked for, and its facts. */
export interface RecordedTournament {
  readonly started: TournamentStarted;
  readonly facts: readonly TournamentEvent[];
}

/** Errors: RunUnknown; Usage for a run of another kind; ChainBroken for a stream that begins otherwise. */
export async function recordedTournament(store: EventStore, runId: string): Promise<RecordedTournament> {
  const facts = await tournamentFacts(store, runId);
  const [first] = facts;
  if (first === undefined) throw await missingRun(store, 'tournament', runId);
  if (first.type !== 'TournamentStarted')
    throw new LedgerError('ChainBroken', `the tournament ${runId} begins with ${first.type}`, { evidence: { runId, type: first.type } });
  return { started: first.data, facts };
}
