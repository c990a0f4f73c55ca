/** What a worker does with each message of the jobs topic: what it answers, counts and logs. */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Answer } from '../../../domain/jobs/answers.ts';
import { keyOf, type Recipe } from '../../../domain/jobs/recipe.ts';
import { canonicalBytes } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { backtestJobMessage, type BacktestJob } from '../../../handlers/messages/backtest-job.ts';
import type { Compute, ReceivedMessage } from '../../../handlers/ports/ports.ts';
import { Answering } from '../../../handlers/remote-jobs/answering.ts';
import { KeptAnswers } from '../../../handlers/remote-jobs/kept-answers.ts';
import { answerFormat } from '../../../infra/cache/entry.ts';
import { createMemoryCache } from '../../../infra/cache/memory-cache.ts';
import type { SampleJobs } from '../../support/compute/jobs.ts';
import { place, sampleCrossing } from '../../support/remote-jobs/machines.ts';
import { SentMessages } from '../../support/sleeve-results.ts';
import { WatchedSession } from '../../support/watched-session.ts';

const engine = `build, ${answerFormat.codec}`;
const stop = new AbortController();

let watched: WatchedSession;
let sent: SentMessages;
let kept: KeptAnswers;
let ran: readonly unknown[][];
/** What the computation does. */
let computes: () => Promise<unknown>;
let answering: Answering<SampleJobs>;

beforeEach(() => {
  watched = new WatchedSession();
  sent = new SentMessages();
  computes = async () => 'a result';
  ran = [];
  const { ports } = watched.session;
  const world = { ...ports, answerFormat, cache: createMemoryCache('build'), runtime: { ...ports.runtime, processName: 'worker-1' } };
  const compute = {
    parallelism: 1,
    run: (...given: unknown[]) => {
      ran = [...ran, given];
      return computes();
    },
    close: async () => undefined,
  } as unknown as Compute<SampleJobs>;
  kept = new KeptAnswers(world);
  answering = new Answering(world, { compute, crossing: sampleCrossing, sink: sent, place });
});

const packed = () => sampleCrossing.pack('echo', { rows: [1, 2] }, engine);

/** Stores what a job is computed from, and is the job. */
async function asked(recipe: Partial<Recipe> = {}, job: Partial<BacktestJob> = {}): Promise<BacktestJob> {
  const { artifacts, crypto } = watched.session.ports;
  const whole = packed();
  const document = { ...whole.recipe, ...recipe };
  await artifacts.putAll([whole.data, canonicalBytes(document)]);
  return { key: keyOf(crypto.sha256, document), job: 'echo', engine, asker: 'asker-1', ledgerId: place.ledgerId, ...job };
}

function messageOf(job: BacktestJob): ReceivedMessage {
  const { key, value, headers } = backtestJobMessage(job, watched.now);
  const named = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
  return { topic: 'jobs', partition: 2, offset: '7', brokerTimeMs: 0, key: Buffer.from(key!), value, headers: named };
}

const handle = (job: BacktestJob): Promise<string> => answering.handle(messageOf(job), stop.signal);

/** The one message that was sent, with every member. */
function told(job: BacktestJob, answer: object): unknown {
  return [
    {
      specversion: '1.0',
      datacontenttype: 'application/json',
      id: expect.any(String),
      type: 'io.sleeve-ledger.backtest-result.v1',
      source: `/sleeve-ledger/${place.ledgerId}`,
      time: watched.now,
      subject: job.job,
      data: { key: job.key, job: job.job, engine, worker: 'worker-1', asker: 'asker-1', ledgerId: place.ledgerId, ...answer },
    },
  ];
}

const counted = (outcome: string): unknown => [['sleeve_ledger_backtest_jobs_total', 1, { outcome }]];

/** What was refused, in every place where it is said. */
async function expectRefused(job: BacktestJob, why: string): Promise<void> {
  expect(await handle(job)).toBe('refused');
  expect(sent.events).toEqual(told(job, { outcome: 'refused', answer: null, reason: why }));
  expect(sent.events[0]!['id']).toBe(`${job.key}-asker-1`);
  expect(watched.lines.at(-1)).toEqual({
    level: 'warn',
    message: 'refused a job',
    fields: { key: job.key, job: job.job, asker: 'asker-1', why },
  });
  expect(watched.measured).toEqual(counted('refused'));
}

describe('a job', () => {
  test('is computed from what the store has, kept, and told by its address', async () => {
    const job = await asked();
    expect(await handle(job)).toBe('computed');
    expect(ran).toEqual([['echo', { rows: [1, 2] }, { signal: stop.signal }]]);
    const found = await kept.find(job.key);
    expect(found!.answer).toEqual({ kind: 'done', result: 'a result' });
    expect(sent.sent.map(({ topic, message: { key } }) => [topic, key])).toEqual([['results', job.key]]);
    expect(sent.events).toEqual(told(job, { outcome: 'done', answer: found!.address, reason: null }));
    expect(sent.events[0]!['id']).toBe(job.key);
    expect(watched.lines).toEqual([{ level: 'info', message: 'computes a job', fields: { key: job.key, job: 'echo', asker: 'asker-1' } }]);
    expect(watched.measured).toEqual(counted('computed'));
  });

  test('that was computed before is told, and not computed again', async () => {
    const job = await asked();
    await handle(job);
    const first = sent.events;
    watched.measured.length = 0;
    watched.lines.length = 0;
    expect(await handle(job)).toBe('known');
    expect(sent.events).toEqual([...first, ...first]);
    expect([ran.length, watched.lines]).toEqual([1, []]);
    expect(watched.measured).toEqual(counted('known'));
  });
});

