/**
 * Ten thousand results of three hundred sleeves as fast as they can be taken in, while a hundred portfolios are allocated and published.
 */
import { join } from 'node:path';
import { limits } from '../domain/shared/limits.ts';
import { createSealer } from '../handlers/ledger/sealer.ts';
import type { MessageBroker } from '../handlers/ports/ports.ts';
import { resolveSettings } from '../handlers/runtime/settings.ts';
import { createRoles } from '../handlers/roles/roles.ts';
import { supervise } from '../handlers/roles/supervise.ts';
import { ensureTopics } from '../handlers/roles/topics.ts';
import { openBroker } from '../bin/adapters.ts';
import { AllocationsRead } from '../test/support/desk/allocations-read.ts';
import { DecisionWatch } from '../test/support/desk/decision-watch.ts';
import { type DeskLedger, finalsOfFreshLedger, openDesk } from '../test/support/desk/ledger.ts';
import { DeskMarket, newestOf, type ResultKey, resultsInOrder, shuffledWithinRules } from '../test/support/desk/market.ts';
import { deliverTogether, storm, type StormFigures } from '../test/support/desk/storm.ts';
import { tallyOf, type Tally } from '../test/support/desk/tally.ts';
import { startKafka } from '../test/support/kafka/broker.ts';
import { until } from '../test/support/kafka/ready.ts';
import { bareAppendsPerSecond, bareConsumedPerSecond } from './bare-storm.ts';
import { peakMegabytes } from './measure.ts';

const seed = 20_261_121;
/** One portfolio in four does not wait for all its sleeves, but gathers what arrives within two seconds. */
const publication = (portfolio: number): object | undefined =>
  portfolio % 4 === 0 ? { quorum: { at_least: 1, max_staleness_sessions: 60 }, coalescing_window_seconds: 2 } : undefined;
/** `STORM_SESSIONS`: a shorter storm, for a look at it. */
export const stormSize = { sleeves: 300, sessions: Number(process.env['STORM_SESSIONS'] ?? 33), seed, publication };
const corrections = 100;
const timeoutMs = 1_800_000;
const partitions = 12;

export interface StormResult extends StormFigures {
  readonly messages: number;
  readonly tally: Tally;
  readonly faults: number;
  /** Messages on the topic of allocations: publications missing there, and those there more than once. Null without a broker. */
  readonly relayed: { readonly missing: number; readonly repeated: number } | null;
  readonly peakMegabytes: number;
  /** Limits of the same run, measured before it. Left out by runs of earlier builds. */
  readonly bare?: {
    /** Events flushed one by one, a second. */
    readonly appendsPerSecond: number;
    /** Messages consumed and appended one by one, a second. Null without a broker. */
    readonly consumedPerSecond: number | null;
  };
}

/** Every sleeve each session, and at the end a correction of one in three. */
export function stormKeys(): ResultKey[] {
  return [
    ...resultsInOrder(stormSize),
    ...Array.from({ length: corrections }, (_, index) => ({ sleeve: 3 * index, session: stormSize.sessions - 1, correction: 1 })),
  ];
}

interface Source {
  /** Settles when the last result is accepted. */
  readonly feed: () => Promise<void>;
  readonly consumedPerSecond: number | null;
  readonly end: () => Promise<StormResult['relayed']>;
}
type MakeSource = (desk: DeskLedger, watch: DecisionWatch, market: DeskMarket) => Promise<Source>;

