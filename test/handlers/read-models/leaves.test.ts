/** Reading what stands behind a position, page by page: everything once and in order, and pages that large events make short. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import type { EventStore, ReadAllOptions, StoredEvent } from '../../../handlers/ports/ports.ts';
import { eventsAfter, leavesAfter, pagesAfter, someLeavesAfter } from '../../../handlers/read-models/leaves.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { addRun, storeLike } from '../../support/ledger-session.ts';
import { sampleEvents } from '../../support/sample-events.ts';

const { store } = createMemoryStore();
let all: readonly StoredEvent[] = [];

beforeAll(async () => {
  await addRun(store, 'a', 90);
  await store.append('audits', sampleEvents({ stream: 'audits', count: 20 }), { expectedRevision: 'none' });
  await addRun(store, 'b', 90);
  all = await store.readAll({ after: null, maxCount: 1000, types: null });
});

const positions = (events: readonly StoredEvent[]): string[] => events.map(({ position }) => position);

async function collected(events: AsyncGenerator<StoredEvent>): Promise<string[]> {
  const found: string[] = [];
  for await (const { position } of events) found.push(position);
  return found;
}

/** The store, with what was asked of it; `bytes` makes every event so large. */
function watched(bytes: number | null = null): { readonly watching: EventStore; readonly asked: ReadAllOptions[] } {
  const asked: ReadAllOptions[] = [];
  const watching = storeLike(store, {
    readAll: async (options) => {
      asked.push(options);
      const page = await store.readAll(options);
      return bytes === null ? page : page.map((event) => ({ ...event, bytes: new Uint8Array(bytes) }));
    },
  });
  return { watching, asked };
}

describe('events behind a position', () => {
  test('are all of them, in order, from the first or behind one', async () => {
    expect(await collected(eventsAfter(store, null))).toEqual(positions(all));
    expect(await collected(eventsAfter(store, all[99]!.position))).toEqual(positions(all.slice(100)));
    expect(await collected(eventsAfter(store, all.at(-1)!.position))).toEqual([]);
  });

  test('are read a hundred at once, then as many as fit into a page', async () => {
    const { watching, asked } = watched();
    await collected(eventsAfter(watching, null));
    expect(asked).toEqual([
      { after: null, maxCount: 100, types: null },
      { after: all[99]!.position, maxCount: limits.readPageEventsMax, types: null },
    ]);
  });

  test.each([
    // 100 events of 100,000 bytes are 10 MB: a page of 1 MiB holds 10 of them.
    [100_000, 10],
    // One that fills a page by itself, and one that is larger than a page, come alone.
    [limits.readPageBytesTarget, 1],
    [2 * limits.readPageBytesTarget, 1],
    [0, limits.readPageEventsMax],
  ])('of %i bytes come %i at once behind the first page', async (bytes, count) => {
    const { watching, asked } = watched(bytes);
    const pages = pagesAfter(watching, null);
    await pages.next();
    await pages.next();
    expect(asked.map(({ maxCount }) => maxCount)).toEqual([100, count]);
  });

  test('of some streams are asked for by their names, and an empty page is none', async () => {
    const { watching, asked } = watched();
    await collected(eventsAfter(watching, null, ['sleeveRun-']));
    expect(asked.map(({ streams }) => streams)).toEqual([['sleeveRun-'], ['sleeveRun-']]);
    expect(await pagesAfter(createMemoryStore().store, null).next()).toEqual({ done: true, value: undefined });
  });
});

const leaves = () => all.filter(({ stream }) => stream.startsWith('sleeveRun-'));

describe('leaves behind a position', () => {
  test('are the events of the ledger, without those of streams that are no leaves', async () => {
    expect(await collected(leavesAfter(store, null))).toEqual(positions(leaves()));
    expect(await collected(leavesAfter(store, all[85]!.position))).toEqual(positions(leaves().slice(86)));
  });

  test.each([
    [0, 16],
    [85, 16],
    [85, 5],
    [175, 3],
    [175, 16],
    [0, 1],
  ])('behind %i leaves are %i of them, or as many as there are', async (from, count) => {
    const after = from === 0 ? null : leaves()[from - 1]!.position;
    const { watching, asked } = watched();
    expect(positions(await someLeavesAfter(watching, after, count))).toEqual(positions(leaves().slice(from, from + count)));
    expect(asked[0]).toEqual({ after, maxCount: count, types: null });
  });

  test('of no number are none, and nothing is read', async () => {
    const { watching, asked } = watched();
    expect(await someLeavesAfter(watching, null, 0)).toEqual([]);
    expect(asked).toEqual([]);
  });
});
