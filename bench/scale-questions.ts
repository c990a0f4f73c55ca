/**
 * What questions and a seal cost in ledgers of different sizes: opened once, warm, and asked in turns, so that what else the machine does
 * meets them all.
 */
import type { OpenLedger } from '../bin/open-ledger.ts';
import { sealsStream } from '../handlers/ledger/seals.ts';
import { percentile } from '../test/support/figures.ts';
import { AcceptedRuns, toAppend } from './events.ts';
import { openScaled, portfolio } from './scale-ledger.ts';

const warmUps = 30;
const repetitions = { questions: 1_000, seals: 200 } as const;
const symbol = 'NYSE:AAA';

export const scaleWorks = ['seal', 'prove', 'weights', 'status', 'explain'] as const;
export type ScaleWork = (typeof scaleWorks)[number];

export interface ScaleTiming {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly repetitions: number;
}

/** The figures of one size. */
export interface ScaledFigures {
  readonly size: number;
  readonly timings: Readonly<Record<ScaleWork, ScaleTiming>>;
}

/** Does one work once; answers how long the part took that counts. */
type Timed = () => Promise<number>;

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Ids of events from the beginning of the ledger to its end; seals are left out. */
async function spreadEvents({ session: { ports } }: OpenLedger, count: number): Promise<readonly string[]> {
  const head = Number(await ports.store.head());
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const found = await ports.store.readAll({ after: String(Math.floor((index * (head - 2)) / count)), maxCount: 2, types: null });
    ids.push(found.find(({ stream }) => stream !== sealsStream)!.id);
  }
  return ids;
}

/** A new event and the seal over it. */
function sealing(ledger: OpenLedger): Timed {
  const runs = new AcceptedRuns('sealed');
  const { store } = ledger.session.ports;
  return () => {
    const { expectedRevision } = runs;
    const events = runs.next(1).map(toAppend);
    return timeOf(async () => {
      await store.append(runs.stream, events, { expectedRevision });
      await ledger.seal();
    });
  };
}

async function worksOf(ledger: OpenLedger): Promise<Readonly<Record<ScaleWork, Timed>>> {
  const query = { ...portfolio, asOf: null, knownAt: null };
  const ids = await spreadEvents(ledger, repetitions.questions + warmUps);
  let next = 0;
  return {
    seal: sealing(ledger),
    prove: () => timeOf(() => ledger.prove(ids[(next++ * 7) % ids.length]!)),
    weights: () => timeOf(() => ledger.weights(query)),
    status: () => timeOf(() => ledger.status()),
    explain: () => timeOf(() => ledger.explain(symbol, query)),
  };
}

function timingOf(times: readonly number[]): ScaleTiming {
  return { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99), repetitions: times.length };
}

const none = (): Record<ScaleWork, number[]> => ({ seal: [], prove: [], weights: [], status: [], explain: [] });

/** Measures ledgers side by side. Seals come last: each adds to the ledger. */
export async function measureQuestions(files: ReadonlyMap<number, string>): Promise<readonly ScaledFigures[]> {
  const ledgers = new Map<number, OpenLedger>();
  for (const [size, file] of files) ledgers.set(size, await openScaled(file));
  const works = new Map<number, Readonly<Record<ScaleWork, Timed>>>();
  for (const [size, ledger] of ledgers) works.set(size, await worksOf(ledger));
  const times = new Map([...files.keys()].map((size) => [size, none()]));
  for (const work of scaleWorks.toReversed()) {
    const wanted = work === 'seal' ? repetitions.seals : repetitions.questions;
    for (let turn = -warmUps; turn < wanted; turn++) {
      for (const [size, of] of works) {
        const ms = await of[work]();
        if (turn >= 0) times.get(size)![work].push(ms);
      }
    }
  }
  for (const ledger of ledgers.values()) await ledger.close();
  return [...times].map(([size, of]) => ({
    size,
    timings: Object.fromEntries(scaleWorks.map((work) => [work, timingOf(of[work])])) as ScaledFigures['timings'],
  }));
}
