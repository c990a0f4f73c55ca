/**
 * A thousand readers of the stream of what happens, while results are taken in at a steady pace: how long from an append to each reader,
 * and what the worker notices. Worker, server and readers have a process each; rounds with and without readers take turns.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { happeningNames } from '../handlers/live/happening.ts';
import type { EventStore, Ports } from '../handlers/ports/ports.ts';
import { Reaction } from '../handlers/reaction/reaction.ts';
import { environmentNames } from '../handlers/runtime/settings.ts';
import { DecisionWatch } from '../test/support/desk/decision-watch.ts';
import { type DeskLedger, openDesk } from '../test/support/desk/ledger.ts';
import { DeskMarket, resultsInOrder } from '../test/support/desk/market.ts';
import { until } from '../test/support/kafka/ready.ts';
import { storeLike } from '../test/support/ledger-session.ts';
import type { Machine } from './machine.ts';
import { type Percentiles, percentilesOf } from './percentiles.ts';
import type { ReadFigures } from './readers-apart.ts';

const root = join(import.meta.dirname, '..');
const readers = Number(process.env['READERS'] ?? 1_000);
const resultsPerSecond = 50;
/** `READERS_SECONDS`: shorter rounds, for a look at it. */
const roundSeconds = Number(process.env['READERS_SECONDS'] ?? 20);
/** With readers or without, in turns, so that whatever else the machine does meets both. */
const rounds = [false, true, true, false] as const;
const warmUps = 150;
const perRound = resultsPerSecond * roundSeconds;
const sleeves = 30;
const size = { sleeves, sessions: Math.ceil((warmUps + perRound * rounds.length) / sleeves), seed: 20_261_121, nested: false };

export interface WorkerFigures {
  /** From the call of the intake to the acceptance being durable. */
  readonly takeIn: Percentiles;
  /** From there to the publication being durable. */
  readonly toPublication: Percentiles;
}

export interface ReaderFigures {
  readonly readers: number;
  readonly resultsPerSecond: number;
  readonly seconds: number;
  readonly without: WorkerFigures;
  readonly beside: WorkerFigures;
  /** From an append being durable to its event being read, over all readers and events. */
  readonly read: ReadFigures;
  /** Told to all readers together. */
  readonly toldPerSecond: number;
}

/** Measured by `--readers` alone. */
export interface ReadersRun {
  readonly measuredAt: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly figures: ReaderFigures;
}

const now = (): number => performance.timeOrigin + performance.now();

/** When each event that is told was durable, by position. */
class Appended {
  readonly at = new Map<string, number>();

  readonly around = ({ store }: Pick<Ports, 'store'>): EventStore =>
    storeLike(store, {
      append: async (...given) => {
        const result = await store.append(...given);
        const durable = now();
        for (const { type, position } of result.events) if (Object.hasOwn(happeningNames, type)) this.at.set(position, durable);
        return result;
      },
    });
}

/** `sleeve-ledger serve` in a process of its own. */
async function startServer(store: string): Promise<{ readonly url: string; readonly child: ChildProcess }> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(root, 'bin/sleeve-ledger.ts'), 'serve', '--listen', '127.0.0.1:0', '--anybody-reads'],
    { cwd: root, env: { ...process.env, [environmentNames.store]: store }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  const address = (): string | undefined => / at (http:\/\/[^ ]+) /.exec(said)?.[1];
  await until('the ledger is served', () => address() !== undefined || child.exitCode !== null, 120_000);
  return { url: address()!, child };
}

async function endOf(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  child.kill('SIGTERM');
  await ended;
}

/** Readers in a process of their own, from here on. */
async function startReaders(url: string): Promise<ChildProcess> {
  const child = fork(join(root, 'bench/readers-apart.ts'), [url, String(readers)], { execArgv: ['--import', 'tsx'] });
  await once(child, 'message');
  return child;
}

/** What they read, beside what was appended meanwhile. */
async function readBy(child: ChildProcess, appended: ReadonlyMap<string, number>): Promise<ReadFigures> {
  const answer = once(child, 'message') as Promise<[ReadFigures]>;
  child.send([...appended]);
  const [figures] = await answer;
  await once(child, 'close');
  return figures;
}

interface Round {
  readonly takeIn: readonly number[];
  readonly toPublication: readonly number[];
}

class Desk {
  readonly #desk: DeskLedger;
  readonly #watch: DecisionWatch;
  readonly #market: DeskMarket;
  readonly #keys = [...resultsInOrder(size)];
  #next = 0;

  constructor(desk: DeskLedger, watch: DecisionWatch, market: DeskMarket) {
    this.#desk = desk;
    this.#watch = watch;
    this.#market = market;
  }

  /** Takes results in at a steady pace. */
  async round(count: number): Promise<Round> {
    const published = this.#watch.publications.length;
    const messages = this.#keys.slice(this.#next, this.#next + count).map((key) => this.#market.message(key));
    this.#next += count;
    const takeIn: number[] = [];
    const started = performance.now();
    for (const [index, message] of messages.entries()) {
      const due = started + (index * 1_000) / resultsPerSecond;
      await sleep(Math.max(0, due - performance.now()));
      const handed = performance.now();
      await this.#desk.deliver(message);
      takeIn.push(performance.now() - handed);
    }
    await sleep(1_000);
    return { takeIn, toPublication: this.#watch.publications.slice(published).map(({ lagMs }) => lagMs) };
  }
}

const figuresOf = (of: readonly Round[]): WorkerFigures => ({
  takeIn: percentilesOf(of.flatMap(({ takeIn }) => takeIn)),
  toPublication: percentilesOf(of.flatMap(({ toPublication }) => toPublication)),
});

function together(read: readonly ReadFigures[]): ReadFigures {
  return {
    events: read.reduce((sum, { events }) => sum + events, 0),
    missing: read.reduce((sum, { missing }) => sum + missing, 0),
    // The worse of the rounds.
    latency: read.map(({ latency }) => latency).toSorted((left, right) => right.p99Ms - left.p99Ms)[0]!,
  };
}

export async function measureReaders(scratch: string): Promise<ReaderFigures> {
  const store = join(scratch, 'readers.sqlite');
  const market = new DeskMarket(size);
  const [watch, appended] = [new DecisionWatch(), new Appended()];
  const desk = await openDesk({ store }, market, (ports) => watch.around({ ...ports, store: appended.around(ports) }));
  const stop = new AbortController();
  const reaction = new Reaction(desk.session, { group: 'readers', concurrency: 4 });
  const reacting = reaction.run(stop.signal);
  await until('the reaction has begun', () => reaction.started && reaction.backlog === 0);
  const server = await startServer(store);
  const taken = new Desk(desk, watch, market);
  await taken.round(warmUps);
  const results: { readonly isRead: boolean; readonly round: Round }[] = [];
  const read: ReadFigures[] = [];
  for (const isRead of rounds) {
    const child = isRead ? await startReaders(server.url) : null;
    appended.at.clear();
    results.push({ isRead, round: await taken.round(perRound) });
    if (child !== null) read.push(await readBy(child, appended.at));
  }
  await endOf(server.child);
  stop.abort();
  await reacting;
  await desk.close();
  const of = (wanted: boolean): Round[] => results.flatMap(({ isRead, round }) => (isRead === wanted ? [round] : []));
  const all = together(read);
  return {
    readers,
    resultsPerSecond,
    seconds: roundSeconds * read.length,
    without: figuresOf(of(false)),
    beside: figuresOf(of(true)),
    read: all,
    toldPerSecond: (all.events * readers) / (roundSeconds * read.length),
  };
}
