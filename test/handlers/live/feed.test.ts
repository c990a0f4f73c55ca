import { describe, expect, test } from '@jest/globals';
import { type FeedOptions, feedDefaults, LiveFeed, type Told } from '../../../handlers/live/feed.ts';
import { type Happening, happeningTypes } from '../../../handlers/live/happening.ts';
import { watchedOf, type WatchedNames } from '../../../handlers/live/watched.ts';
import type { EventStore } from '../../../handlers/ports/ports.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { storeLike } from '../../support/ledger-session.ts';
import { sampleEvents, tailOf } from '../../support/sample-events.ts';

/** What is not told for its own sake is told by no sign of life. */
const quick: FeedOptions = { ...feedDefaults, gatherMs: 0, heartbeatMs: 600_000, readersOfOneMax: feedDefaults.readersMax };
const everything: WatchedNames = { names: [], metas: [], sleeves: [] };
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** Appends halts of a portfolio, of which feeds tell, and events of which they do not. */
class Recording {
  readonly store: EventStore;
  constructor(store: EventStore = createMemoryStore().store) {
    this.store = store;
  }

  async add(meta: string, count = 1, type = 'PublicationHalted'): Promise<void> {
    const stream = `metaPortfolio-${meta}`;
    const [last] = await this.store.readStream(stream, { from: 2n ** 62n, maxCount: 1, direction: 'backwards' });
    const events = sampleEvents({ stream, count, tail: tailOf(last), type, data: (number) => ({ meta, number, why: 'a reason' }) });
    await this.store.append(stream, events, { expectedRevision: last === undefined ? 'none' : last.revision });
  }

  /** What should have been told behind a position, by the store alone. */
  async told(after: string | null = null): Promise<string[]> {
    return (await this.store.readAll({ after, maxCount: 1_000, types: happeningTypes })).map(({ position }) => position);
  }
}

interface Running {
  readonly feed: LiveFeed;
  readonly end: () => void;
}

function run(store: EventStore, options: FeedOptions = quick): Running {
  const ending = new AbortController();
  return { feed: new LiveFeed({ store, log }, ending.signal, options), end: () => ending.abort() };
}

const never = new AbortController().signal;
const read = (feed: LiveFeed, after: string | null, names: Partial<WatchedNames> = {}, signal = never): AsyncGenerator<Told> =>
  feed.read('anna', after, watchedOf({ ...everything, ...names }), signal);

/** The next so many happenings. */
async function take(reader: AsyncGenerator<Told>, count: number): Promise<Happening[]> {
  const taken: Happening[] = [];
  while (taken.length < count) {
    const { done, value } = await reader.next();
    if (done === true) break;
    taken.push(...value.happenings);
  }
  return taken;
}

const positionsOf = (happenings: readonly Happening[]): string[] => happenings.map(({ position }) => position);

