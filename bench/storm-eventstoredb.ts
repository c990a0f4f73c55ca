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
import { finalsOfFreshLedger, openDesk } from '../test/support/desk/ledger.ts';
import { DeskMarket, newestOf, type ResultKey, resultsInOrder } from '../test/support/desk/market.ts';
import { storm, type StormFigures } from '../test/support/desk/storm.ts';
import { tallyOf, type Tally } from '../test/support/desk/tally.ts';
import { peakMegabytes } from './measure.ts';

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

/** Works through a list, so many at a time. */
async function together<Item>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<unknown>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < items.length) await work(items[next++]!);
    }),
  );
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
    await together(
      Array.from({ length: count }, () => done++),
      atOnce,
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

/** `sessions`: results of each sleeve. */
export async function measureServerStorm(scratch: string, sessions = 33): Promise<ServerStorm> {
  const bareServer = await startServerApart();
  const bare = await bareRates(bareServer);
  await bareServer.stop();
  const size = { sleeves: 300, sessions, seed };
  const keys: ResultKey[] = [...resultsInOrder(size)];
  const market = new DeskMarket(size);
  const watch = new DecisionWatch();
  const server = await startServerApart();
  const store = `${server.location}&readModels=${encodeURIComponent(join(scratch, 'server.readmodels.sqlite'))}`;
  const desk = await openDesk({ store, key: join(scratch, 'server.key') }, market, watch.around);
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
    feed: () => together(keys, inFlight, (key) => desk.deliver(market.message(key))),
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
