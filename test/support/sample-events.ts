/** Valid events for tests of stores: real envelopes, canonical bytes and chained hashes. */
import { createHash } from 'node:crypto';
import { v5 } from 'uuid';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { emptyTail, placeEvents, type StreamTail } from '../../domain/shared/envelope.ts';
import type { EventToAppend, StoredEvent } from '../../handlers/ports/ports.ts';

export const sampleNamespace = '6f2a1c1e-8d5b-5c6e-9a57-3d1f2b7c4e90';

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

export function sampleId(name: string): string {
  return v5(name, sampleNamespace);
}

export interface SampleOptions {
  readonly stream: string;
  readonly count: number;
  /** Where the stream stands; its beginning when left out. */
  readonly tail?: StreamTail;
  /** Ids derive from it; events of two commands never share one. */
  readonly commandId?: string;
  readonly type?: string;
  readonly schemaVersion?: number;
  readonly now?: string;
  /** Data of the event at an index of the batch. */
  readonly data?: (index: number) => JsonObject;
}

/** A batch that continues a stream. */
export function sampleEvents(options: SampleOptions): EventToAppend[] {
  const { stream, count, tail = emptyTail, type = 'SampleRecorded', schemaVersion = 1, now = '2026-01-02T03:04:05.678Z' } = options;
  const commandId = options.commandId ?? `after ${tail.revision}`;
  const data = options.data ?? ((index: number): JsonObject => ({ note: `${commandId}, number ${index}` }));
  const drafts = Array.from({ length: count }, (_, index) => ({ type, schemaVersion, data: data(index) }));
  const placed = placeEvents(sha256, stream, tail, drafts, {
    correlationId: sampleId(`correlation ${commandId}`),
    causationId: sampleId(`causation ${commandId}`),
    actor: 'tests',
    code: { version: '0.0.0', commit: '0'.repeat(40), lockHash: '0'.repeat(64) },
    now,
    idOf: (index) => sampleId(JSON.stringify([stream, commandId, index])),
  });
  return placed.map(({ envelope, bytes, hash }) => ({
    id: envelope.id,
    type: envelope.type,
    contentHash: envelope.contentHash,
    hash,
    recordedAt: envelope.recordedAt,
    bytes,
  }));
}

/** The tail of a stream, given its last event. */
export function tailOf(last: StoredEvent | undefined): StreamTail {
  return last === undefined ? emptyTail : { revision: Number(last.revision), hash: last.hash, recordedAt: last.recordedAt };
}

/** Data that makes the whole envelope about `bytes` long. */
export function paddedData(bytes: number): JsonObject {
  const envelopeBytes = 800;
  return { padding: 'x'.repeat(Math.max(1, bytes - envelopeBytes)) };
}

export interface ChainFaults {
  readonly gaps: number;
  readonly chainBreaks: number;
}

/** Faults of one stream's events in order: missing revisions, and hashes that do not follow from the stored bytes. */
export function chainFaults(events: readonly StoredEvent[]): ChainFaults {
  let gaps = 0;
  let chainBreaks = 0;
  let previous = emptyTail.hash;
  for (const [index, event] of events.entries()) {
    if (event.revision !== BigInt(index)) gaps++;
    const envelope = JSON.parse(Buffer.from(event.bytes).toString('utf8')) as {
      prevHash: string;
      revision: number;
      stream: string;
      id: string;
    };
    const hash = createHash('sha256').update(event.bytes).digest('hex');
    const sound = hash === event.hash && envelope.prevHash === previous && envelope.stream === event.stream && envelope.id === event.id;
    if (!sound) chainBreaks++;
    previous = hash;
  }
  return { gaps, chainBreaks };
}
