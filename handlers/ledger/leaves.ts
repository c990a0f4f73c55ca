import { isDomainStream } from '../../domain/audit/chain.ts';
import { limits } from '../../domain/shared/limits.ts';
import { nextTurn } from '../interruption.ts';
import type { EventStore, Ports, StoredEvent } from '../ports.ts';

/** Domain events behind a position (null: from the first) in global order: the leaves of the tree, whatever the store's positions are. */
export async function* leavesAfter(store: EventStore, position: string | null): AsyncGenerator<StoredEvent> {
  for (let after = position; ; ) {
    const page: readonly StoredEvent[] = await store.readAll({ after, maxCount: limits.readPageEventsMax, types: null });
    for (const event of page) if (isDomainStream(event.stream)) yield event;
    if (page.length < limits.readPageEventsMax) return;
    await nextTurn();
    after = page.at(-1)!.position;
  }
}

/** Every leaf. */
export function leavesOf(ports: Pick<Ports, 'store'>): AsyncGenerator<StoredEvent> {
  return leavesAfter(ports.store, null);
}
