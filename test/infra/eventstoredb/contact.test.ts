import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Log } from '../../../handlers/ports/ports.ts';
import { Contact } from '../../../infra/eventstoredb/contact.ts';
import { NoAnswer } from '../../../infra/eventstoredb/failures.ts';
import { Pace } from '../../../infra/eventstoredb/pace.ts';
import { defaultRetryPolicy } from '../../../infra/eventstoredb/retry-policy.ts';
import { backoffMs, pause, untilAborted, withRetries, withTimeout } from '../../../infra/eventstoredb/retry.ts';

afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

function setUp(look: () => Promise<LedgerError | null> = async () => null) {
  const lines: unknown[][] = [];
  const at =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push([level, fields, message]);
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } as unknown as Log;
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  return { lines, contact: new Contact('s:1', log, look), at: (ms: number) => void (now = ms) };
}
const waiting = (seconds: number, error = 'gone') => ['warn', { server: 's:1', seconds, error }, 'waiting for EventStoreDB'];
const again = ['info', { server: 's:1' }, 'EventStoreDB answers again'];

describe('an outage', () => {
  test('is said once it has lasted a moment, then once a minute, and that it is over', () => {
    const { lines, contact, at } = setUp();
    const failed = (ms: number): void => {
      at(ms);
      contact.failed(new Error('gone'));
    };
    failed(1_000);
    failed(2_499);
    expect(lines).toEqual([]);
    failed(2_500);
    failed(62_499);
    expect(lines).toEqual([waiting(2)]);
    failed(62_500);
    expect(lines).toEqual([waiting(2), waiting(62)]);
    contact.answered();
    contact.answered();
    expect(lines.slice(2)).toEqual([again]);
  });

  test('that was short is not said, neither its beginning nor its end', () => {
    const { lines, contact, at } = setUp();
    contact.failed(new Error('gone'));
    at(1_499);
    contact.answered();
    at(2_000);
    contact.failed(new Error('gone'));
    at(3_000);
    contact.failed(new Error('gone'));
    contact.answered();
    expect(lines).toEqual([]);
  });

  test('soon after one that was said is not said again', () => {
    const { lines, contact, at } = setUp();
    contact.failed('gone');
    at(2_000);
    contact.failed('gone');
    contact.answered();
    at(10_000);
    contact.failed('gone');
    at(12_000);
    contact.failed('gone');
    contact.answered();
    expect(lines).toEqual([waiting(2), again]);
  });
});

describe('a call that waits for the first answer', () => {
  test('has the way to the server looked at, once for all, until there is an answer', async () => {
    jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate'] });
    const why = new LedgerError('StoreTlsRefused', 'no');
    let looks = 0;
    const { contact, lines, at } = setUp(async () => {
      looks++;
      return why;
    });
    const [one, two] = [contact.watch(), contact.watch()];
    jest.advanceTimersByTime(299);
    await turn();
    expect(looks).toBe(0);
    jest.advanceTimersByTime(1);
    await expect(one.refused).rejects.toBe(why);
    await expect(two.refused).rejects.toBe(why);
    expect(looks).toBe(1);
    expect(await contact.refusal()).toBe(why);
    expect(looks).toBe(2);
    at(1_500);
    jest.advanceTimersByTime(1_200);
    expect(lines).toEqual([waiting(2, 'no answer yet')]);
    contact.answered();
    expect(await contact.refusal()).toBeNull();
    expect(looks).toBe(2);
    const third = contact.watch();
    third.stop();
    one.stop();
    two.stop();
    expect(jest.getTimerCount()).toBe(0);
  });

  test('goes on when nothing of the kind is found', async () => {
    jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate'] });
    const { contact } = setUp();
    const { refused, stop } = contact.watch();
    jest.advanceTimersByTime(300);
    await turn();
    expect(await Promise.race([refused, Promise.resolve('pending')])).toBe('pending');
    stop();
  });
});

describe('the pace of appends', () => {
  test('is a tenth of the newest and the rest of before, and slow is three times that', () => {
    const pace = new Pace();
    expect(pace.slowMs(30)).toBe(30);
    pace.answered(200);
    expect(pace.slowMs(30)).toBeCloseTo(60, 10);
    pace.answered(100);
    expect(pace.slowMs(30)).toBeCloseTo(84, 10);
    expect(pace.slowMs(90)).toBe(90);
  });

  test('how long calls and waits may take', () => {
    expect(defaultRetryPolicy).toEqual({
      callMsMax: 10_000,
      waitMsMax: 30_000,
      backoffMsMin: 25,
      backoffMsMax: 5_000,
      hedgeMs: 30,
      followsAtAppends: 64,
      silenceMsMax: 30_000,
    });
  });
});

const failing = (...errors: unknown[]) => {
  let at = 0;
  return async () => {
    const error = errors[at++];
    if (error !== undefined) throw error;
    return at;
  };
};

