/** What is asked of workers on other machines, which of their answers count, and what is said while none comes. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { keyOf } from '../../../domain/jobs/recipe.ts';
import { canonicalBytes } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { type BacktestResult, backtestResultMessage } from '../../../handlers/messages/backtest-result.ts';
import type { Compute, ConsumeOptions, MessageBroker } from '../../../handlers/ports/ports.ts';
import { askingCompute, type AskingOptions } from '../../../handlers/remote-jobs/asking-compute.ts';
import { KeptAnswers } from '../../../handlers/remote-jobs/kept-answers.ts';
import { answerFormat } from '../../../infra/cache/entry.ts';
import { createMemoryCache } from '../../../infra/cache/memory-cache.ts';
import type { SampleJobs } from '../../support/compute/jobs.ts';
import { sampleCompute } from '../../support/compute/pools.ts';
import { until } from '../../support/kafka/ready.ts';
import { place, sampleCrossing } from '../../support/remote-jobs/machines.ts';
import { SentMessages } from '../../support/sleeve-results.ts';
import { WatchedSession } from '../../support/watched-session.ts';

const engine = `build, ${answerFormat.codec}`;
const asker = 'asker 1/ü';
const packed = (input: unknown) => sampleCrossing.pack('echo', input, engine);

let watched: WatchedSession;
let sent: SentMessages;
let kept: KeptAnswers;
/** Everybody who reads results. */
let readers: ConsumeOptions[];
/** Ends the reading of results with an error. */
let breakOff: (error: Error) => void;
let local: Compute<SampleJobs>;
let asking: Compute<SampleJobs>;

function broker(): MessageBroker {
  return {
    source: {
      consume: (options) =>
        new Promise((resolve, reject) => {
          readers.push(options);
          breakOff = reject;
          options.signal.addEventListener('abort', () => resolve(), { once: true });
        }),
    },
    sink: sent,
    ensureTopics: async () => undefined,
    close: async () => undefined,
  };
}

function opened(change: Partial<AskingOptions<SampleJobs>> = {}): Compute<SampleJobs> {
  const { ports } = watched.session;
  const world = { ...ports, answerFormat, cache: createMemoryCache('build'), runtime: { ...ports.runtime, processName: asker } };
  kept = new KeptAnswers(world);
  return askingCompute(world, { compute: local, crossing: sampleCrossing, broker: broker(), place, ...change });
}

beforeEach(() => {
  watched = new WatchedSession();
  sent = new SentMessages();
  readers = [];
  local = sampleCompute(0);
  asking = opened();
});

afterEach(async () => {
  jest.useRealTimers();
  await asking.close();
});

const keyFor = (input: unknown): string => keyOf(watched.session.ports.crypto.sha256, packed(input).recipe);
const hasAsked = (count = 1): Promise<void> => until('it has asked', () => sent.sent.length === count);

/** Lets somebody hear of a result. */
async function hear(change: Partial<BacktestResult> & Pick<BacktestResult, 'key'>): Promise<void> {
  const result = {
    job: 'echo',
    engine,
    worker: 'worker-1',
    asker,
    ledgerId: place.ledgerId,
    outcome: 'done',
    answer: null,
    reason: null,
    ...change,
  };
  const { value, headers } = backtestResultMessage(result as BacktestResult, watched.now);
  const named = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  const message = { topic: 'results', partition: 0, offset: '7', brokerTimeMs: 0, key: null, value, headers: named };
  await readers[0]!.handle(message, async () => undefined);
}

/** Keeps an answer and tells of it. */
async function answer(input: unknown, result: unknown, change: Partial<BacktestResult> = {}): Promise<void> {
  const key = keyFor(input);
  await hear({ key, answer: await kept.put(key, packed(input).recipe, { kind: 'done', result }), ...change });
}

const keyOfA = (): string => keyFor('a');

const said = (jobs: number, seconds: number): unknown => ({
  level: 'warn',
  message: 'no worker answers; it waits for one: sleeve-ledger work --roles backtest, on this ledger and this broker',
  fields: { jobs, seconds, topic: 'jobs', group: 'workers' },
});

/** Asks for jobs by a clock that stands still. */
async function ask(...inputs: readonly string[]): Promise<readonly Promise<unknown>[]> {
  const results = inputs.map((input) => asking.run('echo', input));
  for (const result of results) result.catch(() => undefined);
  await jest.advanceTimersByTimeAsync(0);
  expect(sent.sent.length).toBe(inputs.length);
  return results;
}