describe('the feed of what happens', () => {
  test('tells each reader what it watches, once and in ledger order, and nothing that is not told at all', async () => {
    const recording = new Recording();
    await recording.add('old');
    const { feed, end } = run(recording.store);
    const head = await recording.store.head();
    const all = read(feed, head);
    const ofPair = read(feed, head, { metas: ['pair'] });
    const resumed = read(feed, head, { names: ['publication-resumed'] });
    const taking = Promise.all([take(all, 4), take(ofPair, 2), take(resumed, 1)]);
    await recording.add('pair');
    await recording.add('pair', 2, 'SampleRecorded');
    await recording.add('other', 2);
    await recording.add('pair', 1, 'PublicationResumed');
    const [some, pairs, resumptions] = await taking;
    end();
    expect(positionsOf(some)).toEqual(await recording.told(head));
    expect(pairs.map(({ name, meta }) => [name, meta])).toEqual([
      ['publication-halted', 'pair'],
      ['publication-resumed', 'pair'],
    ]);
    expect(positionsOf(resumptions)).toEqual([pairs[1]!.position]);
    expect(JSON.stringify(some)).not.toContain('a reason');
  });

  test('misses nothing and doubles nothing wherever a reader begins, while events are recorded', async () => {
    const recording = new Recording();
    await recording.add('pair', 30);
    // Fewer are held than happen, so that some begin in the store, some in what is held, and some at the end.
    const { feed, end } = run(recording.store, { ...quick, heldMax: 16, togetherMax: 4 });
    const first = read(feed, await recording.store.head());
    const started = first.next();
    await recording.add('pair', 12);
    await started;
    const all = await recording.told();
    const begins = [null, all[0]!, all[13]!, all[29]!, all[33]!, all[41]!];
    const readers = begins.map((begin) => take(read(feed, begin), 48 - (begin === null ? 0 : all.indexOf(begin) + 1)));
    for (let count = 0; count < 6; count++) {
      await recording.add('pair');
      await new Promise((resolve) => setImmediate(resolve));
    }
    const told = await Promise.all(readers);
    end();
    for (const [index, begin] of begins.entries()) expect(positionsOf(told[index]!)).toEqual(await recording.told(begin));
  });

  test('tells nobody before what they will ask for is ready, and everybody where it cannot be', async () => {
    const recording = new Recording();
    const done: string[] = [];
    let fails = false;
    const prepare = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      done.push('ready');
      if (fails) throw new Error('the store is busy');
    };
    const { feed, end } = run(recording.store, { ...quick, prepare });
    const reader = read(feed, null);
    const first = reader.next().then(() => done.push('told'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await recording.add('pair');
    await first;
    expect(done).toEqual(['ready', 'told']);
    fails = true;
    const second = reader.next().then(() => done.push('told'));
    await recording.add('pair');
    await second;
    end();
    expect(done).toEqual(['ready', 'told', 'ready', 'told']);
  });

  test('makes nobody wait for long for what is not ready, and begins it once', async () => {
    const recording = new Recording();
    let begun = 0;
    const { feed, end } = run(recording.store, { ...quick, prepareMsMax: 20, prepare: () => new Promise(() => void begun++) });
    const reader = read(feed, null);
    const told = take(reader, 2);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await recording.add('pair');
    await new Promise((resolve) => setTimeout(resolve, 50));
    await recording.add('pair');
    expect(await told).toHaveLength(2);
    end();
    expect(begun).toBe(1);
  });

  test('has one subscription of the store for a thousand readers', async () => {
    const recording = new Recording();
    await recording.add('pair');
    let subscriptions = 0;
    const counting = storeLike(recording.store, {
      subscribeAll: (options) => {
        subscriptions++;
        return recording.store.subscribeAll(options);
      },
    });
    const { feed, end } = run(counting);
    const head = await counting.head();
    const told = Promise.all(Array.from({ length: 1_000 }, () => take(read(feed, head), 3)));
    for (let count = 0; count < 3; count++) await recording.add('pair');
    const expected = await recording.told(head);
    for (const happenings of await told) expect(positionsOf(happenings)).toEqual(expected);
    end();
    expect(subscriptions).toBe(1);
  });

  test('tells everybody of what comes while the others are still being told', async () => {
    const recording = new Recording();
    await recording.add('pair');
    const { feed, end } = run(recording.store);
    const head = await recording.store.head();
    const first = read(feed, head);
    // The first is told, and something happens, before the last of these is.
    const telling = first.next();
    const others = Promise.all(Array.from({ length: 60 }, () => take(read(feed, head), 2)));
    await new Promise((resolve) => setTimeout(resolve, 20));
    await recording.add('pair');
    await telling;
    const waiting = first.next();
    await recording.add('pair');
    expect((await waiting).value).toMatchObject({ happenings: [{ name: 'publication-halted' }] });
    expect((await others).every((happenings) => happenings.length === 2)).toBe(true);
    end();
  });

  test('drops a reader that takes less than happens, and tells the others', async () => {
    const recording = new Recording();
    const { feed, end } = run(recording.store, { ...quick, heldMax: 8, togetherMax: 4 });
    const slow = read(feed, null);
    const fast = read(feed, null);
    const told = take(fast, 21);
    await recording.add('pair');
    await take(slow, 1);
    for (let count = 0; count < 10; count++) {
      await recording.add('pair', 2);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(positionsOf(await told)).toEqual(await recording.told());
    expect(await take(slow, 1)).toEqual([]);
    expect((await slow.next()).done).toBe(true);
    expect(feed.readers).toBe(1);
    end();
  });

  test('shows a reader to whom nothing happens that it is still told, and how far the ledger has been read for it', async () => {
    const recording = new Recording();
    await recording.add('other');
    const { feed, end } = run(recording.store, { ...quick, heartbeatMs: 30 });
    const reader = read(feed, await recording.store.head(), { metas: ['pair'] });
    const beginning = (await reader.next()).value as Told;
    await recording.add('other');
    const later = (await reader.next()).value as Told;
    end();
    const told = await recording.told();
    expect([beginning, later]).toEqual([
      { position: told[0], happenings: [] },
      { position: told[1], happenings: [] },
    ]);
  });

  test('waits for a store that is away, and then tells what was recorded meanwhile', async () => {
    const recording = new Recording();
    let failures = 0;
    const failing = storeLike(recording.store, {
      subscribeAll: (options) => {
        if (failures++ === 0) throw new Error('the store is away');
        return recording.store.subscribeAll(options);
      },
    });
    const { feed, end } = run(failing);
    const told = take(read(feed, null), 2);
    await recording.add('pair', 2);
    expect(positionsOf(await told)).toEqual(await recording.told());
    expect(failures).toBe(2);
    end();
  });

  test('begins again with the next reader where the store did not answer the first', async () => {
    const recording = new Recording();
    let asked = 0;
    const failing = storeLike(recording.store, {
      head: () => (asked++ === 0 ? Promise.reject(new Error('away')) : recording.store.head()),
    });
    const { feed, end } = run(failing);
    await expect(read(feed, null).next()).rejects.toThrow('away');
    expect(feed.readers).toBe(0);
    const told = take(read(feed, null), 1);
    await recording.add('pair');
    expect(await told).toHaveLength(1);
    end();
  });

  test('lets a reader go when it is gone, and everybody when it ends', async () => {
    const recording = new Recording();
    const { feed, end } = run(recording.store);
    const gone = new AbortController();
    const leaving = read(feed, null, {}, gone.signal).next();
    const staying = read(feed, null).next();
    await new Promise((resolve) => setImmediate(resolve));
    expect(feed.readers).toBe(2);
    gone.abort();
    expect((await leaving).done).toBe(true);
    expect(feed.readers).toBe(1);
    end();
    expect((await staying).done).toBe(true);
    expect(feed.readers).toBe(0);
  });

  test('refuses more readers than it may have, all together and of one name, from when they ask', async () => {
    const { feed, end } = run(new Recording().store, { ...quick, readersMax: 3, readersOfOneMax: 2 });
    const asking = (who: string, signal = never): AsyncGenerator<Told> => feed.read(who, null, watchedOf(everything), signal);
    const leaving = new AbortController();
    asking('anna', leaving.signal);
    const second = asking('anna');
    expect(() => asking('anna')).toThrow(expect.objectContaining({ code: 'TooManyRequests' }));
    const third = asking('ben');
    expect(() => asking('carl')).toThrow(expect.objectContaining({ code: 'ReadersTooMany' }));
    // One who leaves before reading anything makes room, and so does one whose reading ends.
    leaving.abort();
    expect(feed.readers).toBe(2);
    asking('carl', AbortSignal.abort());
    expect(feed.readers).toBe(2);
    const told = [second.next(), third.next()];
    end();
    await Promise.all(told);
    expect(feed.readers).toBe(0);
  });
});

test('readers whose telling takes long rest for longer', async () => {
  const recording = new Recording();
  const { feed, end } = run(recording.store, { ...quick, restTimes: 5 });
  const busyMs = 1;
  const slow = async (reader: AsyncGenerator<Told>): Promise<readonly number[]> => {
    const at: number[] = [];
    while (at.length < 2) {
      await take(reader, 1);
      at.push(performance.now());
      while (performance.now() - at.at(-1)! < busyMs);
    }
    return at;
  };
  // More than are told in one turn: what the fifty of the first turn do with it counts.
  const readers = Array.from({ length: 60 }, () => slow(read(feed, null)));
  await new Promise((resolve) => setTimeout(resolve, 20));
  await recording.add('pair');
  await new Promise((resolve) => setTimeout(resolve, 20));
  await recording.add('pair');
  const [[first, second]] = (await Promise.all(readers)) as [[number, number]];
  end();
  expect(second - first).toBeGreaterThan(5 * 50 * busyMs);
});
