import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { NoAnswer } from '../../../infra/kafka/failures.ts';
import { backoffMs, pause, type RetryContext, withRetries, withTimeout } from '../../../infra/kafka/retry.ts';
import { defaultTuning } from '../../../infra/kafka/tuning.ts';
import { protocolError } from '../../support/kafka/fake-library.ts';

afterEach(() => void jest.restoreAllMocks());

const never = new AbortController().signal;
const forever = new Promise<never>(() => undefined);

describe('the pause before the next try', () => {
  test.each([
    [0, 50],
    [1, 100],
    [5, 1_600],
    [6, 2_000],
    [2_000, 2_000],
  ])('after %s failures is from half of %s ms up to it', (failures, most) => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0);
    expect(backoffMs(failures, defaultTuning)).toBe(most / 2);
    random.mockReturnValue(0.5);
    expect(backoffMs(failures, defaultTuning)).toBe(most * 0.75);
  });

  test('doubles for as long as twenty failures go', () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    const tuning = { ...defaultTuning, backoffMsMin: 2, backoffMsMax: Infinity };
    expect([19, 20, 21, 40].map((failures) => backoffMs(failures, tuning))).toEqual([524_288, 1_048_576, 1_048_576, 1_048_576]);
  });

  test('ends at once when it is called off, before or meanwhile, and leaves nothing behind', async () => {
    await pause(60_000, AbortSignal.abort());
    const stop = new AbortController();
    const removed = jest.spyOn(stop.signal, 'removeEventListener');
    const paused = pause(60_000, stop.signal);
    stop.abort();
    await paused;
    expect(removed).toHaveBeenCalledWith('abort', expect.any(Function));
  });

  test('lasts as long as it is said to', async () => {
    const before = performance.now();
    await pause(20, never);
    expect(performance.now() - before).toBeGreaterThanOrEqual(18);
  });
});

describe('a wait with an end', () => {
  test('has the outcome of what is waited for', async () => {
    expect(await withTimeout(Promise.resolve(7), 1_000, never)).toBe(7);
    await expect(withTimeout(Promise.reject(new Error('why')), 1_000, never)).rejects.toThrow(new Error('why'));
  });

  test('ends without an answer when the time is up or the connection closed', async () => {
    await expect(withTimeout(forever, 1, never)).rejects.toThrow(new NoAnswer('no answer in time'));
    await expect(withTimeout(forever, 60_000, AbortSignal.abort())).rejects.toThrow(new NoAnswer('the connection is closed'));
  });

  test('keeps no timer', async () => {
    const cleared = jest.spyOn(globalThis, 'clearTimeout');
    await withTimeout(Promise.resolve(), 60_000, never);
    await new Promise((resolve) => setImmediate(resolve));
    expect(cleared).toHaveBeenCalled();
  });
});

/** Fails by turns as it is told, and then succeeds. */
const failing = (...errors: readonly unknown[]): { readonly attempt: () => Promise<string>; readonly tries: () => number } => {
  let tries = 0;
  return {
    attempt: async () => {
      if (tries < errors.length) throw errors[tries++];
      tries++;
      return 'done';
    },
    tries: () => tries,
  };
};

const always = (error: unknown): ReturnType<typeof failing> => failing(...Array.from({ length: 1_000 }, () => error));

describe('tries again', () => {
  const tuning = { ...defaultTuning, backoffMsMin: 2, backoffMsMax: 2, topicMsMax: 30 };
  const setUp = (context: Partial<RetryContext> = {}): { readonly context: RetryContext; readonly failed: () => number } => {
    let failures = 0;
    return {
      context: {
        tuning,
        deadline: performance.now() + 150,
        closed: never,
        at: { brokers: 'b:1', topic: 'results' },
        onFailure: () => void failures++,
        ...context,
      },
      failed: () => failures,
    };
  };

  test('while the brokers are not available, and says each failure', async () => {
    const { context, failed } = setUp();
    const { attempt, tries } = failing(new Error('away'), protocolError('NOT_ENOUGH_REPLICAS', true));
    expect(await withRetries(attempt, context)).toBe('done');
    expect([tries(), failed()]).toEqual([3, 2]);
  });

  test('not when the brokers have refused', async () => {
    const { context, failed } = setUp();
    const { attempt, tries } = failing(protocolError('TOPIC_AUTHORIZATION_FAILED'));
    await expect(withRetries(attempt, context)).rejects.toMatchObject({
      code: 'BrokerRefused',
      evidence: { brokers: 'b:1', topic: 'results', said: 'said TOPIC_AUTHORIZATION_FAILED', type: 'TOPIC_AUTHORIZATION_FAILED' },
    });
    expect([tries(), failed()]).toEqual([1, 1]);
  });

  test('for a shorter time while they know no such topic', async () => {
    const { context } = setUp({ deadline: performance.now() + 60_000 });
    const started = performance.now();
    const { attempt, tries } = always(protocolError('UNKNOWN_TOPIC_OR_PARTITION', true));
    await expect(withRetries(attempt, context)).rejects.toMatchObject({ code: 'TopicMissing' });
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(tries()).toBeGreaterThan(1);
    const { attempt: later } = failing(protocolError('UNKNOWN_TOPIC_OR_PARTITION', true));
    expect(await withRetries(later, setUp().context)).toBe('done');
  });

  test('until the deadline', async () => {
    const { context } = setUp();
    const { attempt, tries } = always(new Error('away'));
    await expect(withRetries(attempt, context)).rejects.toMatchObject({ code: 'BrokerUnavailable' });
    expect(tries()).toBeGreaterThan(1);
  });

  test('not at all once the deadline is over', async () => {
    const { context } = setUp({ deadline: performance.now() - 1 });
    const { attempt, tries } = failing();
    await expect(withRetries(attempt, context)).rejects.toMatchObject({ evidence: { said: 'no answer in time' } });
    expect(tries()).toBe(0);
  });

  test('not on a connection that is closed', async () => {
    const { context, failed } = setUp({ closed: AbortSignal.abort(), deadline: performance.now() + 60_000 });
    const { attempt, tries } = always(new Error('away'));
    await expect(withRetries(attempt, context)).rejects.toMatchObject({ code: 'BrokerUnavailable' });
    expect([tries(), failed()]).toEqual([1, 1]);
  });

  test('gives an attempt that never ends up at the deadline', async () => {
    const { context, failed } = setUp();
    await expect(withRetries(() => forever, context)).rejects.toMatchObject({ evidence: { said: 'no answer in time' } });
    expect(failed()).toBe(1);
  });
});
