import { isDomainStream } from '../../domain/audit/chain.ts';
import { limits } from '../../domain/shared/limits.ts';
import { yieldToEventLoop } from '../runtime/interruption.ts';
import type { EventStore, StoredEvent } from '../ports/ports.ts';

/** How many events of this size a page may hold: pages of large events are short, so that memory does not grow with the events. */
function pageEventsFor(page: readonly StoredEvent[]): number {
  const bytes = page.reduce((sum, event) => sum + event.bytes.length, 0);
  const fitting = Math.floor((limits.readPageBytesTarget * page.length) / Math.max(1, bytes));
  return Math.min(limits.readPageEventsMax, Math.max(1, fitting));
}

/** Whatever is recorded behind a position (null: from the first) in global order, a few megabytes at a time; `streams` as for `readAll`. */
export async function* pagesAfter(
  store: EventStore,
  position: string | null,
  streams?: readonly string[],
): AsyncGenerator<readonly StoredEvent[]> {
  let maxCount: number = limits.readPageEventsFirst;
  for (let after = position; ;) {
    const page: readonly StoredEvent[] = await store.readAll({
      after,
      maxCount,
      types: null,
      ...(streams === undefined ? {} : { streams }),
    });
    if (page.length > 0) yield page;
    if (page.length < maxCount) return;
    await yieldToEventLoop();
    after = page.at(-1)!.position;
    maxCount = pageEventsFor(page);
  }
}

/** The same, one by one. */
export async function* eventsAfter(store: EventStore, position: string | null, streams?: readonly string[]): AsyncGenerator<StoredEvent> {
  for await (const page of pagesAfter(store, position, streams)) for (const event of page) yield event;
}

/** Domain events behind a position (null: from the first) in global order: the leaves of the tree, whatever the store's positions are. */
export async function* leavesAfter(store: EventStore, position: string | null): AsyncGenerator<StoredEvent> {
  for await (const event of eventsAfter(store, position)) if (isDomainStream(event.stream)) yield event;
}

/** As many leaves behind a position as asked for, or all where there are fewer. */
export async function someLeavesAfter(store: EventStore, position: string | null, count: number): Promise<StoredEvent[]> {
  const leaves: StoredEvent[] = [];
  for (let after = position; leaves.length < count;) {
    const maxCount = count - leaves.length;
    const page: readonly StoredEvent[] = await store.readAll({ after, maxCount, types: null });
    leaves.push(...page.filter(({ stream }) => isDomainStream(stream)));
    if (page.length < maxCount) break;
    after = page.at(-1)!.position;
  }
  return leaves;
}
