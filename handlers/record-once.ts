import { type DraftEvent, contentHashOf } from '../domain/shared/envelope.ts';
import { wasRecordedByAnother } from '../domain/shared/error-kinds.ts';
import { LedgerError } from '../domain/shared/errors.ts';
import type { ArtifactShelf } from './artifact-files.ts';
import type { StoredEvent } from './ports.ts';
import { readWholeStream, recordNewStream, type Recording } from './record.ts';
import type { Session } from './session.ts';

/**
 * Facts that follow from the inputs which name a run, and from nothing else. The others carry evidence that may differ between two deliveries
 * of one run: names of files, lines, where a setting was written.
 */
const computedTypes: ReadonlySet<string> = new Set([
  'SleeveProfileSolved',
  'SleeveProfileAbsent',
  'SleeveProfileFailed',
  'SleeveReturnsJoined',
  'SleeveWeightsOptimised',
  'PortfolioFlattened',
  'AcceptanceMeasured',
  'MetaProfileFailed',
  'MetaRunCompleted',
]);

function requireSame(session: Session, stream: string, stored: readonly StoredEvent[], drafts: readonly DraftEvent[]): void {
  const differs = (index: number): boolean => {
    const event = stored[index];
    const draft = drafts[index];
    if (event === undefined || draft === undefined || event.type !== draft.type) return true;
    return computedTypes.has(draft.type) && event.contentHash !== contentHashOf(session.ports.crypto.sha256, draft);
  };
  const first = Array.from({ length: Math.max(stored.length, drafts.length) }, (_, index) => index).find(differs);
  if (first === undefined) return;
  throw new LedgerError('EventContentConflict', `${stream} is recorded with other content: event ${first} (${stored[first]?.type ?? drafts[first]!.type}) differs from what this build computes`, {
    evidence: { stream, revision: first, recorded: stored[first]?.contentHash ?? null, computed: drafts[first] === undefined ? null : contentHashOf(session.ports.crypto.sha256, drafts[first]) },
  });
}

/**
 * Records a run whole in a stream of its own, artifacts first, or finds it recorded: a delivery of the same run changes nothing, whoever
 * was first. Errors: EventContentConflict when what is recorded under this id are other numbers.
 */
export async function recordOnce(session: Session, recording: Recording, shelf: ArtifactShelf): Promise<{ readonly already: boolean }> {
  const { ports, ledger, actor } = session;
  const { stream, drafts } = recording;
  const before = await readWholeStream(ports.store, stream);
  if (before.length === 0) {
    try {
      return { already: (await recordNewStream(ports, ledger.ledgerId, actor, { ...recording, artifacts: shelf.contents() })).already };
    } catch (error) {
      if (!wasRecordedByAnother(error)) throw error;
    }
  }
  requireSame(session, stream, before.length > 0 ? before : await readWholeStream(ports.store, stream), drafts);
  return { already: true };
}
