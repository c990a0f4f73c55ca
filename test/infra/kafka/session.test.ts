import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { ConsumeOptions } from '../../../handlers/ports/ports.ts';
import { Session, type SessionEnd } from '../../../infra/kafka/session.ts';
import type { KafkaTuning } from '../../../infra/kafka/tuning.ts';
import { connectBy, FakeKafka, openedFor, type Opened, protocolError } from '../../support/kafka/fake-library.ts';
import { until } from '../../support/kafka/ready.ts';

let kafka: FakeKafka;
beforeEach(() => {
  kafka = new FakeKafka();
});
afterEach(() => void jest.restoreAllMocks());

interface Run {
  readonly opened: Opened;
  readonly session: Session;
  readonly ended: Promise<SessionEnd>;
  readonly heard: () => number;
}

/** A session that has begun. */
async function begun(options: Partial<ConsumeOptions> = {}, tuning: Partial<KafkaTuning> = {}): Promise<Run> {
  let heard = 0;
  const opened = openedFor(tuning);
  const consume = { topic: 'results', group: 'g', signal: new AbortController().signal, handle: async () => undefined, ...options };
  const session = new Session(opened.connection, consume, () => void heard++);
  const ended = session.run();
  await turn();
  return { opened, session, ended, heard: () => heard };
}

interface Batch {
  readonly resolved: string[];
  readonly committed: unknown[];
  beats: number;
  beat: () => void;
  commit: () => unknown;
  readonly worked: Promise<unknown>;
}

/** Hands a batch to the session as the library does. */
function batch(
  offsets: readonly string[],
  { partition = 3, lag = '0', ...does }: Partial<Batch> & { partition?: number; lag?: string } = {},
): Batch {
  const [run] = kafka.askedOf('run') as [{ eachBatch: (payload: unknown) => Promise<void> }];
  const state: Omit<Batch, 'worked'> = { resolved: [], committed: [], beats: 0, beat: () => undefined, commit: () => undefined, ...does };
  const messages = offsets.map((offset) => ({ offset, key: null, value: Buffer.from(offset), timestamp: '7', headers: {} }));
  const worked = run.eachBatch({
    batch: { topic: 'results', partition, messages, offsetLag: () => lag },
    heartbeat: async () => {
      state.beats++;
      state.beat();
    },
    resolveOffset: (offset: string) => void state.resolved.push(offset),
    commitOffsetsIfNecessary: async (given: unknown) => {
      state.committed.push(given);
      await state.commit();
    },
  });
  return Object.assign(state, { worked });
}

const offsetsOf = ({ committed }: Batch): unknown[] =>
  committed.flatMap((one) =>
    (one as { topics: { partitions: { partition: number; offset: string }[] }[] }).topics[0]!.partitions.map((each) => each.offset),
  );

const nothing = (): void => undefined;

