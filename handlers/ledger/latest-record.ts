import type { EventStore, StoredEvent } from '../ports/ports.ts';
import { pagesAfter } from '../read-models/leaves.ts';
import { newestEvent } from '../runtime/stream-pages.ts';
import { sealsStream } from './seals.ts';

/**
 * The event with the latest time among the last seal and what stands behind it; null in an empty store. Times grow within a stream only,
 * so that the last event need not be the latest. Reads what was recorded since the last seal.
 */
export async function latestRecord(store: EventStore): Promise<StoredEvent | null> {
  const seal = await newestEvent(store, sealsStream);
  let latest = seal;
  for await (const page of pagesAfter(store, seal?.position ?? null))
    for (const event of page) if (latest === null || event.recordedAt > latest.recordedAt) latest = event;
  return latest;
}
