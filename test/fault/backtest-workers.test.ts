/** Walk-forwards of a backtest on worker processes, through a real broker: whoever is killed, the facts are those of a local run. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { environmentNames } from '../../handlers/runtime/settings.ts';
import { type Answer, spawnProgram, Workbench } from '../support/cli.ts';
import { endWorkers, startWorker, type Worker } from '../support/desk/worker.ts';
import { FakeEventStoreDb } from '../support/fake-eventstoredb/fake-server.ts';
import { reportFigures } from '../support/figures.ts';
import { sharedKafka } from '../support/kafka/cluster.ts';
import { until } from '../support/kafka/ready.ts';
import { needs } from '../support/needs.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { smallManifest, writePrices } from '../support/small-market.ts';

const describeWithKafka = needs('kafka').describe;

const scratch = scratchDirectory();
const timeoutMs = 240_000;
const risks = ['min_variance', 'hrp', 'risk_parity', 'max_sharpe', 'barbell', 'equal_weight'];
const sleeves = ['stocks', 'funds', 'coins'] as const;
const jobs = risks.length * sleeves.length;

afterAll(endWorkers);

/** Every profile of three sleeves, some hundred windows each: jobs that last long enough to be killed in. */
function openBench(): Workbench {
  const bench = new Workbench(scratch);
  const manifest = smallManifest(({ defaults }) => {
    defaults['data'] = { lookback_days: 900 };
    defaults['backtest'] = { train_window: 40, test_window: 5, step_size: 5, profiles: risks.join(','), benchmark_symbols: 'AMEX:SPY' };
  });
  writeFileSync(bench.manifest, manifest);
  return bench;
}

const words = (bench: Workbench): string[] => [
  'backtest',
  'run',
  '--meta',
  'whole',
  '--risk',
  'all',
  '--no-seal',
  '--prices',
  ...sleeves.map((sleeve) => `${sleeve}=${writePrices(bench.directory, sleeve, { first: '2020-06-01', last: '2022-12-30' })}`),
];

/** What says nothing of where answers came from. */
async function factsOf(bench: Workbench, store = bench.store): Promise<string[]> {
  const environment = { [environmentNames.store]: store };
  const { result } = await bench.json(['ledger', 'events', '--limit', '1000'], { environment });
  const events = result['events'] as { readonly stream: string; readonly type: string; readonly contentHash: string }[];
  return events
    .filter(({ stream, type }) => stream.startsWith('backtest-') && type !== 'CacheUsed')
    .map(({ type, contentHash }) => `${type} ${contentHash}`);
}

/** Keys of the jobs that a worker has begun. */
const begunBy = (worker: Worker): string[] =>
  worker
    .said()
    .split('\n')
    .filter((line) => line.includes('computes a job'))
    .map((line) => /"key":"([0-9a-f]{64})"/.exec(line)![1]!);

describeWithKafka('a backtest by worker processes', () => {
  const shared = sharedKafka();
  let expected: string[];

  beforeAll(async () => {
    const local = openBench();
    expect((await local.json(words(local))).error).toBeUndefined();
    expected = await factsOf(local);
    expect(expected.length).toBeGreaterThan(300);
  }, timeoutMs);

  /** Topics and group of one test. */
  class Way {
    readonly bench = openBench();
    readonly flags: readonly string[];

    private constructor(name: string) {
      const topics = ['--backtest-jobs-topic', `jobs-${name}`, '--backtest-results-topic', `results-${name}`];
      this.flags = ['--kafka', shared.kafka.connectionString, '--group', name, ...topics];
    }

    static async open(name: string): Promise<Way> {
      const topics = [`jobs-${name}`, `results-${name}`];
      await shared.broker.ensureTopics(topics.map((topic) => ({ topic, partitions: 6, replicas: 1, messageBytesMax: 100_000 })));
      return new Way(name);
    }

    /** `backtest run --remote` in a process of its own. */
    run(environment: Readonly<Record<string, string>> = {}): ReturnType<typeof spawnProgram> {
      return spawnProgram(this.bench, [...words(this.bench), '--remote', ...this.flags, '--json'], environment);
    }

    async work(store = this.bench.store): Promise<Worker> {
      const key = ['--key', this.bench.path('ledger.key')];
      const worker = await startWorker(store, [...this.flags, ...key, '--roles', 'backtest', '--create-ledger', '--workers', '1']);
      await worker.ready();
      return worker;
    }
  }

  test(
    'that are killed in the middle: their jobs go to another one',
    async () => {
      const way = await Way.open('killed-worker');
      const dying = await way.work();
      const asker = way.run();
      await until('it computes', () => begunBy(dying).length > 0, timeoutMs);
      expect((await dying.kill('SIGKILL')).signal).toBe('SIGKILL');
      const other = await way.work();
      const { exit, stdout } = await asker.ended;
      expect((JSON.parse(stdout) as Answer).error).toBeUndefined();
      expect(exit).toBe(0);
      expect(await factsOf(way.bench)).toEqual(expected);
      const figures = { begunByTheKilled: begunBy(dying).length, begunByTheOther: begunBy(other).length };
      reportFigures({ test: 'K1 worker of a backtest killed -9', seed: null, trials: 1, jobs, ...figures, otherFacts: 0 });
      expect(figures.begunByTheKilled).toBeLessThan(jobs);
      expect(figures.begunByTheOther).toBeGreaterThan(0);
      expect(await other.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    },
    timeoutMs,
  );

  test(
    'whose asker is killed: the next one takes the answers that are there',
    async () => {
      const way = await Way.open('killed-asker');
      const workers = [await way.work(), await way.work()];
      const killed = way.run();
      const begun = (): string[] => workers.flatMap(begunBy);
      await until('they compute', () => begun().length > 1, timeoutMs);
      killed.process.kill('SIGKILL');
      expect((await killed.ended).signal).toBe('SIGKILL');
      expect(await factsOf(way.bench)).toEqual([]);
      const { exit, stdout } = await way.run().ended;
      expect((JSON.parse(stdout) as Answer).error).toBeUndefined();
      expect(exit).toBe(0);
      expect(await factsOf(way.bench)).toEqual(expected);
      const computedTwice = begun().length - new Set(begun()).size;
      reportFigures({
        test: 'K2 asker of a backtest killed -9',
        seed: null,
        trials: 1,
        jobs,
        computed: begun().length,
        computedTwice,
        otherFacts: 0,
      });
      expect({ keys: new Set(begun()).size, computedTwice }).toEqual({ keys: jobs, computedTwice: 0 });
      for (const worker of workers) expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    },
    timeoutMs,
  );

  test(
    'that share nothing with it but a server and a broker',
    async () => {
      const fake = await FakeEventStoreDb.start();
      const way = await Way.open('server');
      const storeOf = (node: string): string => `${fake.location}&readModels=${encodeURIComponent(way.bench.path(`${node}.sqlite`))}`;
      const workers = [await way.work(storeOf('one')), await way.work(storeOf('two'))];
      const { exit, stdout } = await way.run({
        [environmentNames.store]: storeOf('asker'),
        [environmentNames.key]: way.bench.path('ledger.key'),
        [environmentNames.cache]: way.bench.path('cache'),
      }).ended;
      expect((JSON.parse(stdout) as Answer).error).toBeUndefined();
      expect(exit).toBe(0);
      expect(await factsOf(way.bench, storeOf('asker'))).toEqual(expected);
      for (const worker of workers) expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
      await fake.stop();
    },
    timeoutMs,
  );
});