describe('tries and their pauses', () => {
  const never = new AbortController().signal;
  test('the pause doubles up to its most, somewhere in the upper half', () => {
    const random = jest.spyOn(Math, 'random').mockReturnValue(0);
    expect([0, 1, 7, 8, 2_000].map((failures) => backoffMs(failures, defaultRetryPolicy))).toEqual([12.5, 25, 1_600, 2_500, 2_500]);
    expect([20, 21].map((failures) => backoffMs(failures, { ...defaultRetryPolicy, backoffMsMax: Infinity }))).toEqual([
      13_107_200, 13_107_200,
    ]);
    random.mockReturnValue(0.5);
    expect(backoffMs(0, defaultRetryPolicy)).toBe(18.75);
  });

  test('a pause ends with its signal', async () => {
    await pause(60_000, AbortSignal.abort());
    const stop = new AbortController();
    const removed = jest.spyOn(stop.signal, 'removeEventListener');
    const over = pause(60_000, stop.signal);
    const until = untilAborted(stop.signal);
    stop.abort();
    await Promise.all([over, until]);
    await untilAborted(stop.signal);
    expect(removed).toHaveBeenCalledWith('abort', expect.any(Function));
    const before = performance.now();
    await pause(15, never);
    expect(performance.now() - before).toBeGreaterThanOrEqual(13);
  });

  test('a wait has the outcome, or none in time, or the end of the store', async () => {
    const forever = new Promise<never>(() => undefined);
    expect(await withTimeout(Promise.resolve(7), 1_000, never)).toBe(7);
    await expect(withTimeout(Promise.reject(new Error('why')), 1_000, never)).rejects.toThrow(new Error('why'));
    await expect(withTimeout(forever, 2, never)).rejects.toThrow(new NoAnswer('no answer within 2 ms'));
    await expect(withTimeout(forever, 60_000, AbortSignal.abort())).rejects.toThrow(new NoAnswer('the store is closed'));
    const stop = new AbortController();
    const ended = withTimeout(forever, 60_000, stop.signal);
    stop.abort();
    await expect(ended).rejects.toThrow(new NoAnswer('the store is closed'));
  });

  const retry = { ...defaultRetryPolicy, callMsMax: 20, waitMsMax: 60, backoffMsMin: 2, backoffMsMax: 4 };
  const asking = (closed: AbortSignal = never, refusal: LedgerError | null = null) => {
    const seen: string[] = [];
    const contact = {
      watch: () => ({ refused: new Promise<never>(() => undefined), stop: () => void seen.push('stop') }),
      answered: () => void seen.push('answered'),
      failed: () => void seen.push('failed'),
      refusal: async () => refusal,
    } as unknown as Contact;
    return { seen, session: { retry, contact, server: 's:1', user: 'ops', closed } };
  };
  const away = Object.assign(new Error('gone'), { code: status.UNAVAILABLE });
  const denied = Object.assign(new Error('no'), { code: status.PERMISSION_DENIED });
  const call = { call: 'read $all' } as const;

  test('an uncertain call is made again', async () => {
    const { seen, session } = asking();
    expect(await withRetries(session, call, failing(away, away))).toBe(3);
    expect(seen).toEqual(['failed', 'failed', 'answered', 'stop']);
  });

  test('a refusal is an answer, and is not asked for again; one of ours is none', async () => {
    const { seen, session } = asking();
    await expect(withRetries(session, call, failing(denied))).rejects.toMatchObject({
      code: 'StoreAccessDenied',
      evidence: { user: 'ops' },
    });
    expect(seen).toEqual(['answered', 'stop']);
    const own = new LedgerError('StreamTruncated', 'x');
    const other = asking();
    await expect(withRetries(other.session, call, failing(own))).rejects.toBe(own);
    expect(other.seen).toEqual(['stop']);
  });

  test('what no waiting mends ends the tries', async () => {
    const why = new LedgerError('StoreTlsRefused', 'no');
    const { session } = asking(never, why);
    await expect(withRetries(session, call, failing(away))).rejects.toBe(why);
  });

  test('the tries end with their time', async () => {
    const { seen, session } = asking();
    await expect(withRetries(session, call, failing(...Array.from({ length: 500 }, () => away)))).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: 'EventStoreDB at s:1: gone',
    });
    expect(seen.length).toBeGreaterThan(4);
  });

  test('a call that never answers is given up behind its own deadline', async () => {
    const { session } = asking();
    await expect(withRetries(session, call, () => new Promise(() => undefined))).rejects.toMatchObject({
      message: 'EventStoreDB at s:1: no answer within 25 ms',
    });
  });

  test.each(['before', 'while it fails', 'in a pause'])('a store that closes %s ends them', async (when) => {
    const closing = new AbortController();
    const { session } = asking(closing.signal);
    const slow = { ...session, retry: { ...retry, waitMsMax: 60_000, backoffMsMin: 30_000, backoffMsMax: 30_000, callMsMax: 30_000 } };
    if (when === 'before') closing.abort();
    const ended = withRetries(slow, call, async () => {
      if (when === 'while it fails') closing.abort();
      throw away;
    });
    const refused = expect(ended).rejects.toMatchObject({ code: 'StoreUnavailable', message: 'the store is closed' });
    if (when === 'in a pause') {
      await sleep(5);
      closing.abort();
    }
    await refused;
  });
});
