/** Several workers share the reaction, are killed (SIGKILL) at any instant, and others take over. */
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { EventStore } from '../../handlers/ports/ports.ts';
import { toDomainEvents } from '../../handlers/runtime/stored-events.ts';
import { EventCount } from '../support/desk/event-count.ts';
import { type DeskLedger, finalsOfFreshLedger, openDesk } from '../support/desk/ledger.ts';
import { DeskMarket, newestOf, type ResultKey } from '../support/desk/market.ts';
import { differing, finalsOf, tallyOf } from '../support/desk/tally.ts';
import { endWorkers, startWorker, type Worker } from '../support/desk/worker.ts';
import { FakeEventStoreDb } from '../support/fake-eventstoredb/fake-server.ts';
import { faultSeed, faultTrials, faultWaitMs, percentile, reportFigures, seeded } from '../support/figures.ts';
import { until } from '../support/kafka/ready.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { pause } from './support/child.ts';

const directory = scratchDirectory();
const hour = 3_600_000;
const timeoutMs = faultWaitMs(60_000);
const sleeves = 12;
const workersAtOnce = 3;
const sessionsMax = 500;

afterAll(endWorkers);

/** Publications as they appear, and who made them. */
class Publications {
  readonly actors: string[] = [];
  readonly #published: EventCount;

  constructor(store: EventStore) {
    this.#published = new EventCount(store, 'AllocationPublished', (event) => this.actors.push(toDomainEvents([event])[0]!.envelope.actor));
  }

  count(): Promise<number> {
    return this.#published.now();
  }

  async grow(): Promise<void> {
    const before = await this.count();
    await until('somebody publishes', async () => (await this.count()) > before, timeoutMs);
  }
}

/** Delivers session after session until told to stop, none faster than the workers follow. */
class Feeding {
  readonly delivered: ResultKey[] = [];
  #over = false;
  readonly #done: Promise<void>;

  constructor(desk: DeskLedger, market: DeskMarket, publications: Publications) {
    this.#done = this.#feed(desk, market, publications);
    this.#done.catch(() => undefined);
  }

  async #feed(desk: DeskLedger, market: DeskMarket, publications: Publications): Promise<void> {
    for (let session = 0; session < sessionsMax && !this.#over; session++) {
      for (let sleeve = 0; sleeve < sleeves; sleeve++) {
        const key = { sleeve, session, correction: 0 };
        await desk.deliver(market.message(key));
        this.delivered.push(key);
        await pause(2);
      }
      const followed = (session - 3) * market.portfolios.length;
      await until('the workers follow', async () => this.#over || (await publications.count()) > followed / 2, timeoutMs);
    }
  }

  async stop(): Promise<void> {
    this.#over = true;
    await this.#done;
  }
}

interface Subject {
  readonly name: string;
  readonly store: string;
  readonly stop: () => Promise<void>;
}

async function onFakeServer(): Promise<Subject> {
  const fake = await FakeEventStoreDb.start();
  return {
    name: 'EventStoreDB client, competing consumers',
    store: `${fake.location}&readModels=${join(directory, 'read-models.sqlite')}`,
    stop: () => fake.stop(),
  };
}

const onFile = async (): Promise<Subject> => ({
  name: 'one SQLite file',
  store: join(directory, 'workers.sqlite'),
  stop: async () => undefined,
});

describe('several workers', () => {
  test.each([
    ['one file', onFile],
    ['a server, as competing consumers', onFakeServer],
  ])(
    'on %s, killed at any instant, lose no result and allocate none twice',
    async (_, open) => {
      const seed = faultSeed();
      const random = seeded(seed);
      const kills = Math.min(faultTrials(3), 100);
      const market = new DeskMarket({ sleeves, sessions: sessionsMax, seed });
      const subject = await open();
      const key = join(directory, `${subject.name}.key`);
      const desk = await openDesk({ store: subject.store, key }, market);
      let started = 0;
      const start = (): Promise<Worker> => startWorker(subject.store, ['--roles', 'react', '--key', key, '--actor', `worker-${++started}`]);
      const workers = await Promise.all(Array.from({ length: workersAtOnce }, start));
      const publications = new Publications(desk.session.ports.store);
      const nextPublicationMs: number[] = [];
      try {
        await Promise.all(workers.map((worker) => worker.ready()));
        const feeding = new Feeding(desk, market, publications);
        for (let kill = 0; kill < kills; kill++) {
          await publications.grow();
          await pause(random() * 150);
          const victim = Math.floor(random() * workersAtOnce);
          expect((await workers[victim]!.kill('SIGKILL')).signal).toBe('SIGKILL');
          const killedAt = performance.now();
          await publications.grow();
          nextPublicationMs.push(performance.now() - killedAt);
          workers[victim] = await start();
        }
        await feeding.stop();
        const { store } = desk.session.ports;
        const expected = await finalsOfFreshLedger(market, newestOf(feeding.delivered));
        await until(
          'every portfolio is where it must be',
          async () => differing(await finalsOf(store, market.portfolios), expected).length === 0,
          timeoutMs,
        );
        await Promise.all(workers.map((worker) => worker.ready()));
        const ends = await Promise.all(workers.map((worker) => worker.kill('SIGTERM')));
        await publications.count();
        const { accepted, acceptedTwice, publications: published, allocatedTwice, backwards } = await tallyOf(store);
        const faults = await desk.faults();
        const results = feeding.delivered.length;
        reportFigures({
          test: `kill -9 of reaction workers, ${subject.name}`,
          seed,
          trials: kills,
          results,
          lost: results - accepted,
          acceptedTwice,
          publications: published,
          allocatedTwice,
          backwards,
          publishers: new Set(publications.actors).size,
          nextPublicationMsMax: Math.round(percentile(nextPublicationMs, 1)),
          faults,
        });
        expect({ lost: results - accepted, acceptedTwice, allocatedTwice, backwards, faults }).toEqual({
          lost: 0,
          acceptedTwice: 0,
          allocatedTwice: 0,
          backwards: 0,
          faults: 0,
        });
        expect(new Set(publications.actors).size).toBeGreaterThan(1);
        expect(ends).toEqual(ends.map(() => ({ code: 0, signal: null })));
      } finally {
        await endWorkers();
        await desk.close();
        await subject.stop();
      }
    },
    hour,
  );
});
