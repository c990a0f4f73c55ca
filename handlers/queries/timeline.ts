import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { auditStep } from '../../projections/audit-log.ts';
import type { RunRow } from '../../projections/run-directory.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { readWholeStream } from '../runtime/record.ts';
import { runStreamName } from '../runs/run-streams.ts';
import { requestedRun, type RunQuestion } from '../runs/run-of.ts';

export interface TimelineEvent {
  readonly revision: number;
  readonly position: string;
  readonly id: string;
  readonly type: string;
  /** As `audit.jsonl` names it. */
  readonly step: string;
  readonly status: string;
  readonly recordedAt: string;
  readonly actor: string;
  readonly hash: string;
}

export interface RunTimeline extends Pick<RunRow, 'runId' | 'kind' | 'name' | 'asOf' | 'status'> {
  readonly events: readonly TimelineEvent[];
  readonly position: string | null;
}

function timelineEvent(stored: StoredEvent): TimelineEvent {
  const { revision, position, id, type, recordedAt, hash, bytes } = stored;
  const envelope = decodeEnvelope(bytes);
  const { step, status } = auditStep(envelope);
  return { revision: Number(revision), position, id, type, step, status, recordedAt, actor: envelope.actor, hash };
}

/** The events of a run, in order. Errors: RunUnknown. */
export async function runTimeline(ports: Ports, question: RunQuestion): Promise<RunTimeline> {
  const { runId, kind, name, asOf, status } = await requestedRun(ports, question);
  const stored = await readWholeStream(ports.store, runStreamName(kind, runId));
  return { runId, kind, name, asOf, status, events: stored.map(timelineEvent), position: stored.at(-1)?.position ?? null };
}