describe('a job', () => {
  test('is asked for by a message, what it is computed from is in the store, and its answer is the result', async () => {
    const result = asking.run('echo', 'a');
    await hasAsked();
    const key = keyFor('a');
    expect(sent.sent.map(({ topic, message }) => [topic, message.key])).toEqual([['jobs', key]]);
    expect(sent.events).toEqual([
      {
        specversion: '1.0',
        datacontenttype: 'application/json',
        id: key,
        type: 'io.sleeve-ledger.backtest-job.v1',
        source: `/sleeve-ledger/${place.ledgerId}`,
        time: watched.now,
        subject: 'echo',
        data: { key, job: 'echo', engine, asker, ledgerId: place.ledgerId },
      },
    ]);
    const { artifacts } = watched.session.ports;
    expect(Buffer.from(await artifacts.get(key))).toEqual(Buffer.from(canonicalBytes(packed('a').recipe)));
    expect(Buffer.from(await artifacts.get(packed('a').recipe.data))).toEqual(Buffer.from(packed('a').data));
    await answer('a', 'an answer');
    expect(await result).toBe('an answer');
  });

  test('that does not cross is done here, with the signal of who asks', async () => {
    const run = jest.spyOn(local, 'run');
    asking = opened({ crossing: { ...sampleCrossing, crosses: (name): name is 'echo' => name === 'hash' } });
    const { signal } = new AbortController();
    expect(await asking.run('echo', 'a', { signal })).toBe('a');
    expect(run).toHaveBeenCalledWith('echo', 'a', { signal });
    expect(sent.sent).toEqual([]);
  });

  test('whose table is in the store is asked for without putting it there again', async () => {
    const { artifacts } = watched.session.ports;
    await artifacts.put(packed('a').data);
    const putAll = jest.spyOn(artifacts, 'putAll');
    const result = asking.run('echo', 'a');
    await hasAsked();
    expect(putAll.mock.calls.map(([contents]) => contents.length)).toEqual([1]);
    await answer('a', 1);
    expect(await result).toBe(1);
  });

  test('whose answer is kept is not asked for', async () => {
    await kept.keep(keyFor('a'), packed('a').recipe, { kind: 'done', result: 2 });
    expect(await asking.run('echo', 'a')).toBe(2);
    expect([sent.sent, readers]).toEqual([[], []]);
  });

  test('that nobody wants any more when it would be sent is not sent', async () => {
    const stop = new AbortController();
    const { artifacts } = watched.session.ports;
    const putAll = artifacts.putAll.bind(artifacts);
    jest.spyOn(artifacts, 'putAll').mockImplementationOnce(async (contents) => {
      stop.abort();
      return putAll(contents);
    });
    await expect(asking.run('echo', 'a', { signal: stop.signal })).rejects.toMatchObject({ code: 'Interrupted' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([sent.sent, readers]).toEqual([[], []]);
  });

  test('of who was interrupted before is not asked for', async () => {
    await expect(asking.run('echo', 'a', { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'Interrupted' });
    await asking.close();
    await expect(asking.run('echo', 'a')).rejects.toMatchObject({ code: 'Interrupted' });
    expect(sent.sent).toEqual([]);
  });
});

test('results are read once, in a group of this process alone whose name a broker takes', async () => {
  const results = [asking.run('echo', 'a'), asking.run('echo', 'b')];
  await hasAsked(2);
  expect(readers.map(({ topic, group }) => [topic, group])).toEqual([['results', 'workers-asker-asker-1--']]);
  for (const input of ['a', 'b']) await answer(input, input);
  expect(await Promise.all(results)).toEqual(['a', 'b']);
});

test('as many jobs are asked for at once as is said, or as the limit lets', () => {
  expect([asking.parallelism, opened({ jobsMax: 3 }).parallelism]).toEqual([limits.remoteJobsMax, 3]);
});

describe('of what is told', () => {
  let result: Promise<unknown>;
  let isDone: boolean;

  beforeEach(async () => {
    isDone = false;
    result = asking.run('echo', 'a').finally(() => (isDone = true));
    result.catch(() => undefined);
    await hasAsked();
  });

  test('an answer to another process counts', async () => {
    await answer('a', 1, { asker: 'another' });
    expect(await result).toBe(1);
  });

  test.each<[string, () => Promise<void>]>([
    ['an answer of another ledger', () => answer('a', 1, { ledgerId: '00000000-4c7a-5d1e-8f3a-2a6b1c0d9e8f' })],
    ['an answer to another job', () => answer('b', 1)],
    ['a refusal of another process', () => hear({ key: keyOfA(), outcome: 'refused', reason: 'no', asker: 'another' })],
    ['an error told to another process', () => hear({ key: keyOfA(), outcome: 'failed', answer: 'a'.repeat(64), asker: 'another' })],
  ])('%s does not', async (_, told) => {
    await told();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([isDone, watched.lines]).toEqual([false, []]);
  });

  test('what is no result is left, with a line of the log', async () => {
    const message = { topic: 'results', partition: 0, offset: '7', brokerTimeMs: 0, key: null, value: Buffer.from('{'), headers: {} };
    await readers[0]!.handle(message, async () => undefined);
    expect([isDone, watched.lines]).toEqual([
      false,
      [
        {
          level: 'warn',
          message: 'left a message that is no result of a job',
          fields: { topic: 'results', offset: '7', why: expect.any(String) },
        },
      ],
    ]);
  });

  test('a refusal ends the wait, with both builds in evidence', async () => {
    await hear({ key: keyOfA(), outcome: 'refused', reason: 'it is another build', engine: 'other' });
    await expect(result).rejects.toMatchObject({
      code: 'JobRefused',
      message: 'the worker worker-1 refused the computation echo: it is another build',
      evidence: { key: keyOfA(), job: 'echo', worker: 'worker-1', engine: 'other', engineHere: engine },
    });
  });

  test('an answer that names none is a refusal', async () => {
    await hear({ key: keyOfA(), outcome: 'done', answer: null });
    await expect(result).rejects.toMatchObject({ code: 'JobRefused' });
  });

  test('an answer that is not in the store ends the wait', async () => {
    await hear({ key: keyOfA(), answer: 'a'.repeat(64) });
    await expect(result).rejects.toMatchObject({ code: 'ArtifactMissing' });
  });

  test('an error is the error of the job', async () => {
    const refusal = { code: 'HistoryTooShort', message: 'ten rows', evidence: {}, at: {} } as const;
    const address = await kept.put(keyOfA(), packed('a').recipe, { kind: 'refused', refusal });
    await hear({ key: keyOfA(), outcome: 'failed', answer: address, reason: 'ten rows' });
    await expect(result).rejects.toMatchObject({ code: 'HistoryTooShort', message: 'ten rows' });
  });
});

describe('when it ends', () => {
  test('results that cannot be read any more end every wait, and the next', async () => {
    const results = ['a', 'b'].map((input) => asking.run('echo', input).catch((error: unknown) => error));
    await hasAsked(2);
    const away = new LedgerError('BrokerUnavailable', 'nobody is there');
    breakOff(away);
    expect(await Promise.all(results)).toEqual([away, away]);
    await expect(asking.run('echo', 'c')).rejects.toBe(away);
    expect(sent.sent.length).toBe(2);
  });

  test('by who closes it, every wait ends, and so does what it does here', async () => {
    const close = jest.spyOn(local, 'close');
    const result = asking.run('echo', 'a');
    await hasAsked();
    const closed = asking.close();
    await expect(result).rejects.toMatchObject({ code: 'Interrupted' });
    await closed;
    expect([readers[0]!.signal.aborted, close.mock.calls.length]).toEqual([true, 1]);
  });
});

describe('while no answer comes', () => {
  const silenceMsMax = 10_000;
  beforeEach(() => {
    jest.useFakeTimers();
    asking = opened();
  });

  test('it says so after ten seconds, and then once in the time that a repeated line has', async () => {
    void (await ask('a', 'b'));
    await jest.advanceTimersByTimeAsync(silenceMsMax - 1);
    expect(watched.lines).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(watched.lines).toEqual([said(2, 10)]);
    await jest.advanceTimersByTimeAsync(limits.repeatedLogMsMin - 1);
    expect(watched.lines.length).toBe(1);
    await jest.advanceTimersByTimeAsync(silenceMsMax / 4);
    expect(watched.lines.length).toBe(2);
  });

  test('the time counts from the last answer', async () => {
    const [first] = await ask('a', 'b');
    await jest.advanceTimersByTimeAsync(silenceMsMax - 1_000);
    await answer('a', 1);
    expect(await first).toBe(1);
    await jest.advanceTimersByTimeAsync(silenceMsMax - 1);
    expect(watched.lines).toEqual([]);
    await jest.advanceTimersByTimeAsync(silenceMsMax / 4 + 1);
    expect(watched.lines).toMatchObject([{ fields: { jobs: 1 } }]);
  });

  test('nobody is told who waits for nothing, and the time counts from the next job', async () => {
    const [first] = await ask('a');
    await answer('a', 1);
    await first;
    await jest.advanceTimersByTimeAsync(5 * silenceMsMax);
    sent = new SentMessages();
    expect(watched.lines).toEqual([]);
    const next = asking.run('echo', 'b').catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(silenceMsMax - silenceMsMax / 4);
    expect(watched.lines).toEqual([]);
    await asking.close();
    expect(await next).toMatchObject({ code: 'Interrupted' });
  });
});
