import { type EventStore } from '../../handlers/ports/ports.ts';
import { createMemoryStore } from '../../infra/memory/memory-store.ts';
import type { FactHistory } from './portfolio-events.ts';

/** A store in memory that holds facts, each in its own append, in the order in which they were told. */
export async function storeOf({ stored }: FactHistory): Promise<EventStore> {
  const { store } = createMemoryStore();
  for (const event of stored)
    await store.append(event.stream, [event], { expectedRevision: event.revision === 0n ? 'none' : event.revision - 1n });
  return store;
}
