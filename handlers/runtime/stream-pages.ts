import { limits } from '../../domain/shared/limits.ts';
import type { EventStore, StoredEvent } from '../ports/ports.ts';
import { yieldToEventLoop } from './interruption.ts';
import { partitionPoint } from './partition-point.ts';

/** No revision is greater: reading backwards from here begins with the newest event. */
const streamEnd = 9_223_372_036_854_775_807n;

type Reader = Pick<EventStore, 'readStream'>;

/** A stream from a revision on, page by page; no page is empty. */
export async function* streamPages(
  store: Reader,
  stream: string,
  revision: bigint,
  maxCount: number = limits.readPageEventsMax,
): AsyncGenerator<readonly StoredEvent[]> {
  for (let from = revision; ;) {
    const page = await store.readStream(stream, { from, maxCount, direction: 'forwards' });
    if (page.length > 0) yield page;
    if (page.length < maxCount) return;
    await yieldToEventLoop();
    from = page.at(-1)!.revision + 1n;
  }
}

/**
 * A stream from a revision (null: its end) back to its beginning, page by page, the newest event first; no page is empty. What is looked
 * for mostly stands near the end: the pages are short at first.
 */
export async function* streamPagesBackwards(
  store: Reader,
  stream: string,
  revision: bigint | null = null,
): AsyncGenerator<readonly StoredEvent[]> {
  let maxCount: number = limits.readBackwardsEventsFirst;
  for (let from = revision ?? streamEnd; from >= 0n;) {
    const page = await store.readStream(stream, { from, maxCount, direction: 'backwards' });
    if (page.length === 0) return;
    yield page;
    await yieldToEventLoop();
    from = page.at(-1)!.revision - 1n;
    maxCount = Math.min(maxCount * limits.readBackwardsGrowth, limits.readPageEventsMax);
  }
}

/** The revision of the last event of a stream up to a position of the ledger, -1 where there is none: log-many look-ups. */
export async function lastRevisionUntil(store: EventStore, stream: string, until: string): Promise<bigint> {
  const isBehind = ({ position }: StoredEvent): boolean => store.comparePositions(position, until) > 0;
  const newest = await newestEvent(store, stream);
  if (newest === null || !isBehind(newest)) return newest?.revision ?? -1n;
  const first = await partitionPoint(Number(newest.revision), async (revision) =>
    isBehind((await eventAt(store, stream, BigInt(revision)))!),
  );
  return BigInt(first) - 1n;
}

/** The event of a stream at a revision; null when it is not recorded. */
export async function eventAt(store: Reader, stream: string, revision: bigint): Promise<StoredEvent | null> {
  const [event] = await store.readStream(stream, { from: revision, maxCount: 1, direction: 'forwards' });
  return event?.revision === revision ? event : null;
}

/** The last event of a stream; null when it has none. */
export async function newestEvent(store: Reader, stream: string): Promise<StoredEvent | null> {
  const [event] = await store.readStream(stream, { from: streamEnd, maxCount: 1, direction: 'backwards' });
  return event ?? null;
}
