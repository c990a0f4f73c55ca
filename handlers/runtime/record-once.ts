import { type DraftEvent, contentHashOf } from '../../domain/shared/envelope.ts';
import { wasRecordedConcurrently } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { isFactOfRun } from '../../domain/run/cache-used.ts';
import type { StagedArtifacts } from '../../domain/documents/staged-artifacts.ts';
import type { StoredEvent } from '../ports/ports.ts';
import { readWholeStream, recordNewStream, type Recording } from './record.ts';
import { toDomainEvent } from './stored-events.ts';
import type { Session } from './session.ts';

/**
 * Facts that follow from the inputs which name a run, and from its rules. The others carry evidence that may differ between two deliveries
 * of one run: names of files, lines, where a setting was written.
 */
const computedTypes: ReadonlySet<string> = new Set([
  'MovesAccepted',
  'AssetsSelected',
  'SelectionAborted',
  'RegimesDetected',
  'SleeveProfileSolved',
  'SleeveProfileAbsent',
  'SleeveProfileFailed',
  'SleeveReturnsJoined',
  'SleeveWeightsOptimised',
  'PortfolioFlattened',
  'AcceptanceMeasured',
  'MetaProfileFailed',
  'MetaRunCompleted',
  'WindowAllocated',
  'SleeveSelected',
  'BacktestCompleted',
  'BacktestFailed',
  'EntrantsSelected',
  'TournamentCompleted',
  'TournamentFailed',
  'PositionsCombined',
  'CombinationRefused',
]);

function rulesOf(data: unknown): number | null {
  return (data as { readonly rules?: number }).rules ?? null;
}

/** Two processes of other rules may compute other numbers of one run: the first recorded its own, and they stand. */
export function ofOtherRules(stored: readonly StoredEvent[], drafts: readonly DraftEvent[]): boolean {
  const [first] = stored;
  return first !== undefined && rulesOf(toDomainEvent(first).data) !== rulesOf(drafts[0]!.data);
}

/** Errors: EventContentConflict where stored facts are not those that were computed under the same rules. */
export function requireSame(session: Session, stream: string, stored: readonly StoredEvent[], drafts: readonly DraftEvent[]): void {
  if (ofOtherRules(stored, drafts)) return;
  const differs = (index: number): boolean => {
    const event = stored[index];
    const draft = drafts[index];
    if (event === undefined || draft === undefined || event.type !== draft.type) return true;
    return computedTypes.has(draft.type) && event.contentHash !== contentHashOf(session.ports.crypto.sha256, draft);
  };
  const first = Array.from({ length: Math.max(stored.length, drafts.length) }, (_, index) => index).find(differs);
  if (first === undefined) return;
  throw new LedgerError(
    'EventContentConflict',
    `${stream} was recorded meanwhile with other content: event ${first} (${stored[first]?.type ?? drafts[first]!.type}) differs ` +
      `from what was computed under the same rules`,
    {
      evidence: {
        stream,
        revision: first,
        recorded: stored[first]?.contentHash ?? null,
        computed: drafts[first] === undefined ? null : contentHashOf(session.ports.crypto.sha256, drafts[first]),
      },
    },
  );
}

/** A run that one append holds. */
export interface RecordingOnce extends Recording {
  /** What says how the run came about: it stands behind the last fact, and nothing is compared with it. */
  readonly beside?: readonly DraftEvent[];
}

/**
 * Records a run whole in a stream of its own, artifacts first. The caller has looked before it computed: what is found recorded here was
 * recorded meanwhile, by another process that computed the same run. Errors: EventContentConflict when that process got other numbers under
 * the same rules.
 */
export async function recordOnce(
  session: Session,
  recording: RecordingOnce,
  staged: StagedArtifacts,
): Promise<{ readonly already: boolean }> {
  const { ports, ledger, actor } = session;
  const { stream, drafts, beside = [] } = recording;
  try {
    const whole = { ...recording, drafts: [...drafts, ...beside], artifacts: staged.contents() };
    const { already, events } = await recordNewStream(ports, ledger.ledgerId, actor, whole);
    if (!already) {
      session.recent?.remember(stream, events, staged);
      return { already };
    }
  } catch (error) {
    if (!wasRecordedConcurrently(error)) throw error;
  }
  requireSame(session, stream, (await readWholeStream(ports.store, stream)).filter(isFactOfRun), drafts);
  return { already: true };
}