async function measured(scratch: string, name: string, keys: readonly ResultKey[], makeSource: MakeSource): Promise<StormResult> {
  const market = new DeskMarket(stormSize);
  const watch = new DecisionWatch();
  const appendsPerSecond = bareAppendsPerSecond(join(scratch, `${name}-bare.sqlite`));
  const desk = await openDesk({ store: join(scratch, `${name}.sqlite`) }, market, watch.around);
  const expected = await finalsOfFreshLedger(market, newestOf(keys));
  const marks = keys.reduce((sum, { sleeve }) => sum + market.portfoliosWith(sleeve), 0);
  const waiting = new Set(market.portfolios.filter((_, portfolio) => publication(portfolio) !== undefined));
  const { feed, consumedPerSecond, end } = await makeSource(desk, watch, market);
  const figures = await storm({ desk, watch, expected, marks, waiting, timeoutMs, feed });
  const peak = peakMegabytes();
  const relayed = await end();
  const result = {
    ...figures,
    messages: keys.length,
    tally: await tallyOf(desk.session.ports.store),
    faults: await desk.faults(),
    relayed,
    peakMegabytes: peak,
    bare: { appendsPerSecond, consumedPerSecond },
  };
  await desk.close();
  return result;
}

/** The intake is called with as many messages at once as the role takes from a broker. */
function calledDirectly(keys: readonly ResultKey[]): MakeSource {
  return async (desk, _watch, market) => ({
    feed: () => deliverTogether(desk, market, keys, limits.resultsInFlightMax),
    consumedPerSecond: null,
    end: async () => null,
  });
}

/** One process, one file, no broker. */
export function measureEmbeddedStorm(scratch: string): Promise<StormResult> {
  const keys = stormKeys();
  return measured(scratch, 'storm', keys, calledDirectly(keys));
}

/** The same with every message twice, and in an order that the partitions of a topic might bring them in. */
export function measureDoubledStorm(scratch: string): Promise<StormResult> {
  const keys = shuffledWithinRules(
    stormKeys().flatMap((key) => [key, key]),
    seed,
  );
  return measured(scratch, 'doubled', keys, calledDirectly(keys));
}

async function fillTopic(broker: MessageBroker, topic: string, market: DeskMarket, keys: readonly ResultKey[]): Promise<void> {
  const batch = 100;
  for (let at = 0; at < keys.length; at += batch)
    await broker.sink.send(
      topic,
      keys.slice(at, at + batch).map((key) => market.message(key)),
    );
}

/** The messages lie on the topic when intake, reaction and relay begin, all three in one process. */
function throughKafka(scratch: string, connection: string, keys: readonly ResultKey[]): MakeSource {
  return async ({ session }, watch, market) => {
    const { log, runtime } = session.ports;
    const { settings } = resolveSettings({ kafka: connection }, {}, null);
    const broker = await openBroker(connection, log);
    await ensureTopics(broker, settings, { partitions, replicas: 1 });
    await fillTopic(broker, settings.resultsTopic, market, keys);
    const bareFile = join(scratch, 'consumed-bare.sqlite');
    const consumedPerSecond = await bareConsumedPerSecond(connection, settings.resultsTopic, keys.length, bareFile);
    const stop = new AbortController();
    const roles = createRoles(session, ['intake', 'relay'], {
      settings,
      broker,
      sealer: createSealer(session, settings),
      concurrency: 4,
      holder: runtime.processName,
    });
    let working: Promise<void> = Promise.resolve();
    return {
      consumedPerSecond,
      feed: async () => {
        working = supervise(roles, stop.signal, session.ports);
        await until('every result is taken in', () => watch.acceptedAt.size === keys.length, timeoutMs);
      },
      end: async () => {
        const read = new AllocationsRead(broker, settings.allocationsTopic);
        await until('every publication is relayed', () => read.ids.size === watch.publications.length, timeoutMs);
        await read.stop();
        stop.abort();
        await working;
        await broker.close();
        return { missing: watch.publications.length - read.ids.size, repeated: read.repeated };
      },
    };
  };
}

export async function measureKafkaStorm(scratch: string): Promise<StormResult> {
  const keys = stormKeys();
  const kafka = await startKafka();
  try {
    return await measured(scratch, 'kafka', keys, throughKafka(scratch, kafka.connectionString, keys));
  } finally {
    await kafka.stop();
  }
}
