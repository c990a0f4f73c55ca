/** `backtest run --remote` and `work --roles backtest` on one ledger, with a broker in this process. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Answer, type CliResult, type RunOptions, Workbench } from '../../support/cli.ts';
import { until } from '../../support/kafka/ready.ts';
import { MemoryTopics } from '../../support/remote-jobs/memory-topics.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { writePrices } from '../../support/small-market.ts';

const scratch = scratchDirectory();
const now = '2023-01-02T08:00:00.000Z';
const kafka = ['--kafka', 'kafka://127.0.0.1:9092?tls=false'];
const run = ['backtest', 'run', '--meta', 'whole', '--risk', 'all', '--no-seal'];

const pricesOf = (bench: Workbench): string[] => [
  '--prices',
  ...(['stocks', 'funds', 'coins'] as const).map((sleeve) => `${sleeve}=${writePrices(bench.directory, sleeve)}`),
];

/** What a backtest recorded, without what says where answers came from. */
async function factsOf(bench: Workbench): Promise<string[]> {
  const events = await bench.events();
  return events
    .filter(({ stream, type }) => stream.startsWith('backtest-') && type !== 'CacheUsed')
    .map(({ type, contentHash }) => `${type} ${contentHash}`);
}

describe('a backtest by workers behind a broker', () => {
  const topics = new MemoryTopics();
  const stopping: (() => Promise<CliResult>)[] = [];
  const options: RunOptions = { now, openBroker: async () => topics.broker() };

  /** A worker on the ledger of a bench, once it works. */
  async function startWorker(bench: Workbench): Promise<() => Promise<CliResult>> {
    const stop = new AbortController();
    const words = ['work', ...kafka, '--roles', 'backtest', '--create-ledger', '--log-level', 'info'];
    const working = bench.run(words, { ...options, signal: stop.signal });
    const end = async (): Promise<CliResult> => {
      stop.abort();
      return working;
    };
    stopping.push(end);
    return end;
  }

  afterEach(async () => {
    for (const stop of stopping.splice(0)) await stop();
  });

  test('records the facts of one by this process, leaves nothing in the ledger that verification minds, and ends with 0', async () => {
    const here = new Workbench(scratch);
    expect((await here.json([...run, ...pricesOf(here)], { now })).error).toBeUndefined();
    const there = new Workbench(scratch);
    const stop = await startWorker(there);
    const answer = await there.json([...run, ...pricesOf(there), '--remote', ...kafka], options);
    expect(answer.error).toBeUndefined();
    expect(await factsOf(there)).toEqual(await factsOf(here));
    expect((await factsOf(there)).length).toBeGreaterThan(5);
    // Three sleeves and two profiles; `market` has no benchmark in two of them.
    const results = topics.sent('backtest-results.v1');
    expect(results.length).toBeGreaterThanOrEqual(6);
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['done']));
    expect((await stop()).exit).toBe(0);
    expect(await there.json(['ledger', 'seal'])).toMatchObject({ exit: 0 });
    expect(await there.json(['ledger', 'verify'])).toMatchObject({ exit: 0, result: { faults: [] } });
  }, 60_000);

  test('needs a broker, and says so', async () => {
    const bench = new Workbench(scratch);
    const answer: Answer & { readonly exit: number } = await bench.json([...run, ...pricesOf(bench), '--remote'], { now });
    expect(answer).toMatchObject({
      exit: 2,
      error: { code: 'Usage', message: '--kafka is needed: kafka://host:port', at: { path: '--kafka' } },
    });
    expect(await bench.json(['work', '--roles', 'backtest'])).toMatchObject({ exit: 2, error: { at: { path: '--kafka' } } });
  });

  test('that is interrupted while it waits ends with 130, and the next takes the answers that came meanwhile', async () => {
    const bench = new Workbench(scratch);
    const stop = new AbortController();
    const prices = pricesOf(bench);
    const before = topics.sent('backtest-jobs.v1').length;
    const waiting = bench.json([...run, ...prices, '--remote', ...kafka], { ...options, signal: stop.signal });
    await until('it has asked for every walk-forward', () => topics.sent('backtest-jobs.v1').length >= before + 6);
    stop.abort();
    expect(await waiting).toMatchObject({ exit: 130, error: { code: 'Interrupted' } });
    const answered = topics.sent('backtest-results.v1').length;
    const asked = topics.sent('backtest-jobs.v1').length;
    await startWorker(bench);
    const ledgerId = (await bench.json(['ledger', 'seal'])).ledgerId;
    const done = () =>
      topics.sent('backtest-results.v1').filter((result) => result['ledgerId'] === ledgerId && result['outcome'] === 'done');
    await until('every job is answered', () => done().length >= asked - before && topics.sent('backtest-results.v1').length > answered);
    const answer = await bench.json([...run, ...prices, '--remote', ...kafka], options);
    expect(answer.error).toBeUndefined();
    expect(topics.sent('backtest-jobs.v1')).toHaveLength(asked);
  }, 60_000);
});
