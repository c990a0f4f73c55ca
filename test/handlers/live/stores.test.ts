import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { v4 } from 'uuid';
import { feedDefaults, LiveFeed } from '../../../handlers/live/feed.ts';
import { untilReached } from '../../../handlers/live/place.ts';
import { watchedOf } from '../../../handlers/live/watched.ts';
import type { EventStore } from '../../../handlers/ports/ports.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { fakeSubject } from '../../support/fake-eventstoredb/subject.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';

interface Subject {
  readonly store: EventStore;
  /** Where another process appends, as it were. */
  readonly other: EventStore;
  readonly dispose: () => Promise<void>;
}

const scratch = scratchDirectory();

const stores: readonly [string, () => Promise<Subject>][] = [
  [
    'in memory',
    async () => {
      const { store } = createMemoryStore();
      return { store, other: store, dispose: () => store.close() };
    },
  ],
  [
    'in a file, appended to by another process',
    async () => {
      const file = join(scratch, `${v4()}.sqlite`);
      const own = openSqlite(file, { access: 'write', create: true, pollMs: 5 });
      const other = openSqlite(file, { access: 'write', create: false, pollMs: 5 });
      return {
        store: own.store,
        other: other.store,
        dispose: async () => {
          await own.store.close();
          await other.store.close();
        },
      };
    },
  ],
  [
    'on EventStoreDB',
    async () => {
      const subject = await fakeSubject();
      return { store: subject.store, other: subject.second().store, dispose: () => subject.dispose() };
    },
  ],
];

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

async function halt(store: EventStore, meta: string): Promise<string> {
  const stream = `metaPortfolio-${meta}`;
  const batch = sampleEvents({ stream, count: 1, type: 'PublicationHalted', data: () => ({ meta }) });
  return (await store.append(stream, batch, { expectedRevision: 'none' })).events[0]!.position;
}

describe.each(stores)('what happens in a store %s', (_where, open) => {
  test('is told from any position on, and waited for', async () => {
    const { store, other, dispose } = await open();
    const positions = [await halt(other, 'a'), await halt(other, 'b')];
    const ending = new AbortController();
    const feed = new LiveFeed({ store, log }, ending.signal, { ...feedDefaults, heartbeatMs: 20 });
    const reader = feed.read('anna', positions[0]!, watchedOf({ names: [], metas: [], sleeves: [] }), ending.signal);
    const told: (readonly [string, unknown])[] = [];
    for await (const { happenings } of reader) {
      told.push(...happenings.map(({ position, meta }) => [position, meta] as const));
      if (told.length === 1 && positions.length === 2) positions.push(await halt(other, 'c'));
      if (told.length === 2) break;
    }
    expect(told).toEqual([
      [positions[1], 'b'],
      [positions[2], 'c'],
    ]);
    await untilReached(store, positions[2]!, 'after', 5_000, ending.signal);
    ending.abort();
    await dispose();
  });

  test('has no position of another kind of store, and none that is not reached', async () => {
    const { store, other, dispose } = await open();
    const position = await halt(other, 'a');
    const signal = new AbortController().signal;
    const foreign = position.includes('/') ? '7' : '7/7';
    await expect(untilReached(store, foreign, 'after', 0, signal)).rejects.toMatchObject({ code: 'RequestInvalid' });
    const ahead = position.includes('/') ? '999999999/999999999' : '999999';
    await expect(untilReached(store, ahead, 'after', 0, signal)).rejects.toMatchObject({ code: 'NotYetKnown', at: { path: 'after' } });
    await dispose();
  });
});
