/** What was known at an instant, behind a position: the last event before the first that bears a later time. */
import { describe, expect, test } from '@jest/globals';
import { beyondJump, knownBehind } from '../../../handlers/read-models/known-behind.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { storeLike } from '../../support/ledger-session.ts';
import { sampleEvents } from '../../support/sample-events.ts';

const at = (day: string): string => `${day}T08:00:00.000Z`;

/** A ledger of one event at each date, each in a stream of its own; with their positions. */
async function ledgerOf(...days: readonly string[]) {
  const { store } = createMemoryStore();
  for (const [index, day] of days.entries()) {
    const stream = `sleeveRun-${index}`;
    await store.append(stream, sampleEvents({ stream, count: 1, now: at(day) }), { expectedRevision: 'none' });
  }
  const positions = (await store.readAll({ after: null, maxCount: 100, types: null })).map(({ position }) => position);
  return { store, positions };
}

describe('what was known', () => {
  test('ends at the last event that is not later, and at the position itself where none is', async () => {
    const { store, positions } = await ledgerOf('2026-01-01', '2026-01-02', '2026-01-03', '2026-01-02');
    expect(await knownBehind(store, at('2026-01-02'), null)).toBe(positions[1]);
    expect(await knownBehind(store, at('2025-12-31'), null)).toBeNull();
    expect(await knownBehind(store, at('2026-01-02'), positions[1]!)).toBe(positions[1]);
    expect(await knownBehind(store, at('2026-01-03'), positions[1]!)).toBe(positions[3]);
  });

  test('is read no further than to the first event that came later', async () => {
    // More than the first page holds, which is a hundred.
    const { store } = createMemoryStore();
    const late = sampleEvents({ stream: 'sleeveRun-late', count: 101, now: at('2026-01-05') });
    await store.append('sleeveRun-late', late, { expectedRevision: 'none' });
    let pages = 0;
    const counting = storeLike(store, {
      readAll: async (options) => {
        pages++;
        return store.readAll(options);
      },
    });
    expect(await knownBehind(counting, at('2026-01-01'), null)).toBeNull();
    expect(pages).toBe(1);
    expect(await knownBehind(counting, at('2026-01-05'), null)).toBe(await store.head());
    expect(pages).toBe(3);
  });

  test('of some streams is asked for by their names', async () => {
    const { store } = await ledgerOf('2026-01-01');
    const asked: unknown[] = [];
    const watching = storeLike(store, {
      readAll: async (options) => {
        asked.push(options.streams);
        return store.readAll(options);
      },
    });
    await knownBehind(watching, at('2026-01-02'), null, ['sleeveRun-']);
    await knownBehind(watching, at('2026-01-02'), null);
    expect(asked).toEqual([['sleeveRun-'], undefined]);
  });
});

describe('behind the first event that bears a later time', () => {
  test('nothing is looked for where a clock may have gone on so far', async () => {
    // 400 days later, to the day.
    const { store, positions } = await ledgerOf('2026-01-01', '2027-02-05', '2026-01-01');
    expect(await beyondJump(store, at('2026-01-01'), positions[0]!)).toBe(positions[0]);
    expect(await beyondJump(store, at('2026-01-01'), positions[2]!)).toBe(positions[2]);
  });

  test('what was written by a clock that was right is known, where one before it was far ahead', async () => {
    const { store, positions } = await ledgerOf('2026-01-01', '2027-02-06', '2026-01-01');
    expect(await beyondJump(store, at('2026-01-01'), positions[0]!)).toBe(positions[2]);
    expect(await beyondJump(store, at('2025-12-31'), null)).toBeNull();
  });
});
