import { describe, expect, test } from '@jest/globals';
import { untilReached } from '../../../handlers/live/place.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { addRun } from '../../support/ledger-session.ts';

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
});
