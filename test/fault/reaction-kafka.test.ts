/** C7 to C10 on the whole way from the results topic to the allocations: brokers, consumers and workers that die, freeze and change. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { createIntake } from '../../handlers/intake/intake.ts';
import type { ReceivedMessage } from '../../handlers/ports/ports.ts';
import { consuming } from '../../handlers/roles/consuming.ts';
import { yieldToEventLoop } from '../../handlers/runtime/interruption.ts';
import { parseKafkaConnection } from '../../infra/kafka/connection-string.ts';
import { openKafka } from '../../infra/kafka/open.ts';
import { AllocationsRead } from '../support/desk/allocations-read.ts';
import { EventCount } from '../support/desk/event-count.ts';
import { type DeskLedger, finalsOfFreshLedger, intakeOptions, openDesk } from '../support/desk/ledger.ts';
import { DeskMarket, newestOf, type ResultKey } from '../support/desk/market.ts';
import { differing, finalsOf, tallyOf } from '../support/desk/tally.ts';
import { endWorkers, startWorker, type Worker } from '../support/desk/worker.ts';
import { faultSeed, faultTrials, faultWaitMs, percentile, reportFigures, seeded } from '../support/figures.ts';
import { sharedKafka } from '../support/kafka/cluster.ts';
import { committed, joinCount, recordingLog, type Member, startMember } from '../support/kafka/members.ts';
import { until } from '../support/kafka/ready.ts';
import { needs } from '../support/needs.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { startChild } from './support/child.ts';

const describeWithKafka = needs('kafka').describe;

const directory = scratchDirectory();
const hour = 3_600_000;
const timeoutMs = faultWaitMs(120_000);
const seed = faultSeed();
const sleeves = 12;
const market = new DeskMarket({ sleeves, sessions: 1_200, seed });
const exitMsMax = 10_000;

afterAll(endWorkers);

describeWithKafka('results through Kafka', () => {
  const shared = sharedKafka();

  /** A ledger with topics of its own. */
  class Way {
    readonly keys: ResultKey[] = [];
    readonly accepted: EventCount;
    readonly results: string;
    readonly allocations: string;
    readonly #name: string;
    readonly #desk: DeskLedger;

    private constructor(name: string, desk: DeskLedger) {
      this.#name = name;
      this.#desk = desk;
      this.accepted = new EventCount(desk.session.ports.store, 'SleeveRunAccepted');
      this.results = `results-${name}`;
      this.allocations = `allocations-${name}`;
    }

    static async open(name: string, partitions = 6): Promise<Way> {
      const way = new Way(name, await openDesk({ store: join(directory, `${name}.sqlite`) }, market));
      const topics = [way.results, way.allocations, `${way.results}-dlq`];
      await shared.broker.ensureTopics(topics.map((topic) => ({ topic, partitions, replicas: 1, messageBytesMax: 10_000_000 })));
      return way;
    }

    get store(): string {
      return join(directory, `${this.#name}.sqlite`);
    }

    get group(): string {
      return `${this.#name}-intake`;
    }

    /** Sends the results of the next session. */
    async sendSession(): Promise<void> {
      const session = this.keys.length / sleeves;
      const keys = Array.from({ length: sleeves }, (_, sleeve) => ({ sleeve, session, correction: 0 }));
      await shared.broker.sink.send(
        this.results,
        keys.map((key) => market.message(key)),
      );
      this.keys.push(...keys);
    }

    work(roles: string): Promise<Worker> {
      const topics = [
        '--results-topic',
        this.results,
        '--allocations-topic',
        this.allocations,
        '--dead-letters-topic',
        `${this.results}-dlq`,
      ];
      return startWorker(this.store, ['--kafka', shared.kafka.connectionString, '--group', this.#name, '--roles', roles, ...topics]);
    }

    allAccepted(): Promise<void> {
      return until('every result is accepted', async () => (await this.accepted.now()) >= this.keys.length, timeoutMs);
    }

    allCommitted(): Promise<void> {
      return until('all is committed', async () => (await this.uncommitted()) === 0, timeoutMs);
    }

    async acceptedMore(results: number): Promise<void> {
      const wanted = (await this.accepted.now()) + results;
      await until('results are taken in', async () => (await this.accepted.now()) >= wanted, timeoutMs);
    }

    async allAllocated(): Promise<void> {
      const expected = await finalsOfFreshLedger(market, newestOf(this.keys));
      await until(
        'every portfolio is where it must be',
        async () => differing(await finalsOf(this.#desk.session.ports.store, market.portfolios), expected).length === 0,
        timeoutMs,
      );
    }

    /**
     * Accepted by the ledger, not yet committed to the broker: what is delivered again. None when a sender's repetition was committed
     * besides.
     */
    async uncommitted(): Promise<number> {
      return Math.max(0, (await this.accepted.now()) - (await committed(shared.kafka.brokers, this.group, this.results)));
    }

    async figures(): Promise<{
      readonly results: number;
      readonly lost: number;
      readonly recordedTwice: number;
      readonly publications: number;
      readonly allocatedTwice: number;
      readonly refused: number;
      readonly faults: number;
    }> {
      const tally = await tallyOf(this.#desk.session.ports.store);
      const { accepted, acceptedTwice: recordedTwice, publications, allocatedTwice } = tally;
      return {
        results: this.keys.length,
        lost: this.keys.length - accepted,
        recordedTwice,
        publications,
        allocatedTwice,
        refused: tally.refusedMessages + tally.refusedAllocations,
        faults: await this.#desk.faults(),
      };
    }

    close(): Promise<void> {
      return this.#desk.close();
    }
  }

  const clean = { lost: 0, recordedTwice: 0, allocatedTwice: 0, refused: 0, faults: 0 };

  test(
    'a broker killed and started again in a storm: nothing lost, nothing doubled, every publication relayed',
    async () => {
      const trials = Math.min(faultTrials(1), 20);
      const way = await Way.open('outage');
      const worker = await way.work('intake,react,relay');
      await worker.ready();
      const recoveryMs: number[] = [];
      for (let trial = 0; trial < trials; trial++) {
        for (let session = 0; session < 10; session++) await way.sendSession();
        await way.acceptedMore(1);
        await shared.kafka.kill('SIGKILL');
        await shared.kafka.restart();
        const restarted = performance.now();
        await way.sendSession();
        await way.allAccepted();
        recoveryMs.push(performance.now() - restarted);
      }
      await way.allAllocated();
      const figures = await way.figures();
      const read = new AllocationsRead(shared.broker, way.allocations);
      await until('every publication is relayed', () => read.ids.size >= figures.publications, timeoutMs);
      await read.stop();
      const end = await worker.kill('SIGTERM');
      reportFigures({
        test: 'C8 broker killed -9 and restarted in a storm',
        seed,
        trials,
        ...figures,
        relayed: read.ids.size,
        relayedAgain: read.repeated,
        allTakenInMsMax: Math.round(percentile(recoveryMs, 1)),
      });
      expect(figures).toMatchObject(clean);
      expect(read.ids.size).toBe(figures.publications);
      expect(end).toEqual({ code: 0, signal: null });
      await way.close();
    },
    hour,
  );

  test(
    'a consumer killed between append and commit: delivered again, recorded once',
    async () => {
      const trials = Math.min(faultTrials(3), 200);
      const random = seeded(seed);
      const way = await Way.open('killed');
      let deliveredAgain = 0;
      // On a slow machine every kill of a few may come after the last commit: then it was not between the two.
      for (let trial = 0; trial < trials || (deliveredAgain === 0 && trial < trials + 20); trial++) {
        for (let session = 0; session < 4; session++) await way.sendSession();
        const child = startChild('take-in-until-killed.ts', {
          store: way.store,
          kafka: shared.kafka.connectionString,
          topic: way.results,
          group: way.group,
        });
        await way.acceptedMore(1);
        await sleep(random() * 200);
        child.process.kill('SIGKILL');
        expect((await child.ended).signal).toBe('SIGKILL');
        deliveredAgain += await way.uncommitted();
      }
      const last = startChild('take-in-until-killed.ts', {
        store: way.store,
        kafka: shared.kafka.connectionString,
        topic: way.results,
        group: way.group,
      });
      await way.allAccepted();
      await way.allCommitted();
      last.process.kill('SIGKILL');
      await last.ended;
      const figures = await way.figures();
      reportFigures({ test: 'C10 consumer killed -9 between append and commit', seed, trials, ...figures, deliveredAgain });
      expect(figures).toMatchObject(clean);
      expect(deliveredAgain).toBeGreaterThan(0);
      await way.close();
    },
    hour,
  );

  /** Members of one group in this process, each with the ledger opened for itself. */
  class Members {
    /** Messages handled, by their place on the topic; a sender may have put one there twice. */
    readonly handled: string[] = [];
    readonly #way: Way;
    readonly #members: { readonly member: Member; readonly desk: DeskLedger }[] = [];

    constructor(way: Way) {
      this.#way = way;
    }

    get size(): number {
      return this.#members.length;
    }

    get handledTwice(): number {
      return this.handled.length - new Set(this.handled).size;
    }

    async join(
      before: (message: ReceivedMessage) => Promise<void> = async () => undefined,
      tuning: Parameters<typeof startMember>[2] = {},
    ): Promise<Member> {
      const desk = await openDesk({ store: this.#way.store }, market);
      const intake = createIntake(desk.session, intakeOptions);
      const handle = async (message: ReceivedMessage, beat: () => Promise<void>): Promise<void> => {
        await before(message);
        // As the role does: a store in a file answers at once, and nobody would leave within a batch.
        await yieldToEventLoop();
        await intake.handle(message, beat);
        this.handled.push(`${message.partition}/${message.offset}`);
      };
      const member = startMember(shared.kafka.connectionString, { topic: this.#way.results, group: this.#way.group, handle }, tuning);
      this.#members.push({ member, desk });
      return member;
    }

    async leave(index: number): Promise<void> {
      const [gone] = this.#members.splice(index, 1);
      await gone!.member.stop();
      await gone!.desk.close();
    }

    async leaveAll(): Promise<void> {
      while (this.size > 0) await this.leave(0);
    }
  }

  test(
    'a handler slower than the session lasts: no rebalance, nothing handled twice',
    async () => {
      const way = await Way.open('slow');
      await way.sendSession();
      const members = new Members(way);
      const sessionMs = 1_000;
      let slow = 3;
      const member = await members.join(async () => void (slow-- > 0 && (await sleep(2.5 * sessionMs))), { sessionMs, heartbeatMs: 200 });
      await way.allAccepted();
      await way.allCommitted();
      const rebalances = joinCount(member.lines) - 1;
      await members.leaveAll();
      const figures = await way.figures();
      const { handledTwice } = members;
      reportFigures({
        test: 'C9 handler slower than the session time-out',
        seed,
        trials: 3,
        ...figures,
        sessionMs,
        handlerMs: 2.5 * sessionMs,
        rebalances,
        handledTwice,
      });
      expect({ rebalances, handledTwice, ...figures }).toMatchObject({ rebalances: 0, handledTwice: 0, ...clean });
      await way.close();
    },
    hour,
  );

  test(
    'a burst that takes longer to work off than the session lasts: no rebalance',
    async () => {
      const way = await Way.open('burst', 1);
      for (let session = 0; session < 40; session++) await way.sendSession();
      const sessionMs = 1_000;
      const { log, lines } = recordingLog();
      const broker = openKafka(parseKafkaConnection(shared.kafka.connectionString), { log, tuning: { sessionMs, heartbeatMs: 100 } });
      const desk = await openDesk({ store: way.store }, market);
      const stop = new AbortController();
      const started = performance.now();
      const working = consuming(desk.session, {
        ...intakeOptions,
        broker,
        group: way.group,
        resultsTopic: way.results,
        lagMessagesMax: 10_000,
      }).run(stop.signal);
      await way.allAccepted();
      const burstMs = Math.round(performance.now() - started);
      await way.allCommitted();
      stop.abort();
      await working;
      await broker.close();
      await desk.close();
      const rebalances = joinCount(lines) - 1;
      const figures = await way.figures();
      reportFigures({ test: 'C9 burst longer than the session time-out', seed, trials: 1, ...figures, sessionMs, burstMs, rebalances });
      expect({ rebalances, ...figures }).toMatchObject({ rebalances: 0, ...clean });
      expect(burstMs).toBeGreaterThan(sessionMs);
      await way.close();
    },
    hour,
  );

  test(
    'members that join and leave every two seconds under load: nothing lost, nothing recorded twice',
    async () => {
      const changes = Math.min(faultTrials(3), 30);
      const random = seeded(seed);
      const way = await Way.open('changing');
      const members = new Members(way);
      await members.join();
      await members.join();
      const over = new AbortController();
      let atOnce = 0;
      const sending = (async () => {
        while (!over.signal.aborted) {
          await way.sendSession();
          if (atOnce > 0) atOnce--;
          else await sleep(100);
        }
      })();
      for (let change = 0; change < changes; change++) {
        await sleep(1_800);
        // Whoever leaves now has a batch in hand: a member between two batches has nothing to lose.
        atOnce = 15;
        await sleep(200);
        if (members.size < 4 && (members.size < 3 || random() < 0.5)) await members.join();
        else await members.leave(Math.floor(random() * members.size));
      }
      over.abort();
      await sending;
      await way.allAccepted();
      await members.leaveAll();
      const figures = await way.figures();
      reportFigures({ test: 'C7 rebalance every 2 s under load', seed, trials: changes, ...figures, handledTwice: members.handledTwice });
      expect(figures).toMatchObject(clean);
      expect(members.handled.length).toBeGreaterThanOrEqual(way.keys.length);
      await way.close();
    },
    hour,
  );

  test(
    'a worker asked to stop in a storm drains, commits and exits 0; the next one goes on',
    async () => {
      const trials = Math.min(faultTrials(1), 20);
      const way = await Way.open('stopped');
      const exitMs: number[] = [];
      let deliveredAgain = 0;
      for (let trial = 0; trial < trials; trial++) {
        for (let session = 0; session < 20; session++) await way.sendSession();
        const worker = await way.work('intake,react,relay,project,seal');
        await way.acceptedMore(20);
        const stoppedAt = performance.now();
        expect(await worker.kill('SIGTERM')).toEqual({ code: 0, signal: null });
        exitMs.push(performance.now() - stoppedAt);
        deliveredAgain += await way.uncommitted();
      }
      const last = await way.work('intake,react');
      await last.ready();
      await way.allAccepted();
      await way.allAllocated();
      expect(await last.kill('SIGTERM')).toEqual({ code: 0, signal: null });
      const figures = await way.figures();
      reportFigures({
        test: 'graceful stop in a storm',
        seed,
        trials,
        ...figures,
        deliveredAgain,
        exitMsMax: Math.round(percentile(exitMs, 1)),
      });
      expect({ ...figures, deliveredAgain }).toMatchObject({ ...clean, deliveredAgain: 0 });
      expect(percentile(exitMs, 1)).toBeLessThan(exitMsMax);
      await way.close();
    },
    hour,
  );
});
