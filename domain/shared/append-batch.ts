import { streamNameSchema } from './envelope.ts';
import { LedgerError } from './errors.ts';
import { limits } from './limits.ts';

interface BatchedEvent {
  readonly id: string;
  readonly contentHash: string;
  readonly hash: string;
  readonly bytes: Uint8Array;
}

const hexHash = /^[0-9a-f]{64}$/;

function refuse(stream: string, why: string, evidence: Record<string, unknown> = {}): never {
  throw new LedgerError('AppendRefused', `append to "${stream}" refused: ${why}`, { evidence: { stream, ...evidence } });
}

/**
 * What every store refuses before anything is sent: an unsafe stream name (`$...` belongs to the stores), a negative
 * revision, an empty batch, an id twice in it, a malformed hash, and a batch beyond the limits.
 *
 * Errors: AppendRefused; LimitExceeded with both numbers.
 */
export function checkBatch(stream: string, events: readonly BatchedEvent[], expectedRevision: 'none' | bigint): void {
  if (stream.startsWith('$')) refuse(stream, 'names that begin with $ belong to the store');
  if (!streamNameSchema.safeParse(stream).success) refuse(stream, 'not a stream name');
  if (expectedRevision !== 'none' && expectedRevision < 0n) {
    refuse(stream, 'an expected revision is "none" or at least 0', { expected: String(expectedRevision) });
  }
  if (events.length === 0) refuse(stream, 'the batch is empty');
  if (events.length > limits.appendEventsMax) exceed(stream, 'events', events.length, limits.appendEventsMax);
  const ids = new Set<string>();
  let bytes = 0;
  for (const event of events) {
    if (event.id === '') refuse(stream, 'an event without id');
    if (ids.has(event.id)) refuse(stream, `id ${event.id} appears twice in the batch`, { id: event.id });
    if (!hexHash.test(event.hash) || !hexHash.test(event.contentHash))
      refuse(stream, `event ${event.id} has a malformed hash`, { id: event.id });
    if (event.bytes.length === 0) refuse(stream, `event ${event.id} has no bytes`, { id: event.id });
    ids.add(event.id);
    bytes += event.bytes.length;
  }
  if (bytes > limits.eventBytesMax) exceed(stream, 'bytes', bytes, limits.eventBytesMax);
}

/** Events in as few appends as hold them, in their order: each full by its count or by its bytes. */
export function inBatches<Event extends { readonly bytes: Uint8Array }>(events: readonly Event[]): Event[][] {
  const batches: Event[][] = [];
  let bytes = 0;
  for (const event of events) {
    const last = batches.at(-1);
    bytes += event.bytes.length;
    if (last !== undefined && last.length < limits.appendEventsMax && bytes <= limits.eventBytesMax) last.push(event);
    else {
      batches.push([event]);
      bytes = event.bytes.length;
    }
  }
  return batches;
}

function exceed(stream: string, unit: 'events' | 'bytes', actual: number, maximum: number): never {
  throw new LedgerError('LimitExceeded', `append to "${stream}" holds ${actual} ${unit}, at most ${maximum} are allowed`, {
    evidence: { stream, [unit]: actual, [`${unit}Max`]: maximum },
  });
}

/**
 * Refuses a page size that is not a whole number from 1 to the limit: clipping it would read as the end of the stream.
 *
 * Errors: LimitExceeded; Usage.
 */
export function checkPageSize(maxCount: number): void {
  if (!Number.isSafeInteger(maxCount) || maxCount < 1)
    throw new LedgerError('Usage', `a page holds at least one event, not ${maxCount}`, { evidence: { maxCount } });
  if (maxCount > limits.readPageEventsMax) {
    throw new LedgerError('LimitExceeded', `a page of ${maxCount} events was asked for, at most ${limits.readPageEventsMax} are allowed`, {
      evidence: { maxCount, readPageEventsMax: limits.readPageEventsMax },
    });
  }
}
