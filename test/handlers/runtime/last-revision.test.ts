import { expect, test } from '@jest/globals';
import { lastRevisionUntil } from '../../../handlers/runtime/stream-pages.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { addRun } from '../../support/ledger-session.ts';

test('the last event of a stream up to a position is the one that a pass over the stream finds', async () => {
  const { store } = createMemoryStore();
  await addRun(store, 'before', 2);
  await addRun(store, 'looked-at', 5);
  await addRun(store, 'after', 2);
  const all = await store.readAll({ after: null, maxCount: 100, types: null });
  expect(all).toHaveLength(9);
  for (const { position } of all) {
    const known = all.filter((event) => event.stream === 'sleeveRun-looked-at' && store.comparePositions(event.position, position) <= 0);
    expect(await lastRevisionUntil(store, 'sleeveRun-looked-at', position)).toBe(known.at(-1)?.revision ?? -1n);
  }
  expect(await lastRevisionUntil(store, 'sleeveRun-nobody', all[0]!.position)).toBe(-1n);
});
