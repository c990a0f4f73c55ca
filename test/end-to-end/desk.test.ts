/**
 * Two desks and a broker, as users go the way: one produces sleeves and sends them, a worker of the other takes them in and publishes, and
 * what it published is verified, exported and recomputed.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { allocationSchema } from '../../handlers/messages/allocation.ts';
import { type Answer, Workbench } from '../support/cli.ts';
import { type AllocationSeen, AllocationsRead } from '../support/desk/allocations-read.ts';
import { settingsIn, type StoreInUse, stores } from '../support/desk/stores.ts';
import { endWorkers, startWorker } from '../support/desk/worker.ts';
import { sharedKafka } from '../support/kafka/cluster.ts';
import { until } from '../support/kafka/ready.ts';
import { needs } from '../support/needs.ts';
import { sharedDirectory } from '../support/reference.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { writePrices } from '../support/small-market.ts';

const describeWithKafka = needs('kafka').describe;
const testOnRealPrices = needs('reference data').test;

const directory = scratchDirectory();
const minutes = 60_000;

afterAll(endWorkers);

interface Sleeves {
  readonly meta: string;
  readonly manifest: (bench: Workbench) => void;
  /** Profile, prices and flags of each production. */
  readonly productions: (bench: Workbench) => readonly (readonly string[])[];
}

const simulated: Sleeves = {
  meta: 'whole',
  manifest: () => undefined,
  productions: (bench) =>
    (['stocks', 'funds', 'coins'] as const).map((sleeve) => ['--profile', sleeve, '--prices', writePrices(bench.directory, sleeve)]),
};

const realProfiles = { production: 'equities.csv', institutional_etf: 'etfs.csv', crypto_production: 'crypto.csv' } as const;

const real: Sleeves = {
  meta: 'meta_production',
  manifest: (bench) => {
    const profiles = {
      ...Object.fromEntries(Object.keys(realProfiles).map((profile) => [profile, {}])),
      meta_production: {
        sleeves: Object.keys(realProfiles).map((profile) => ({ id: profile, profile })),
        meta_allocation: { profile: 'hrp', min_weight: 0.05, max_weight: 0.5 },
      },
    };
    writeFileSync(bench.manifest, JSON.stringify({ profiles }));
  },
  productions: () =>
    Object.entries(realProfiles).map(([profile, file]) => [
      '--profile',
      profile,
      '--prices',
      join(sharedDirectory!, 'data', file),
      '--as-of',
      '2023-08-31',
    ]),
};

/** The message says what the ledger says. */
async function assertPublished(seen: AllocationSeen, weights: Answer): Promise<void> {
  expect(seen).toMatchObject({
    specversion: '1.0',
    type: 'io.sleeve-ledger.allocation.v1',
    datacontenttype: 'application/json',
    sequence: 1,
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    source: expect.stringContaining(weights.ledgerId!),
  });
  const allocation = allocationSchema.parse(seen.data);
  expect(allocation).toMatchObject({ eventId: seen.id, number: 1, runId: weights.result['runId'], asOf: weights.result['asOf'] });
  const assets = weights.result['assets'] as readonly { readonly symbol: string; readonly weight: number }[];
  expect(assets.length).toBeGreaterThan(0);
  expect(allocation.weights).toEqual(Object.fromEntries(assets.map(({ symbol, weight }) => [symbol, weight])));
}

async function assertProved(receiver: Workbench, run: (...argv: string[]) => ReturnType<Workbench['json']>): Promise<void> {
  expect(await run('ledger', 'verify')).toMatchObject({ exit: 0, result: { faults: [], unsealed: 1 } });
  const replayed = await run('replay', '--all');
  expect(replayed).toMatchObject({ exit: 0, result: { different: [] } });
  expect(replayed.result['identical']).toBe(replayed.result['checked']);
  const file = receiver.path('audit.jsonl');
  expect(await run('audit', 'export', '--all', '-o', file)).toMatchObject({ exit: 0 });
  expect(await run('audit', 'verify', file)).toMatchObject({ exit: 0, result: { faults: [] } });
}

describeWithKafka('from a sleeve of one desk to an allocation of another', () => {
  const shared = sharedKafka();

  async function wholeWay(name: string, sleeves: Sleeves, open: (bench: Workbench) => Promise<StoreInUse>): Promise<void> {
    const producer = new Workbench(directory);
    const receiver = new Workbench(directory);
    sleeves.manifest(producer);
    sleeves.manifest(receiver);
    const store = await open(receiver);
    const { environment, flags: ownPlaces } = settingsIn(receiver, store);
    const onReceiver = (...argv: string[]): ReturnType<Workbench['json']> => receiver.json(argv, { environment });
    const kafka = ['--kafka', shared.kafka.connectionString];
    const topics = [
      '--results-topic',
      `results-${name}`,
      '--allocations-topic',
      `allocations-${name}`,
      '--dead-letters-topic',
      `dead-letters-${name}`,
    ];
    try {
      expect(await onReceiver('manifest', 'apply')).toMatchObject({ exit: 0 });
      const flags = [...kafka, ...topics, '--group', name, '--create-topics', '--partitions', '3', ...ownPlaces];
      const worker = await startWorker(store.location, flags);
      await worker.ready();
      expect(worker.process.exitCode).toBeNull();

      const runIds: string[] = [];
      for (const flagsOfOne of sleeves.productions(producer)) {
        const produced = await producer.json(['flow', 'production', ...flagsOfOne]);
        expect(produced).toMatchObject({ exit: 0 });
        runIds.push(produced.result['runId'] as string);
      }
      for (const runId of runIds)
        expect(await producer.json(['produce', runId, ...kafka, '--topic', `results-${name}`])).toMatchObject({ exit: 0 });

      const read = new AllocationsRead(shared.broker, `allocations-${name}`);
      const ofMeta = (): AllocationSeen | undefined => read.seen.find(({ subject }) => subject === sleeves.meta);
      await until('the allocation is published', () => ofMeta() !== undefined, 2 * minutes);
      expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
      await read.stop();
      await assertPublished(ofMeta()!, await onReceiver('weights', '--meta', sleeves.meta));
      await assertProved(receiver, onReceiver);
    } finally {
      await endWorkers();
      await store.stop();
    }
  }

  test.each(Object.entries(stores))(
    'with simulated sleeves, on %s',
    (store, open) => wholeWay(`simulated-${store.replaceAll(/\W/g, '-')}`, simulated, open),
    5 * minutes,
  );

  testOnRealPrices.each(Object.entries(stores))(
    'with sleeves of real prices, on %s',
    (store, open) => wholeWay(`real-${store.replaceAll(/\W/g, '-')}`, real, open),
    10 * minutes,
  );
});
