/** One append by a scripted client: what it asks, when it looks at the stream meanwhile, and what it takes for an answer. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import dbClient from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import type { Appended } from '../../../infra/eventstoredb/appended.ts';
import { appendProposed, cutsOf } from '../../../infra/eventstoredb/appending.ts';
import { Later, recordedAt, scriptedSession } from '../../support/fake-eventstoredb/scripted-session.ts';
import { refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});
refuseUnheardRejections();

const stream = 'sleeve-a';
const proposed = [10, 20].map((commit) => {
  const { id, type } = recordedAt(commit);
  return { id, type, bytes: Buffer.from('{}'), metadata: undefined };
});
const pending = <T>(): Promise<T> => new Promise<T>(() => undefined);
const stands = (...commits: number[]) => commits.map((commit) => ({ event: recordedAt(commit, { revision: BigInt(commit / 10 + 2) }) }));

/** `pages` are answered one after the other to looks at the stream, then nothing is there. */
function setUp(append: (signal: AbortSignal) => Promise<Appended>, pages: (unknown[] | null | Error)[] = []) {
  const appends: unknown[][] = [];
  const reads: unknown[][] = [];
  const signals: AbortSignal[] = [];
  const client = {
    append: async (...asked: unknown[]) => {
      const signal = asked.pop() as AbortSignal;
      signals.push(signal);
      appends.push(asked);
      return append(signal);
    },
    readStreamPage: async (...asked: unknown[]) => {
      reads.push(asked);
      const page = pages.shift() ?? null;
      if (page instanceof Error) throw page;
      return page;
    },
  };
  const scripted = scriptedSession(client, { callMsMax: 10_000, waitMsMax: 30_000, hedgeMs: 30 });
  return { ...scripted, appends, reads, signals };
}
const appended: Appended = { revision: 4n, position: { commit: 20n, prepare: 20n } };

describe('an append', () => {
  test('asks once, answers where the last event stands, and lets go of everything', async () => {
    const { session, appends, reads, signals, heard } = setUp(async () => appended);
    expect(await appendProposed(session, stream, proposed, 2n)).toBe(appended);
    expect(appends).toEqual([[stream, proposed, 2n, 10_000]]);
    expect([signals[0]!.aborted, signals[0]!.reason]).toEqual([true, 'settled']);
    await jest.advanceTimersByTimeAsync(1_000);
    expect([reads, heard, jest.getTimerCount()]).toEqual([[], ['paced', 'answered'], 0]);
  });

  test('tells the pace how long it took', async () => {
    const times: number[] = [];
    const { session } = setUp(async () => appended);
    jest.spyOn(session.pace, 'answered').mockImplementation((ms) => void times.push(ms));
    jest.spyOn(performance, 'now').mockReturnValueOnce(1_000).mockReturnValueOnce(1_500).mockReturnValueOnce(1_520);
    await appendProposed(session, stream, proposed, 'none');
    expect(times).toEqual([20]);
  });

  test('that is refused says what was expected of which stream', async () => {
    const conflict = new dbClient.WrongExpectedVersionError(undefined, { streamName: stream, current: 7n, expected: 2n });
    const { session, signals } = setUp(() => Promise.reject(conflict));
    await expect(appendProposed(session, stream, proposed, 2n)).rejects.toMatchObject({
      code: 'WrongExpectedRevision',
      evidence: { stream, expected: '2', actual: '7' },
    });
    expect(signals[0]!.aborted).toBe(true);
  });

  test('of an uncertain outcome is made again with the same events', async () => {
    let times = 0;
    const away = Object.assign(new Error('gone'), { code: status.UNAVAILABLE });
    const { session, appends } = setUp(() => (++times === 1 ? Promise.reject(away) : Promise.resolve(appended)));
    const answer = appendProposed(session, stream, proposed, 'none');
    await jest.advanceTimersByTimeAsync(50);
    expect(await answer).toBe(appended);
    expect(appends).toEqual([0, 1].map(() => [stream, proposed, 'none', 10_000]));
  });
});

describe('an append that is slow', () => {
  test.each([
    ['none', 0n],
    [2n, 3n],
  ] as const)('behind %s has its stream looked at from %s, again after twice as long', async (expected, from) => {
    const { session, reads } = setUp(pending);
    void appendProposed(session, stream, proposed, expected);
    const counts: number[] = [];
    for (const ms of [29, 1, 59, 1, 119, 1]) {
      await jest.advanceTimersByTimeAsync(ms);
      counts.push(reads.length);
    }
    expect(counts).toEqual([0, 1, 1, 2, 2, 3]);
    expect(reads[0]).toEqual([stream, from, 2, 'forwards', 10_000]);
  });

  test('waits as long as the pace of the connection says', async () => {
    const { session, reads } = setUp(pending);
    const asked: number[] = [];
    jest.spyOn(session.pace, 'slowMs').mockImplementation((ms) => asked.push(ms) * 200);
    void appendProposed(session, stream, proposed, 'none');
    await jest.advanceTimersByTimeAsync(199);
    expect([asked, reads.length]).toEqual([[30], 0]);
    await jest.advanceTimersByTimeAsync(1);
    expect(reads).toHaveLength(1);
  });

  test('is answered by the stream once all its events stand there, and by nothing else', async () => {
    const { session, reads, signals } = setUp(pending, [
      null,
      [],
      stands(10),
      stands(10, 30),
      [stands(10)[0]!, { link: recordedAt(20) }],
      stands(10, 20, 30),
      new Error('away'),
      stands(10, 20),
    ]);
    const answer = appendProposed(session, stream, proposed, 2n);
    await jest.advanceTimersByTimeAsync(30 * (2 ** 8 - 1));
    expect(await answer).toEqual({ revision: 4n, position: { commit: 20n, prepare: 20n } });
    expect([reads.length, signals[0]!.aborted]).toEqual([8, true]);
  });

  test('of a server without positions is answered without one', async () => {
    const { session } = setUp(pending, [[10, 20].map((commit) => ({ event: recordedAt(commit, { position: undefined }) }))]);
    const answer = appendProposed(session, stream, proposed, 'none');
    await jest.advanceTimersByTimeAsync(30);
    expect(await answer).toEqual({ revision: 0n, position: null });
  });

  test('and answered after all has its stream looked at no more', async () => {
    const later = new Later<Appended>();
    const { session, reads } = setUp(() => later.answer);
    const answer = appendProposed(session, stream, proposed, 'none');
    await jest.advanceTimersByTimeAsync(30);
    later.say(appended);
    expect(await answer).toBe(appended);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(reads).toHaveLength(1);
  });
});

describe('by what a stream is cut', () => {
  test.each<[unknown[] | null, string[]]>([
    [null, []],
    [[], []],
    [[{ link: recordedAt(1) }], []],
    [[{ event: recordedAt(1, { isJson: true, data: { $tb: 3, $maxAge: 4 } }) }], ['$tb', '$maxAge']],
  ])('stands in the newest of its metadata %#', async (page, cuts) => {
    const { session, reads } = setUp(pending, [page]);
    expect(await cutsOf(session, stream)).toEqual(cuts);
    expect(reads).toEqual([['$$sleeve-a', 'end', 1, 'backwards', 10_000]]);
  });

  test('whoever may not know it is told which right is missing', async () => {
    const { session } = setUp(pending, [Object.assign(new Error('no'), { code: status.PERMISSION_DENIED })]);
    await expect(cutsOf(session, stream)).rejects.toMatchObject({
      code: 'StoreAccessDenied',
      evidence: { right: 'read the metadata of stream "sleeve-a"', grant: expect.stringContaining('$mr') as unknown },
    });
  });
});
