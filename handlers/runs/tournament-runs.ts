import type { TournamentStarted } from '../../domain/tournament-run/events.ts';
import { type TournamentEvent, tournamentEventsIn } from '../../domain/tournament-run/slice.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { EventStore } from '../ports/ports.ts';
import { missingRun } from './missing-run.ts';
import { eventsIfAny } from './run-streams.ts';

/** What is recorded of a tournament, in one append: all of it or nothing. */
export async function tournamentFacts(store: EventStore, runId: string): Promise<readonly TournamentEvent[]> {
  return tournamentEventsIn(await eventsIfAny(store, 'tournament', runId));
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
