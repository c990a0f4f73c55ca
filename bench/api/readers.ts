/**
 * A thousand readers of the stream of what happens, while results are taken in at a steady pace: how long from an append to each reader,
 * and what the worker notices. Rounds with and without readers take turns, so that whatever else the machine does meets both.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { happeningNames } from '../../handlers/live/happening.ts';
import type { EventStore, Ports } from '../../handlers/ports/ports.ts';
import { storeLike } from '../../test/support/ledger-session.ts';
import type { ReadFigures } from './readers-apart.ts';
import { figuresOf, resultsPerSecond, type Round, ServedDesk, type WorkerFigures } from './served-desk.ts';

const readers = Number(process.env['READERS'] ?? 1_000);
/** `READERS_SECONDS`: shorter rounds, for a look at it. */
const roundSeconds = Number(process.env['READERS_SECONDS'] ?? 20);
const rounds = [false, true, true, false] as const;
const perRound = resultsPerSecond * roundSeconds;

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

/** When each event that is told was durable, by position, in milliseconds since 1970. */
export class Appended {
  readonly at = new Map<string, number>();

  readonly around = ({ store }: Pick<Ports, 'store'>): { readonly store: EventStore } => ({
    store: storeLike(store, {
      append: async (...given) => {
        const result = await store.append(...given);
        const durable = performance.timeOrigin + performance.now();
        for (const { type, position } of result.events) if (Object.hasOwn(happeningNames, type)) this.at.set(position, durable);
        return result;
      },
    }),
  });
}

/** Readers in a process of their own, from here on. */
async function startReaders(url: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'readers-apart.ts'), [url, String(readers)], { execArgv: ['--import', 'tsx'] });
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

function together(read: readonly ReadFigures[]): ReadFigures {
  return {
    events: read.reduce((sum, { events }) => sum + events, 0),
    missing: read.reduce((sum, { missing }) => sum + missing, 0),
    // The worse of the rounds.
    latency: read.map(({ latency }) => latency).toSorted((left, right) => right.p99Ms - left.p99Ms)[0]!,
  };
}

export async function measureReaders(scratch: string): Promise<ReaderFigures> {
  const appended = new Appended();
  const desk = await ServedDesk.start(join(scratch, 'readers.sqlite'), perRound * rounds.length, appended.around);
  const done: { readonly isRead: boolean; readonly round: Round }[] = [];
  const read: ReadFigures[] = [];
  for (const isRead of rounds) {
    const results = desk.nextResults(perRound);
    const child = isRead ? await startReaders(desk.url) : null;
    appended.at.clear();
    done.push({ isRead, round: await desk.round(results) });
    if (child !== null) read.push(await readBy(child, appended.at));
  }
  await desk.end();
  const of = (wanted: boolean): Round[] => done.flatMap(({ isRead, round }) => (isRead === wanted ? [round] : []));
  const all = together(read);
  const seconds = roundSeconds * read.length;
  return {
    readers,
    resultsPerSecond,
    seconds,
    without: figuresOf(of(false)),
    beside: figuresOf(of(true)),
    read: all,
    toldPerSecond: (all.events * readers) / seconds,
  };
}