describe('a session', () => {
  test('is a consumer that leaves nothing to the library', async () => {
    const { session, ended, opened } = await begun();
    const retry = { retries: 9, initialRetryTime: 1, maxRetryTime: 2, factor: 0.2, multiplier: 2 };
    expect(kafka.clients[0]!.retry).toEqual(retry);
    expect(kafka.asked).toEqual([
      [
        'consumer',
        {
          groupId: 'g',
          sessionTimeout: 10_000,
          heartbeatInterval: 1_000,
          rebalanceTimeout: 30_000,
          minBytes: 1,
          maxBytes: 50_331_648,
          maxBytesPerPartition: 12_582_912,
          maxWaitTimeInMs: 500,
          metadataMaxAge: 300_000,
          allowAutoTopicCreation: false,
          readUncommitted: false,
          retry: { ...retry, restartOnFailure: expect.any(Function) },
        },
      ],
      ['consumer.connect', undefined],
      ['subscribe', { topics: ['results'], fromBeginning: true }],
      ['run', { autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 8, eachBatch: expect.any(Function) }],
    ]);
    const [{ retry: own }] = kafka.askedOf('consumer') as [{ retry: { restartOnFailure: () => Promise<boolean> } }];
    expect(await own.restartOnFailure()).toBe(false);
    session.end({ kind: 'stopped' });
    session.end({ kind: 'lost', error: 'later' });
    expect(await ended).toEqual({ kind: 'stopped' });
    expect(kafka.askedOf('disconnect')).toHaveLength(1);
    expect(() => connectBy(kafka.clients[0])).toThrow('the connection is closed');
    expect(opened.lines).toEqual([]);
  });

  test('hears the group by its heartbeats and joins, and says what it was given', async () => {
    const { session, ended, heard, opened } = await begun();
    kafka.listeners['heartbeat']!({ payload: {} });
    kafka.listeners['join']!({ payload: { memberAssignment: { results: [1, 2] } } });
    kafka.listeners['join']!({ payload: { memberAssignment: {} } });
    expect(heard()).toBe(3);
    expect(opened.lines).toEqual([
      ['info', { group: 'g', topic: 'results', partitions: [1, 2] }, 'joined the consumer group'],
      ['info', { group: 'g', topic: 'results', partitions: [] }, 'joined the consumer group'],
    ]);
    session.end({ kind: 'stopped' });
    await ended;
  });

  test('is lost when the library crashes', async () => {
    const { ended } = await begun();
    kafka.listeners['crash']!({ payload: { error: 'why' } });
    expect(await ended).toEqual({ kind: 'lost', error: 'why' });
  });

  test('is lost when it cannot join', async () => {
    kafka.does['subscribe'] = async () => Promise.reject('why');
    const { ended } = await begun();
    expect(await ended).toEqual({ kind: 'lost', error: 'why' });
  });

  test.each([
    [false, 'warn'],
    [true, 'info'],
  ])('that cannot leave in time is cut, which is said (brokers away: %s)', async (isAway, level) => {
    kafka.does['disconnect'] = () => new Promise(() => undefined);
    const { session, ended, opened } = await begun({}, { closeMsMax: 5 });
    if (isAway) opened.connection.outage.away('ECONNREFUSED');
    session.end({ kind: 'stopped' });
    expect(await ended).toEqual({ kind: 'stopped' });
    expect(opened.lines.at(-1)).toEqual([
      level,
      { group: 'g', error: 'Error: no answer in time' },
      'cut the connection instead of leaving the group',
    ]);
  });
});

const failing = async (): Promise<never> => Promise.reject('why');

