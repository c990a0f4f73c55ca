/** How what needs the store waits for it. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { once, untilThere } from '../../../handlers/runtime/outage.ts';

const away = new LedgerError('StoreUnavailable', 'nobody answers');
const stopped = { code: 'Interrupted', message: 'interrupted while the store was away' };

/** Fails so often, then answers; counts. */
function attempts(failures: number, error: Error = away) {
  const counted = { count: 0 };
  const attempt = async (): Promise<string> => {
    if (counted.count++ < failures) throw error;
    return 'answer';
  };
  return { counted, attempt };
}

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

test('one attempt is one attempt', async () => {
  const { counted, attempt } = attempts(1);
  await expect(once(attempt)).rejects.toBe(away);
  expect([await once(attempt), counted.count]).toEqual(['answer', 2]);
});

describe('until the store is there', () => {
  test('an attempt is made again each second', async () => {
    const { counted, attempt } = attempts(2);
    const answer = untilThere(new AbortController().signal)(attempt);
    await jest.advanceTimersByTimeAsync(999);
    expect(counted.count).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(counted.count).toBe(2);
    await jest.advanceTimersByTimeAsync(1_000);
    expect([await answer, counted.count]).toEqual(['answer', 3]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('another error is told at once', async () => {
    const full = new LedgerError('StoreFull', 'no room');
    const { counted, attempt } = attempts(1, full);
    await expect(untilThere(new AbortController().signal)(attempt)).rejects.toBe(full);
    expect(counted.count).toBe(1);
  });

  test('a signal ends the pause between two attempts, and no other is made', async () => {
    const stop = new AbortController();
    const { counted, attempt } = attempts(9);
    const answer = untilThere(stop.signal)(attempt);
    const refused = expect(answer).rejects.toMatchObject(stopped);
    await jest.advanceTimersByTimeAsync(10);
    stop.abort();
    await refused;
    expect(counted.count).toBe(1);
  });

  test('a signal ends the wait for an attempt that does not end, whatever becomes of it', async () => {
    const stop = new AbortController();
    const late = new AbortController();
    const answer = untilThere(stop.signal)(
      () =>
        new Promise((_resolve, reject) => {
          late.signal.addEventListener('abort', () => reject(new Error('too late for anybody')));
        }),
    );
    const refused = expect(answer).rejects.toMatchObject(stopped);
    stop.abort();
    await refused;
    late.abort();
    await jest.advanceTimersByTimeAsync(0);
  });
});
