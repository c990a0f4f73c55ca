import type { TournamentCompleted, TournamentStarted } from '../../../domain/tournament-run/events.ts';
import { tournamentStream } from '../../../domain/tournament-run/stream.ts';
import { tournamentEventsIn } from '../../../domain/tournament-run/slice.ts';
import { invariant } from '../../../domain/shared/errors.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { type Provenance, provenanceOf } from '../model/model.ts';
import { loadRecordedRun } from '../model/sources.ts';

export interface TournamentHead {
  readonly runId: string;
  readonly name: string;
  readonly asOf: string;
  readonly recordedAt: string;
  readonly actor: string;
  readonly status: 'ranked' | 'failed';
  readonly definitionSha256: string;
}

/** The report of a tournament: a pure function of the ledger's events. */
export interface TournamentReport {
  readonly run: TournamentHead;
  readonly started: TournamentStarted;
  /** Null where no entrant could be compared. */
  readonly completed: TournamentCompleted | null;
  readonly failed: TournamentCompleted['failed'];
  /** Why nothing could be compared. */
  readonly reason: string | null;
  readonly provenance: Provenance;
}

/** Reads a tournament that is recorded. */
export async function tournamentReport(session: Session, runId: string): Promise<TournamentReport> {
  const recorded = await loadRecordedRun(session, tournamentStream.name(runId));
  const facts = tournamentEventsIn(recorded.events);
  const [first] = facts;
  invariant(first?.type === 'TournamentStarted', 'a tournament begins with what was asked for', { runId });
  const [completed = null] = dataOf(facts, 'TournamentCompleted');
  const [failed = null] = dataOf(facts, 'TournamentFailed');
  const { sleeve, asOf, definition } = first.data;
  return {
    run: {
      runId,
      name: sleeve,
      asOf,
      recordedAt: recorded.stored[0]!.recordedAt,
      actor: first.envelope.actor,
      status: completed === null ? 'failed' : 'ranked',
      definitionSha256: definition.sha256,
    },
    started: first.data,
    completed,
    failed: completed?.failed ?? failed?.failed ?? [],
    reason: failed?.reason ?? null,
    provenance: provenanceOf(recorded),
  };
}
