import type { StagedArtifacts } from '../../domain/documents/staged-artifacts.ts';
import { isFactOfRun } from '../../domain/run/cache-used.ts';
import { inBatches } from '../../domain/shared/append-batch.ts';
import type { DraftEvent } from '../../domain/shared/envelope.ts';
import { wasRecordedConcurrently } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { StoredEvent } from '../ports/ports.ts';
import { admitTime, place, readWholeStream, type Recording } from './record.ts';
import { ofOtherRules, requireSame } from './record-once.ts';
import type { Session } from './session.ts';
import { tailOf } from './stored-events.ts';

/** A run that may be larger than an append. */
export interface RecordingInParts extends Omit<Recording, 'artifacts'> {
  /** What says how the run came about: it stands behind the last fact, in the same append, and nothing is compared with it. */
  readonly beside: readonly DraftEvent[];
  readonly isFinished: (events: readonly StoredEvent[]) => boolean;
}

export interface RecordedInParts {
  /** How many events were there before, of a process that ended in the middle or that recorded the same at the same time. */
  readonly found: number;
  /** True when the whole run was there. */
  readonly already: boolean;
}

/** Errors: EventContentConflict for an unfinished run of other rules: its end would be that of another computation. */
function requireSameRules(stored: readonly StoredEvent[], { stream, drafts }: RecordingInParts): void {
  if (!ofOtherRules(stored, drafts)) return;
  throw new LedgerError('EventContentConflict', `${stream} was begun meanwhile under other rules, and is not finished`, {
    evidence: { stream, events: stored.length },
  });
}

/**
 * Appends what a stream lacks, in order. False when another process appended in between: its events may bear another time than ours, so
 * that ours no longer chain. Errors: WrongExpectedRevision, EventContentConflict, for the same reason.
 */
async function appendRest(
  session: Session,
  recording: RecordingInParts,
  stored: readonly StoredEvent[],
  artifacts: readonly Uint8Array[],
): Promise<boolean> {
  const { ports, ledger, actor } = session;
  const { stream, drafts, beside } = recording;
  const rest = { ...recording, drafts: [...drafts, ...beside].slice(stored.length) };
  await admitTime(ports);
  const placed = place(ports, ledger.ledgerId, actor, tailOf(stored), rest, stored.length);
  let length = stored.length;
  for (const [index, batch] of inBatches(placed).entries()) {
    const expectedRevision = length === 0 ? 'none' : BigInt(length - 1);
    const { already } = await ports.store.append(stream, batch, { expectedRevision, artifacts: index === 0 ? artifacts : [] });
    if (already) return false;
    length += batch.length;
  }
  return true;
}

/**
 * Records a run whole in a stream of its own, artifacts first: in one append where one holds it, else in several. A stream without the end
 * of its run is unfinished; it is a beginning of the same facts, and is continued from where it ends, by whoever computes the run again.
 * Processes that record the same at the same time take turns, and leave one stream.
 * Errors: EventContentConflict where what is there is not what was computed.
 */
export async function recordInParts(session: Session, recording: RecordingInParts, staged: StagedArtifacts): Promise<RecordedInParts> {
  const { stream, drafts, isFinished } = recording;
  const artifacts = staged.contents();
  let seen = -1;
  for (;;) {
    const stored = (await readWholeStream(session.ports.store, stream)).filter(isFactOfRun);
    if (isFinished(stored)) {
      requireSame(session, stream, stored, drafts);
      return { found: stored.length, already: true };
    }
    requireSameRules(stored, recording);
    requireSame(session, stream, stored, drafts.slice(0, stored.length));
    try {
      if (await appendRest(session, recording, stored, artifacts)) return { found: stored.length, already: false };
    } catch (error) {
      if (!wasRecordedConcurrently(error) || stored.length === seen) throw error;
    }
    seen = stored.length;
  }
}
