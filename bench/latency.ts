/** One result after the other, each of which completes the quorum of a portfolio: how long until its allocation is published. */
import { join } from 'node:path';
import { openBroker } from '../bin/adapters.ts';
import type { MessageBroker } from '../handlers/ports/ports.ts';
import { resolveSettings } from '../handlers/runtime/settings.ts';
import { ensureTopics } from '../handlers/roles/topics.ts';
import { createLog } from '../infra/system/log.ts';
import { AllocationsRead } from '../test/support/desk/allocations-read.ts';
import { DecisionWatch, type WatchedPublication } from '../test/support/desk/decision-watch.ts';
import { EventCount } from '../test/support/desk/event-count.ts';
import { type DeskLedger, openDesk } from '../test/support/desk/ledger.ts';
import { DeskMarket, type ResultKey } from '../test/support/desk/market.ts';
import { startReaction } from '../test/support/desk/reacting.ts';
import { endWorkers, startWorker } from '../test/support/desk/worker.ts';
import { startKafka } from '../test/support/kafka/broker.ts';
import { until } from '../test/support/kafka/ready.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';

const perPortfolio = 3;
const portfolios = 10;
const warmUps = 60;
const measuredResults = 1_000;
const size = { sleeves: portfolios * perPortfolio, sessions: (warmUps + measuredResults) / portfolios, seed: 20_261_121, nested: false };
const timeoutMs = 30_000;

type Phase = keyof WatchedPublication['phases'];
const phases: readonly Phase[] = ['notice', 'load', 'solve', 'record', 'publish'];

export interface EmbeddedLatency {
  readonly results: number;
  readonly warmUps: number;
  /** From the call of the intake to the acceptance being durable: before the clock starts. */
  readonly takeIn: Percentiles;
  /** From there to the publication being durable. */
  readonly toPublication: Percentiles;
  readonly phases: Readonly<Record<Phase, Percentiles>>;
}

export interface KafkaLatency {
  readonly results: number;
  readonly warmUps: number;
  readonly roles: readonly string[];
  /** From the call that sends the result to the arrival of the allocation at a reader. */
  readonly endToEnd: Percentiles;
}

/** Rounds of one portfolio each: the sleeves that lead up to the quorum, and the one that completes it. */
function* rounds(): Generator<{ readonly session: number; readonly portfolio: number }> {
  for (let session = 0; session < size.sessions; session++)
    for (let portfolio = 0; portfolio < portfolios; portfolio++) yield { session, portfolio };
}

function* keysOfRounds(market: DeskMarket): Generator<ResultKey> {
  for (const { session, portfolio } of rounds()) for (const sleeve of market.sleevesOf(portfolio)) yield { sleeve, session, correction: 0 };
}

/** Takes results in while the reaction works, each when what the one before led to is done; answers how long each took, in ms. */
export async function takeInOneByOne(desk: DeskLedger, market: DeskMarket, keys: Iterable<ResultKey>): Promise<number[]> {
  let looked: (() => void) | null = null;
  const { stop } = await startReaction(desk.session, { group: 'latency', concurrency: 4, onLook: () => looked?.() });
  const takeIn: number[] = [];
  for (const key of keys) {
    const message = market.message(key);
    const nextLook = new Promise<void>((resolve) => (looked = resolve));
    // The clock starts in a turn of its own, as it does when a message arrives.
    await new Promise((resolve) => setImmediate(resolve));
    const started = performance.now();
    await desk.deliver(message);
    takeIn.push(performance.now() - started);
    await nextLook;
  }
  await stop();
  return takeIn;
}

/** Intake and reaction in this process, upon one file. */
export async function measureEmbeddedLatency(scratch: string): Promise<EmbeddedLatency> {
  const market = new DeskMarket(size);
  const watch = new DecisionWatch();
  const desk = await openDesk({ store: join(scratch, 'latency.sqlite') }, market, watch.around);
  const takeIn = await takeInOneByOne(desk, market, keysOfRounds(market));
  await desk.close();
  const measured = watch.publications.slice(-measuredResults);
  if (watch.publications.length !== warmUps + measuredResults) throw new Error(`${watch.publications.length} publications`);
  return {
    results: measured.length,
    warmUps,
    takeIn: percentilesOf(takeIn.slice(warmUps * perPortfolio)),
    toPublication: percentilesOf(measured.map(({ lagMs }) => lagMs)),
    phases: Object.fromEntries(
      phases.map((phase) => [phase, percentilesOf(measured.map((one) => one.phases[phase]))]),
    ) as EmbeddedLatency['phases'],
  };
}

const silent = createLog('silent', false, { write: () => undefined });

/** Sends results and reads allocations as two desks would; answers how long each took. */
async function endToEnd(
  broker: MessageBroker,
  topics: { readonly results: string; readonly allocations: string },
  market: DeskMarket,
  accepted: () => Promise<number>,
): Promise<number[]> {
  const read = new AllocationsRead(broker, topics.allocations);
  const times: number[] = [];
  let delivered = 0;
  for (const { session, portfolio } of rounds()) {
    const [first, second, third] = market.sleevesOf(portfolio).map((sleeve) => market.message({ sleeve, session, correction: 0 }));
    await broker.sink.send(topics.results, [first!, second!]);
    delivered += perPortfolio;
    await until('the first two are accepted', async () => (await accepted()) === delivered - 1, timeoutMs);
    const arrived = new Promise<number>((resolve) => (read.onNew = ({ at }) => resolve(at)));
    const started = performance.now();
    await broker.sink.send(topics.results, [third!]);
    times.push((await arrived) - started);
  }
  await read.stop();
  return times;
}

/** Through a real broker: a worker in a process of its own takes in, allocates and relays; this process sends and reads. */
async function measureKafkaLatency(scratch: string, roles: readonly string[]): Promise<KafkaLatency> {
  const market = new DeskMarket(size);
  const store = join(scratch, `latency-${roles.length}.sqlite`);
  const desk = await openDesk({ store }, market);
  const kafka = await startKafka();
  try {
    const broker = await openBroker(kafka.connectionString, silent);
    const { settings } = resolveSettings({}, {}, null);
    await ensureTopics(broker, settings, { partitions: 12, replicas: 1 });
    const worker = await startWorker(store, ['--kafka', kafka.connectionString, '--roles', roles.join(','), '--log-level', 'warn']);
    await worker.ready();
    const accepted = new EventCount(desk.session.ports.store, 'SleeveRunAccepted');
    const times = await endToEnd(broker, { results: settings.resultsTopic, allocations: settings.allocationsTopic }, market, () =>
      accepted.now(),
    );
    const { code } = await worker.kill('SIGTERM');
    if (code !== 0) throw new Error(`the worker ended with ${code}: ${worker.said()}`);
    await broker.close();
    return { results: measuredResults, warmUps, roles, endToEnd: percentilesOf(times.slice(warmUps)) };
  } finally {
    await endWorkers();
    await kafka.stop();
    await desk.close();
  }
}

/** With the roles that stand between a result and its allocation; and with all of them in one process. */
export async function measureBothKafkaLatencies(scratch: string): Promise<readonly KafkaLatency[]> {
  return [
    await measureKafkaLatency(scratch, ['intake', 'react', 'relay']),
    await measureKafkaLatency(scratch, ['intake', 'react', 'relay', 'project', 'seal']),
  ];
}
