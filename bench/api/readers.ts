/**
 * A thousand readers of the stream of what happens, while results are taken in at a steady pace: how long from an append to each reader,
 * and what the worker notices. Rounds without readers, with them, and with as many who are told as much by a server that does nothing else
 * take turns, so that whatever else the machine does meets all.
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
const roundSeconds = Number(process.env['READERS_SECONDS'] ?? 15);
type Kind = 'without' | 'beside' | 'bare';
/** What the bare server tells is known once the other has. */
const rounds: readonly Kind[] = ['without', 'beside', 'bare', 'bare', 'beside', 'without', 'without', 'beside', 'bare'];
const perRound = resultsPerSecond * roundSeconds;

export interface ReaderFigures {
  readonly readers: number;
  readonly resultsPerSecond: number;
  readonly seconds: number;
  readonly without: WorkerFigures;
  readonly beside: WorkerFigures;
  /** As many readers, told as much in as many pieces by a server that looks nothing up. Left out by earlier builds. */
  readonly bare?: WorkerFigures;
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
    ...read[0]!,
    events: read.reduce((sum, { events }) => sum + events, 0),
    missing: read.reduce((sum, { missing }) => sum + missing, 0),
    // The worst of the rounds.
    latency: read.map(({ latency }) => latency).toSorted((left, right) => right.p99Ms - left.p99Ms)[0]!,
  };
}

interface Bare {
  readonly url: string;
  readonly end: () => void;
}

async function startBare({ pieces, pieceCharacters }: ReadFigures): Promise<Bare> {
  const toldPerSecond = String(pieces / roundSeconds);
  const server = fork(join(import.meta.dirname, 'bare-stream-apart.ts'), [toldPerSecond, String(pieceCharacters)], {
    execArgv: ['--import', 'tsx'],
  });
  const [url] = (await once(server, 'message')) as [string];
  return { url, end: () => server.disconnect() };
}

export async function measureReaders(scratch: string): Promise<ReaderFigures> {
  const appended = new Appended();
  const desk = await ServedDesk.start(join(scratch, 'readers.sqlite'), perRound * rounds.length, appended.around);
  const done: { readonly kind: Kind; readonly round: Round }[] = [];
  const read: ReadFigures[] = [];
  for (const kind of rounds) {
    const results = desk.nextResults(perRound);
    const bare = kind === 'bare' ? await startBare(read[0]!) : null;
    const child = kind === 'without' ? null : await startReaders(bare?.url ?? desk.url);
    appended.at.clear();
    done.push({ kind, round: await desk.round(results) });
    if (child !== null) {
      const figures = await readBy(child, kind === 'beside' ? appended.at : new Map());
      if (kind === 'beside') read.push(figures);
    }
    bare?.end();
  }
  await desk.end();
  const of = (wanted: Kind): WorkerFigures => figuresOf(done.flatMap(({ kind, round }) => (kind === wanted ? [round] : [])));
  const all = together(read);
  const seconds = roundSeconds * read.length;
  return {
    readers,
    resultsPerSecond,
    seconds,
    without: of('without'),
    beside: of('beside'),
    bare: of('bare'),
    read: all,
    toldPerSecond: (all.events * readers) / seconds,
  };
}