describe('a batch', () => {
  test('is handled in order, one at a time, each committed behind its handler', async () => {
    const handled: unknown[] = [];
    const lags: unknown[] = [];
    const { session, ended } = await begun({
      handle: async (message) => void handled.push(message),
      onLag: (partition, messages) => void lags.push([partition, messages]),
    });
    const given = batch(['7', '9'], { lag: '12' });
    await given.worked;
    await turn();
    expect(handled).toEqual(
      ['7', '9'].map((offset) => ({
        topic: 'results',
        partition: 3,
        offset,
        key: null,
        value: Buffer.from(offset),
        headers: {},
        brokerTimeMs: 7,
      })),
    );
    expect([given.resolved, lags, session.handled]).toEqual([['7', '9'], [[3, 12]], 2]);
    expect(given.committed).toEqual([
      { topics: [{ topic: 'results', partitions: [{ partition: 3, offset: '8' }] }] },
      { topics: [{ topic: 'results', partitions: [{ partition: 3, offset: '10' }] }] },
    ]);
    session.end({ kind: 'stopped' });
    expect(await ended).toEqual({ kind: 'stopped' });
    await batch(['11']).worked;
    expect(handled).toHaveLength(2);
  });

  test('has one message in hand, or as many as are asked for', async () => {
    for (const [inFlightMax, expected] of [
      [undefined, 1],
      [2, 2],
      [9, 4],
    ] as const) {
      kafka.asked.length = 0;
      const answers: (() => void)[] = [];
      const { session, ended } = await begun({
        ...(inFlightMax === undefined ? {} : { inFlightMax }),
        handle: () => new Promise<void>((resolve) => answers.push(resolve)),
      });
      const given = batch(['1', '2', '3', '4']);
      await turn();
      expect(answers).toHaveLength(expected);
      // The second is done first, and counts behind the first.
      answers[1]?.();
      await turn();
      expect(given.resolved).toEqual([]);
      for (let done = 0; done < 4; done++) {
        await until('it is in hand', () => answers.length > done);
        answers[done]!();
      }
      await given.worked;
      expect(given.resolved).toEqual(['1', '2', '3', '4']);
      session.end({ kind: 'stopped' });
      await ended;
    }
  });

  test('counts what is gathered only when it is flushed: before what is done, and at the end', async () => {
    const log: string[] = [];
    const outcomes = ['gathered', 'gathered', undefined, 'gathered'] as const;
    const { session, ended } = await begun({
      handle: async ({ offset }) => {
        log.push(offset);
        return outcomes[Number(offset)];
      },
      flush: async () => void log.push('flush'),
    });
    const given = batch(['0', '1', '2', '3']);
    await given.worked;
    await turn();
    expect(log).toEqual(['0', '1', '2', 'flush', '3', 'flush']);
    expect([given.resolved, offsetsOf(given), session.handled]).toEqual([['2', '3'], ['3', '4'], 4]);
    const quiet = batch(['2']);
    await quiet.worked;
    expect(log.slice(6)).toEqual(['2']);
    session.end({ kind: 'stopped' });
    await ended;
  });

  test('ends the session at a handler, a flush or a report that fails, and nothing of it counts', async () => {
    for (const [options, resolved] of [
      [{ handle: failing }, []],
      [{ handle: async () => 'gathered' as const, flush: failing }, []],
      [
        {
          onLag: () => {
            throw 'why';
          },
        },
        ['1', '2'],
      ],
    ] as [Partial<ConsumeOptions>, string[]][]) {
      kafka.asked.length = 0;
      const { ended } = await begun(options);
      const given = batch(['1', '2']);
      await given.worked;
      expect(await ended).toEqual({ kind: 'handler_failed', error: 'why' });
      expect(given.resolved).toEqual(resolved);
    }
  });

  test('stops behind a message that failed, although others in hand succeed', async () => {
    const { ended, session } = await begun({
      inFlightMax: 3,
      handle: async ({ offset }) => {
        if (offset === '2') throw 'why';
      },
    });
    const given = batch(['1', '2', '3', '4']);
    await given.worked;
    expect(await ended).toEqual({ kind: 'handler_failed', error: 'why' });
    expect([given.resolved, session.handled]).toEqual([['1'], 1]);
  });

  test('stops when the group has moved on, and tells the library so', async () => {
    const moved = protocolError('REBALANCE_IN_PROGRESS');
    let finish = nothing;
    const { session, ended } = await begun(
      { handle: ({ offset }) => (offset === '1' ? new Promise<void>((resolve) => (finish = resolve)) : Promise.resolve()) },
      { heartbeatMs: 2 },
    );
    let beats = 0;
    const given = batch(['1', '2'], {
      beat: () => {
        if (++beats === 1) throw new Error('away');
        throw moved;
      },
    });
    await until('it has heard so', () => beats >= 2);
    finish();
    await expect(given.worked).rejects.toBe(moved);
    expect([given.resolved, offsetsOf(given)]).toEqual([['1'], ['2']]);
    session.end({ kind: 'stopped' });
    await ended;
  });

  test('commits nothing of a partition that may be another member’s', async () => {
    let finish = nothing;
    const { session, ended } = await begun({ handle: () => new Promise<void>((resolve) => (finish = resolve)) });
    const given = batch(['1', '2']);
    await turn();
    kafka.listeners['join']!({ payload: { memberAssignment: {} } });
    finish();
    await given.worked;
    expect([given.resolved, given.committed, session.handled]).toEqual([[], [], 1]);
    session.end({ kind: 'stopped' });
    await ended;
  });

  test('keeps the membership while a handler works, and when it asks to', async () => {
    const { session, ended } = await begun(
      {
        handle: async (_, beat) => {
          await beat();
          await new Promise((resolve) => setTimeout(resolve, 15));
        },
      },
      { heartbeatMs: 3 },
    );
    const given = batch(['1']);
    await given.worked;
    const { beats } = given;
    expect(beats).toBeGreaterThanOrEqual(3);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(given.beats).toBe(beats);
    session.end({ kind: 'stopped' });
    await ended;
  });

  test.each([
    ['TOPIC_AUTHORIZATION_FAILED', 'is lost'],
    ['NOT_COORDINATOR_FOR_GROUP', 'joins again'],
  ])('whose commit is answered by %s %s', async (type, what) => {
    const error = protocolError(type);
    const { session, ended } = await begun({}, { uncommittedMax: 1 });
    const given = batch(['1', '2'], {
      commit: () => {
        throw error;
      },
    });
    if (what === 'joins again') {
      await expect(given.worked).rejects.toBe(error);
      session.end({ kind: 'stopped' });
      expect(await ended).toEqual({ kind: 'stopped' });
    } else {
      await given.worked;
      expect(await ended).toEqual({ kind: 'lost', error });
    }
    expect([given.resolved, offsetsOf(given)]).toEqual([['1'], ['2']]);
  });

  test('waits for its commits once too many wait, and repeats those that the brokers could not take', async () => {
    let answer = nothing;
    let tries = 0;
    const handled: string[] = [];
    const { session, ended } = await begun({ handle: async ({ offset }) => void handled.push(offset) }, { uncommittedMax: 2 });
    const given = batch(['1', '2', '3'], {
      commit: () => {
        if (++tries === 1) throw new Error('away');
        return new Promise<void>((resolve) => (answer = resolve));
      },
    });
    await until('it is repeated', () => tries === 2);
    expect(handled).toEqual(['1', '2']);
    answer();
    await until('the next is under way', () => tries === 3);
    answer();
    await given.worked;
    expect([handled, offsetsOf(given)]).toEqual([
      ['1', '2', '3'],
      ['2', '3', '4'],
    ]);
    session.end({ kind: 'stopped' });
    await ended;
  });

  // The library waits for the batch before it looks for a new coordinator, and the batch waited for a commit by the dead one.
  test('is lost when the group takes no commit for as long as it remembers a member', async () => {
    const away = new Error('away');
    const { ended } = await begun({}, { uncommittedMax: 2, sessionMs: 60, backoffMsMin: 1, backoffMsMax: 5 });
    const given = batch(['1', '2', '3'], {
      commit: () => {
        throw away;
      },
    });
    expect(await ended).toEqual({ kind: 'lost', error: away });
    await given.worked;
    expect(given.resolved).toEqual(['1', '2']);
  });

  test('is not lost by commits that fail now and then', async () => {
    let tries = 0;
    const { session, ended } = await begun({}, { uncommittedMax: 1, sessionMs: 60, backoffMsMin: 5, backoffMsMax: 5 });
    const offsets = Array.from({ length: 30 }, (_, offset) => String(offset));
    const given = batch(offsets, {
      commit: () => {
        if (tries++ % 2 === 0) throw new Error('away');
      },
    });
    await given.worked;
    expect(given.resolved).toEqual(offsets);
    session.end({ kind: 'stopped' });
    expect(await ended).toEqual({ kind: 'stopped' });
  });

  test('ends with what is in hand when the session is stopped, committed before it leaves', async () => {
    let finish = nothing;
    const { session, ended } = await begun({ handle: () => new Promise<void>((resolve) => (finish = resolve)) });
    const given = batch(['1', '2']);
    await turn();
    session.end({ kind: 'stopped' });
    await turn();
    expect(kafka.askedOf('disconnect')).toEqual([]);
    finish();
    expect(await ended).toEqual({ kind: 'stopped' });
    await given.worked;
    expect([given.resolved, offsetsOf(given), kafka.askedOf('disconnect').length]).toEqual([['1'], ['2'], 1]);
  });
});