describe('what is no job', () => {
  test('is left, with its place in the log, and nothing is sent', async () => {
    const message = { ...messageOf(await asked()), value: Buffer.from('no JSON') };
    expect(await answering.handle(message, stop.signal)).toBe('left');
    expect(sent.sent).toEqual([]);
    expect(watched.lines).toEqual([
      {
        level: 'warn',
        message: 'left a message that is no job',
        fields: { topic: 'jobs', partition: 2, offset: '7', why: expect.stringContaining('not JSON') },
      },
    ]);
    expect(watched.measured).toEqual(counted('left'));
  });
});

describe('refused before anything is computed is a job', () => {
  const other = '00000000-4c7a-5d1e-8f3a-2a6b1c0d9e8f';

  test('of another ledger', async () => {
    const job = await asked({}, { ledgerId: other });
    expect(await handle(job)).toBe('refused');
    expect(sent.events[0]).toMatchObject({
      source: `/sleeve-ledger/${other}`,
      data: { ledgerId: other, outcome: 'refused', answer: null, reason: `it works on the ledger ${place.ledgerId}, not on ${other}` },
    });
    expect(ran).toEqual([]);
  });

  test('of another build', async () => {
    await expectRefused(await asked({}, { engine: 'other' }), `it is another build, ${engine}, than the one that asks, other`);
  });

  test('that does not cross', async () => {
    await expectRefused(await asked({}, { job: 'unheard-of' }), 'it has no computation unheard-of for others');
  });

  test.each([
    ['job', { job: 'hash' }, `one of hash by ${engine}`],
    ['build', { engine: 'older' }, 'one of echo by older'],
  ])('whose recipe is one of another %s', async (_, recipe, what) => {
    const job = await asked(recipe);
    await expectRefused(job, `the recipe ${job.key} is ${what}`);
    expect(ran).toEqual([]);
  });

  test('whose recipe is not in the store', async () => {
    const job = { ...(await asked()), key: 'a'.repeat(64) };
    expect(await handle(job)).toBe('refused');
    expect(sent.events[0]!['data']).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('a'.repeat(64)) });
  });

  test('whose table is not in the store', async () => {
    const job = await asked({ data: 'b'.repeat(64) });
    expect(await handle(job)).toBe('refused');
    expect(sent.events[0]!['data']).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('b'.repeat(64)) });
  });

  test('whose recipe is none', async () => {
    const { sha256 } = await watched.session.ports.artifacts.put(Buffer.from('{}'));
    expect(await handle({ ...(await asked()), key: sha256 })).toBe('refused');
    expect(sent.events[0]!['data']).toMatchObject({ reason: expect.stringContaining('no recipe of a computation') });
  });

  test("and for a fault of the store as such it is not: the job stays the group's", async () => {
    const job = await asked();
    jest.spyOn(watched.session.ports.artifacts, 'get').mockRejectedValue(new LedgerError('StoreUnavailable', 'away'));
    await expect(handle(job)).rejects.toMatchObject({ code: 'StoreUnavailable' });
    expect([sent.sent, watched.measured]).toEqual([[], []]);
  });
});

describe('a computation that ends with an error', () => {
  const lost = new LedgerError('WorkerLost', '2 workers ended');
  const short = new LedgerError('HistoryTooShort', 'ten rows', { evidence: { rows: 10 }, at: { path: 'train' } });
  const plain = new TypeError('a fault of the job');

  test('of the worker is refused', async () => {
    computes = () => Promise.reject(lost);
    await expectRefused(await asked(), '2 workers ended');
  });

  test.each<[string, unknown, Answer, string]>([
    [
      'a refusal',
      short,
      { kind: 'refused', refusal: { code: 'HistoryTooShort', message: 'ten rows', evidence: { rows: 10 }, at: { path: 'train' } } },
      'ten rows',
    ],
    ['a fault of the program', plain, { kind: 'failed', message: 'a fault of the job', stack: plain.stack }, 'a fault of the job'],
    ['what is no error', 'text', { kind: 'failed', message: 'text', stack: expect.any(String) as unknown as string }, 'text'],
  ])('is told to who asked, and not kept: %s', async (_, error, answer, reason) => {
    computes = () => Promise.reject(error);
    const job = await asked();
    expect(await handle(job)).toBe('failed');
    const { answer: address } = sent.events[0]!['data'] as { answer: string };
    expect(sent.events).toEqual(told(job, { outcome: 'failed', answer: address, reason }));
    expect(sent.events[0]!['id']).toBe(`${job.key}-asker-1`);
    expect(await kept.read(job.key, address)).toEqual(answer);
    expect(await kept.find(job.key)).toBeNull();
    expect(watched.lines.at(-1)).toEqual({ level: 'warn', message: 'a job failed', fields: { key: job.key, job: 'echo', why: reason } });
    expect(watched.measured).toEqual(counted('failed'));
  });

  test('tells no more of it than a message takes', async () => {
    const long = new LedgerError('HistoryTooShort', 'x'.repeat(2_001));
    computes = () => Promise.reject(long);
    const job = await asked();
    await handle(job);
    expect((sent.events[0]!['data'] as { reason: string }).reason).toBe('x'.repeat(2_000));
    const lostLong = new LedgerError('WorkerLost', 'y'.repeat(2_001));
    computes = () => Promise.reject(lostLong);
    await handle(job);
    expect((sent.events[1]!['data'] as { reason: string }).reason).toBe('y'.repeat(2_000));
  });

  test('as it was stopped is nothing to be told: another worker gets the job', async () => {
    computes = () => Promise.reject(new LedgerError('Interrupted', 'stopped'));
    await expect(handle(await asked())).rejects.toMatchObject({ code: 'Interrupted' });
    expect([sent.sent, watched.measured]).toEqual([[], []]);
  });
});
