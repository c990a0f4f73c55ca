/**
 * The storm on an EventStoreDB: the fake server in a process of its own, with the latency of a real one. The bare client's rates are
 * measured on the same server before it.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import dbClient from '@eventstore/db-client';
import type { Calls } from '../test/support/fake-eventstoredb/fake-server.ts';
import { type ServerApart, startServerApart } from '../test/support/fake-eventstoredb/server-apart.ts';
import { DecisionWatch } from '../test/support/desk/decision-watch.ts';
import { type DeskLedger, finalsOfFreshLedger, openDesk } from '../test/support/desk/ledger.ts';
import { DeskMarket, newestOf, type ResultKey, resultsInOrder } from '../test/support/desk/market.ts';
import { deliverTogether, storm, type StormFigures } from '../test/support/desk/storm.ts';
import { tallyOf, type Tally } from '../test/support/desk/tally.ts';
import { inLanes } from '../domain/shared/in-lanes.ts';
import { takeInOneByOne } from './latency.ts';
import { peakMegabytes } from './measure.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';

const seed = 20_261_121;
const timeoutMs = 1_800_000;
const inFlight = 32;
const bareInFlight = 64;
const bareBytes = 1_000;
const [bareAlone, bareTogether] = [400, 6_000];

/** Appends a second of the client alone: events of 1 kB, each to a stream of its own. */
export interface BareRates {
  readonly oneAtATime: number;
  readonly together: number;
  readonly inFlight: number;
}

export interface ServerStorm extends StormFigures {
  readonly bare: BareRates;
  readonly messages: number;
  readonly tally: Tally;
  readonly faults: number;
  /** What reached the server from the first result to the last decision. */
  readonly calls: Calls;
  readonly processorMsPerResult: number;
  readonly peakMegabytes: number;
}

async function bareRates({ location }: ServerApart): Promise<BareRates> {
  const client = dbClient.EventStoreDBClient.connectionString(location);
  const append = async (index: number): Promise<unknown> =>
    client.appendToStream(`bare-${index}`, dbClient.binaryEvent({ type: 'Bare', id: randomUUID(), data: Buffer.alloc(bareBytes, 65) }), {
      expectedRevision: 'no_stream',
    });
  let done = 0;
  const rate = async (count: number, atOnce: number): Promise<number> => {
    const started = performance.now();
    await inLanes(
      atOnce,
      Array.from({ length: count }, () => done++),
      append,
    );
    return (count / (performance.now() - started)) * 1_000;
  };
  await rate(bareAlone, bareInFlight);
  const oneAtATime = await rate(bareAlone, 1);
  const rates = { oneAtATime, together: await rate(bareTogether, bareInFlight), inFlight: bareInFlight };
  await client.dispose();
  return rates;
}

function difference(after: Calls, before: Calls): Calls {
  return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - before[name as keyof Calls]])) as unknown as Calls;
}

const sleeves = 300;
const sessions = 33;

async function deskOnServer(scratch: string, { location }: ServerApart, market: DeskMarket, watch: DecisionWatch): Promise<DeskLedger> {
  const readModels = encodeURIComponent(join(scratch, 'server.readmodels.sqlite'));
  return openDesk({ store: `${location}&readModels=${readModels}`, key: join(scratch, 'server.key') }, market, watch.around);
}

export async function measureServerStorm(scratch: string): Promise<ServerStorm> {
  const bareServer = await startServerApart();
  const bare = await bareRates(bareServer);
  await bareServer.stop();
  const size = { sleeves, sessions, seed };
  const keys: ResultKey[] = [...resultsInOrder(size)];
  const market = new DeskMarket(size);
  const watch = new DecisionWatch();
  const server = await startServerApart();
  const desk = await deskOnServer(scratch, server, market, watch);
  const expected = await finalsOfFreshLedger(market, newestOf(keys));
  const before = await server.calls();
  const processor = process.cpuUsage();
  const figures = await storm({
    desk,
    watch,
    expected,
    marks: keys.reduce((sum, { sleeve }) => sum + market.portfoliosWith(sleeve), 0),
    waiting: new Set(),
    timeoutMs,
    feed: () => deliverTogether(desk, market, keys, inFlight),
  });
  const { user, system } = process.cpuUsage(processor);
  const calls = difference(await server.calls(), before);
  const result = {
    ...figures,
    bare,
    messages: keys.length,
    tally: await tallyOf(desk.session.ports.store),
    faults: await desk.faults(),
    calls,
    processorMsPerResult: (user + system) / 1_000 / keys.length,
    peakMegabytes: peakMegabytes(),
  };
  await desk.close();
  await server.stop();
  return result;
}

const perPortfolio = 3;
const portfolios = 10;
const [warmUps, measuredResults] = [60, 500];
const latencySize = { sleeves: portfolios * perPortfolio, sessions: (warmUps + measuredResults) / portfolios, seed, nested: false };

export interface ServerLatency {
  readonly results: number;
  readonly warmUps: number;
  /** From the call of the intake to the acceptance being durable. */
  readonly takeIn: Percentiles;
  /** From there to the publication being durable. */
  readonly toPublication: Percentiles;
}

/** One result after the other, each third of which completes the quorum of a portfolio. */
export async function measureServerLatency(scratch: string): Promise<ServerLatency> {
  const market = new DeskMarket(latencySize);
  const watch = new DecisionWatch();
  const server = await startServerApart();
  const desk = await deskOnServer(scratch, server, market, watch);
  const takeIn = await takeInOneByOne(desk, market, resultsInOrder(latencySize));
  await desk.close();
  await server.stop();
  if (watch.publications.length !== warmUps + measuredResults) throw new Error(`${watch.publications.length} publications`);
  return {
    results: measuredResults,
    warmUps,
    takeIn: percentilesOf(takeIn.slice(warmUps * perPortfolio)),
    toPublication: percentilesOf(watch.publications.slice(-measuredResults).map(({ lagMs }) => lagMs)),
  };
}
