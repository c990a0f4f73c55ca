import { claimedText, localUserIn } from '../../domain/people/local-user.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { auditStep } from '../../projections/audit-log.ts';
import type { RunRow } from '../../projections/run-directory.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';
import { type SelectionSummary, selectionSummary } from '../../domain/sleeve-run/selection-summary.ts';
import { positionKnownAt } from '../read-models/last-known.ts';
import { type PublicationRecord, publicationRecordOf } from '../runs/publication-record.ts';
import { runStreamName } from '../runs/run-streams.ts';
import { requestedRun, type RunQuestion } from '../runs/run-of.ts';

export interface TimelineEvent {
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  readonly id: string;
  readonly type: string;
  /** As `audit.jsonl` names it. */
  readonly step: string;
  readonly status: string;
  readonly recordedAt: string;
  readonly actor: string;
  /** The actor as a claim, beside the local user; left out where none is recorded with it. */
  readonly claimedBy?: string;
  readonly hash: string;
}

export interface RunTimeline extends Pick<RunRow, 'runId' | 'kind' | 'name' | 'asOf' | 'status'> {
  /** Of the run's own stream. */
  readonly events: readonly TimelineEvent[];
  /** Of the portfolio's stream: what was decided about the run. */
  readonly decisions: readonly TimelineEvent[];
  /** Null while nothing was decided about the run, and for a run of any other kind. */
  readonly publication: PublicationRecord | null;
  /** What a sleeve run selected; null for one that selects nothing, and for a run of any other kind. */
  /** Left out where the run selects nothing. */
  readonly selection?: SelectionSummary;
  readonly position: string | null;
}

function timelineEvent(stored: StoredEvent): TimelineEvent {
  const { stream, revision, position, id, type, recordedAt, hash, bytes } = stored;
  const envelope = decodeEnvelope(bytes);
  const { step, status } = auditStep(envelope);
  const localUser = localUserIn(envelope.data);
  const claimed = localUser === undefined ? {} : { claimedBy: claimedText(envelope.actor, localUser) };
  return { stream, revision: Number(revision), position, id, type, step, status, recordedAt, actor: envelope.actor, ...claimed, hash };
}

/** The events of a run, in order, and what was decided about it. Errors: RunUnknown. */
export async function runTimeline(ports: Ports, question: RunQuestion): Promise<RunTimeline> {
  const { runId, kind, name, asOf, status } = await requestedRun(ports, question);
  const until = question.knownAt === null ? null : await positionKnownAt(ports, question.knownAt);
  const recorded = await readWholeStream(ports.store, runStreamName(kind, runId));
  const own = until === null ? recorded : recorded.filter(({ position }) => ports.store.comparePositions(position, until) <= 0);
  const decision = kind === 'meta' ? await publicationRecordOf(ports, { meta: name, runId }, until) : null;
  const selection = kind === 'sleeve' ? selectionSummary(toDomainEvents(own)) : null;
  return {
    runId,
    kind,
    name,
    asOf,
    status,
    events: own.map(timelineEvent),
    decisions: (decision?.decided ?? []).map(timelineEvent),
    publication: decision?.record ?? null,
    ...(selection === null ? {} : { selection }),
    position: (decision?.decided.at(-1) ?? own.at(-1))?.position ?? null,
  };
}
