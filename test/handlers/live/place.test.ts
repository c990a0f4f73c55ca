import { setMaxListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { untilReached } from '../../../handlers/live/place.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { addRun, storeLike } from '../../support/ledger-session.ts';

const never = new AbortController().signal;

describe('waiting for a position', () => {
  test('ends as soon as the ledger has come so far', async () => {
    const { store } = createMemoryStore();
    await addRun(store, 'first', 1);
    const waiting = untilReached(store, '14', 'at-least', 10_000, never);
    setTimeout(() => void addRun(store, 'second', 1), 20);
    const started = performance.now();
    await waiting;
    expect(await store.head()).toBe('14');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('refuses when it has not come so far in time, or nobody waits any more', async () => {
    const { store } = createMemoryStore();
    await expect(untilReached(store, '1', 'at-least', 0, never)).rejects.toMatchObject({
      code: 'NotYetKnown',
      message: 'at-least 1 lies ahead: nothing is recorded',
    });
    await addRun(store, 'first', 1);
    const started = performance.now();
    await expect(untilReached(store, '8', 'at-least', 60, never)).rejects.toMatchObject({
      code: 'NotYetKnown',
      evidence: { position: '8', head: '7' },
    });
    expect(performance.now() - started).toBeGreaterThanOrEqual(55);
    const gone = new AbortController();
    setTimeout(() => gone.abort(), 10);
    await expect(untilReached(store, '8', 'at-least', 10_000, gone.signal)).rejects.toMatchObject({ code: 'NotYetKnown' });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('costs the store no more for a thousand who wait than for a few, and one more does not wait', async () => {
    const { store } = createMemoryStore();
    await addRun(store, 'first', 1);
    let looks = 0;
    const counted = storeLike(store, {
      head: () => {
        looks += 1;
        return store.head();
      },
    });
    const gone = new AbortController();
    setMaxListeners(0, gone.signal);
    const waiting = Array.from({ length: limits.reachedWaitsMax }, () => untilReached(counted, '8', 'at-least', 10_000, gone.signal));
    const ended = Promise.allSettled(waiting);
    const started = performance.now();
    await expect(untilReached(counted, '8', 'at-least', 10_000, never)).rejects.toMatchObject({ code: 'NotYetKnown' });
    expect(performance.now() - started).toBeLessThan(5_000);
    // What has come is answered all the same.
    await untilReached(counted, '7', 'at-least', 10_000, never);
    await new Promise((resolve) => setTimeout(resolve, 200));
    gone.abort();
    await ended;
    // Each looks once by itself; together they look once in half of the time between two looks.
    const together = looks - limits.reachedWaitsMax - 2;
    expect(together).toBeLessThanOrEqual(2 + (performance.now() - started) / (limits.reachedPollMs / 2));
    await untilReached(counted, '7', 'at-least', 0, never);
  });
});
