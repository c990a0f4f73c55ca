/** The event store by a scripted client: what it asks the server for, in which order, and what it makes of the answers. */
import { describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { domainStreamPattern, streamPatternOf } from '../../../domain/audit/streams.ts';
import type { EventToAppend } from '../../../handlers/ports/ports.ts';
import type { EventStoreDbArtifacts } from '../../../infra/eventstoredb/artifacts.ts';
import { closeConnection, EventStoreDbEventStore } from '../../../infra/eventstoredb/event-store.ts';
import { storedEvent } from '../../../infra/eventstoredb/recorded-event.ts';
import type { Proposed } from '../../../infra/eventstoredb/requests.ts';
import { recordedAt, scriptedSession } from '../../support/fake-eventstoredb/scripted-session.ts';
import { refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';

refuseUnheardRejections();
const stream = 'sleeve-a';
const hash = 'a'.repeat(64);
const offered = (...commits: number[]): EventToAppend[] =>
  commits.map((commit) => {
    const { id, type } = recordedAt(commit);
    return { id, type, bytes: Buffer.from(`{"at":${commit}}`), contentHash: hash, hash, recordedAt: 't' };
  });
/** As stored by an append with a mark, at a revision that is a tenth of its position. */
const standing = (attempt: string, ...commits: number[]) =>
  commits.map((commit) => ({
    event: recordedAt(commit, { revision: BigInt(commit / 10), metadata: { attempt, contentHash: hash, hash, recordedAt: 't' } }),
  }));
const closed = { code: 'StoreUnavailable', message: 'the store is closed' };
const denied = Object.assign(new Error('no'), { code: status.PERMISSION_DENIED });

const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

type Page = unknown[] | null;
interface Given {
  /** Answers to reads of streams, of metadata and of all, one after the other; then nothing is there. */
  readonly streams?: (Page | ((attempt: string) => Page))[];
  readonly metadata?: (Page | Error)[];
  readonly all?: Page[];
  readonly append?: (stream: string) => Promise<unknown>;
  readonly putAll?: () => Promise<unknown>;
}

function setUp({ streams = [], metadata = [], all = [], append = async () => undefined, putAll = async () => [] }: Given = {}) {
  const asked: unknown[][] = [];
  const attempts: Proposed['metadata'][] = [];
  const client = {
    append: async (name: string, proposed: readonly Proposed[], expected: unknown) => {
      asked.push(['append', name, proposed.map(({ id }) => id), expected]);
      attempts.push(...proposed.map((event) => event.metadata));
      await append(name);
      return { revision: 0n, position: null };
    },
    readStreamPage: async (name: string, ...others: unknown[]) => {
      asked.push(['read', name, ...others.slice(0, -1)]);
      const page = (name.startsWith('$$') ? metadata : streams).shift() ?? null;
      if (page instanceof Error) throw page;
      return typeof page === 'function' ? page((attempts.at(-1) as { readonly attempt: string }).attempt) : page;
    },
    readAllPage: async (...given: unknown[]) => {
      asked.push(['all', ...given.slice(0, -1)]);
      return all.shift() ?? [];
    },
    shutDown: async () => void asked.push(['shut down']),
  };
  const retry = { callMsMax: 100, backoffMsMin: 1, backoffMsMax: 2, waitMsMax: 200 };
  const { session, closing } = scriptedSession(client, retry);
  const artifacts = { putAll: async (contents: unknown) => (asked.push(['artifacts', contents]), putAll()) };
  const store = new EventStoreDbEventStore(session, artifacts as unknown as EventStoreDbArtifacts, async () => closing.abort());
  return { store, asked, attempts, session, closing };
}
const names = (asked: readonly unknown[][]): unknown[] => asked.map(([what, name]) => `${String(what)} ${String(name)}`);

describe('an append', () => {
  test('stores the artifacts, looks whether the stream is cut, appends, and reads back what is stored', async () => {
    const { store, asked, attempts } = setUp({ streams: [(attempt) => standing(attempt, 30, 40)] });
    const artifacts = [Uint8Array.of(1)];
    const answer = await store.append(stream, offered(30, 40), { expectedRevision: 2n, artifacts });
    expect(answer).toEqual({ events: standing(attemptOf(attempts), 30, 40).map(({ event }) => storedEvent(event)), already: false });
    expect(asked).toEqual([
      ['read', '$$sleeve-a', 'end', 1, 'backwards'],
      ['artifacts', artifacts],
      ['append', stream, offered(30, 40).map(({ id }) => id), 2n],
      ['read', stream, 3n, 2, 'forwards'],
    ]);
    expect(attempts).toEqual([0, 1].map(() => ({ attempt: attemptOf(attempts), contentHash: hash, hash, recordedAt: 't' })));
    expect(attemptOf(attempts)).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('has a mark of its own each time', async () => {
    const { store, attempts } = setUp({ streams: [10, 20].map((commit) => (attempt: string) => standing(attempt, commit)) });
    await store.append(stream, offered(10), { expectedRevision: 0n });
    await store.append(stream, offered(20), { expectedRevision: 1n });
    expect(new Set(attempts.map((metadata) => (metadata as { readonly attempt: string }).attempt)).size).toBe(2);
  });

  test('of the first events reads from the beginning; of no artifacts puts none', async () => {
    const { store, asked } = setUp({ streams: [(attempt) => standing(attempt, 10)] });
    await store.append(stream, offered(10), { expectedRevision: 'none' });
    expect(asked.slice(1)).toEqual([
      ['artifacts', []],
      ['append', stream, [offered(10)[0]!.id], 'none'],
      ['read', stream, 0n, 1, 'forwards'],
    ]);
  });

  test("that finds another's mark on one event says that they were there", async () => {
    const { store } = setUp({ streams: [(attempt) => [...standing(attempt, 10), ...standing('theirs', 20)]] });
    expect((await store.append(stream, offered(10, 20), { expectedRevision: 0n })).already).toBe(true);
  });

  test('that finds other content is a conflict', async () => {
    const { store } = setUp({ streams: [[{ event: recordedAt(10) }]] });
    await expect(store.append(stream, offered(10), { expectedRevision: 0n })).rejects.toMatchObject({
      code: 'EventContentConflict',
      evidence: { stream, stored: 'c10', offered: hash },
    });
  });

  test('is not made where the stream is cut, nobody may know it, an artifact is not stored, or it is none', async () => {
    const isCut = setUp({ metadata: [[{ event: recordedAt(1, { isJson: true, data: { $tb: 1 } }) }]] });
    await expect(isCut.store.append(stream, offered(10), { expectedRevision: 0n })).rejects.toMatchObject({
      code: 'StreamTruncated',
      evidence: { cuts: ['$tb'] },
    });
    const isSecret = setUp({ metadata: [denied] });
    await expect(isSecret.store.append(stream, offered(10), { expectedRevision: 0n })).rejects.toMatchObject({ code: 'StoreAccessDenied' });
    const isFull = setUp({ putAll: () => Promise.reject(new Error('full')) });
    await expect(isFull.store.append(stream, offered(10), { expectedRevision: 0n })).rejects.toThrow('full');
    for (const { asked } of [isCut, isSecret, isFull]) expect(names(asked)).toEqual(['read $$sleeve-a', 'artifacts ']);
    const isNone = setUp();
    await expect(isNone.store.append(stream, [], { expectedRevision: 0n })).rejects.toMatchObject({ code: 'AppendRefused' });
    isNone.closing.abort();
    await expect(isNone.store.append(stream, offered(10), { expectedRevision: 0n })).rejects.toMatchObject(closed);
    expect(isNone.asked).toEqual([]);
  });

  test('is read back until a node shows all of it, and as it was put', async () => {
    const { store, asked } = setUp({
      streams: [
        null,
        [],
        [{ link: recordedAt(10) }],
        (attempt) => standing(attempt, 10),
        (attempt) => standing(attempt, 20, 10),
        (attempt) => standing(attempt, 10, 20),
      ],
    });
    const { events } = await store.append(stream, offered(10, 20), { expectedRevision: 0n });
    expect(events.map(({ position }) => position)).toEqual(['10/10', '20/20']);
    expect(asked.filter(([what, name]) => what === 'read' && name === stream)).toHaveLength(6);
  });

  test('that no node shows says so in the end', async () => {
    const { store } = setUp();
    await expect(store.append(stream, offered(10), { expectedRevision: 0n })).rejects.toMatchObject({
      code: 'StoreUnavailable',
      message: 'EventStoreDB at s:1: stream "sleeve-a" does not show yet what was appended to it',
    });
  });

  test('waits for those to its stream that were asked for before, also where they fail, and for no other', async () => {
    const waiting: (() => void)[] = [];
    const given = setUp({
      streams: [10, 10, 20, 30].map((commit) => (attempt: string) => standing(attempt, commit)),
      append: (name) => (name === stream ? new Promise((resolve) => waiting.push(() => resolve(undefined))) : Promise.resolve()),
    });
    const { store, asked } = given;
    const appends = () => asked.flatMap(([what, name, ids]) => (what === 'append' ? [`${String(name)} ${String(ids).slice(-2)}`] : []));
    const failing = setUp({ append: () => Promise.reject(denied) });
    const refused = failing.store.append(stream, offered(10), { expectedRevision: 0n });
    const behind = failing.store.append(stream, offered(20), { expectedRevision: 1n });
    await expect(refused).rejects.toMatchObject({ code: 'StoreAccessDenied' });
    await expect(behind).rejects.toMatchObject({ code: 'StoreAccessDenied' });
    expect(names(failing.asked).filter((name) => name === `append ${stream}`)).toHaveLength(2);

    const other = store.append('sleeve-b', offered(10), { expectedRevision: 0n });
    const three = [10, 20, 30].map((commit) => store.append(stream, offered(commit), { expectedRevision: BigInt(commit / 10 - 1) }));
    await other;
    await turns();
    expect(appends().toSorted()).toEqual(['sleeve-a 10', 'sleeve-b 10']);
    for (const count of [1, 2, 3]) {
      waiting[count - 1]!();
      expect((await three[count - 1]!).events[0]!.position).toBe(`${count}0/${count}0`);
      await turns();
      expect(appends().filter((name) => name.startsWith(stream))).toHaveLength(Math.min(count + 1, 3));
    }
  });
});
const attemptOf = (attempts: readonly Proposed['metadata'][]): string => (attempts[0] as { readonly attempt: string }).attempt;

describe('a stream is read', () => {
  const end = 9_223_372_036_854_775_807n;
  test.each([
    [{ from: 5n, direction: 'forwards' }, [5n, 'forwards']],
    [{ from: end, direction: 'forwards' }, [end, 'forwards']],
    [{ from: end + 1n, direction: 'forwards' }, [end, 'forwards']],
    [{ from: -1n, direction: 'forwards' }, [0n, 'forwards']],
    [{ from: 0n, direction: 'backwards' }, [0n, 'backwards']],
    [{ from: end - 1n, direction: 'backwards' }, [end - 1n, 'backwards']],
    [{ from: end, direction: 'backwards' }, ['end', 'backwards']],
    [{ from: end + 1n, direction: 'backwards' }, ['end', 'backwards']],
  ] as const)('as asked %#', async (options, [from, direction]) => {
    const { store, asked } = setUp({ streams: [[{ event: recordedAt(10) }, { link: recordedAt(20) }]] });
    expect(await store.readStream(stream, { ...options, maxCount: 7 })).toEqual([storedEvent(recordedAt(10))]);
    expect(asked).toEqual([['read', stream, from, 7, direction]]);
  });

  test('before its beginning, backwards, as nothing, without asking; one that is not there as nothing', async () => {
    const { store, asked } = setUp();
    expect(await store.readStream(stream, { from: -1n, maxCount: 7, direction: 'backwards' })).toEqual([]);
    expect(asked).toEqual([]);
    expect(await store.readStream(stream, { from: 0n, maxCount: 7, direction: 'forwards' })).toEqual([]);
  });

  test('not where the page is none, and not once the store is closed', async () => {
    const { store, asked, closing } = setUp();
    await expect(store.readStream(stream, { from: 0n, maxCount: 0, direction: 'forwards' })).rejects.toMatchObject({ code: 'Usage' });
    await expect(store.readAll({ after: null, maxCount: 0, types: null })).rejects.toMatchObject({ code: 'Usage' });
    closing.abort();
    await expect(store.readStream(stream, { from: 0n, maxCount: 1, direction: 'forwards' })).rejects.toMatchObject(closed);
    await expect(store.readAll({ after: null, maxCount: 1, types: [] })).rejects.toMatchObject(closed);
    await expect(store.head()).rejects.toMatchObject(closed);
    await expect(store.newest()).rejects.toMatchObject(closed);
    expect(asked).toEqual([]);
  });
});

const page = (...commits: number[]) => commits.map((commit) => ({ event: recordedAt(commit) }));
const positions = (events: readonly { readonly position: string }[]) => events.map(({ position }) => position);

describe('all streams are read', () => {
  test('from the beginning, by the streams of the ledger', async () => {
    const { store, asked } = setUp({ all: [page(10, 20)] });
    expect(await store.readAll({ after: null, maxCount: 3, types: null })).toEqual([10, 20].map((at) => storedEvent(recordedAt(at))));
    expect(asked).toEqual([['all', null, { streams: domainStreamPattern }, 4, 'forwards']]);
  });

  test('by the streams that are asked for, and no other', async () => {
    const { store, asked } = setUp({ all: [[...page(10), { event: recordedAt(20, { streamId: 'seals' }) }]] });
    expect(positions(await store.readAll({ after: null, maxCount: 3, types: null, streams: ['seals'] }))).toEqual(['20/20']);
    expect(asked[0]![2]).toEqual({ streams: streamPatternOf(['seals']) });
  });

  test('by each type once, without those that begin alike', async () => {
    const { store, asked } = setUp({ all: [[...page(10), { event: recordedAt(20, { type: 'ThingSeenAgain' }) }]] });
    expect(positions(await store.readAll({ after: null, maxCount: 3, types: ['ThingSeen', 'A', 'ThingSeen'] }))).toEqual(['10/10']);
    expect(asked).toEqual([['all', null, { types: ['ThingSeen', 'A'] }, 4, 'forwards']]);
  });

  test('of no type as nothing, without asking', async () => {
    const { store, asked } = setUp();
    expect(await store.readAll({ after: null, maxCount: 3, types: [] })).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('behind a position, which the server includes, until there are as many as were asked for', async () => {
    const { store, asked } = setUp({ all: [page(10, 20, 30, 40)] });
    expect(positions(await store.readAll({ after: '10/10', maxCount: 3, types: null }))).toEqual(['20/20', '30/30', '40/40']);
    expect(asked).toEqual([['all', { commit: 10n, prepare: 10n }, { streams: domainStreamPattern }, 4, 'forwards']]);
    const short = setUp({ all: [page(20, 30, 40, 50)] });
    expect(positions(await short.store.readAll({ after: '10/10', maxCount: 3, types: null }))).toEqual(['20/20', '30/30', '40/40']);
    expect(short.asked).toHaveLength(1);
  });

  test('on behind a page of which only some count, by a link too, with as many as are left', async () => {
    const { store, asked } = setUp({
      all: [
        [...page(10), { event: recordedAt(20, { streamId: 'artifact-1' }) }, { link: recordedAt(30), event: recordedAt(5) }],
        [{ link: recordedAt(30), event: recordedAt(5) }],
      ],
    });
    expect(positions(await store.readAll({ after: null, maxCount: 2, types: null }))).toEqual(['10/10', '5/5']);
    const more = setUp({ all: [[...page(10), { link: recordedAt(20) }, { link: recordedAt(30) }], page(30, 40)] });
    expect(positions(await more.store.readAll({ after: null, maxCount: 2, types: null }))).toEqual(['10/10', '40/40']);
    expect(more.asked.map(([, from, , count]) => [from, count])).toEqual([
      [null, 3],
      [{ commit: 30n, prepare: 30n }, 2],
    ]);
    expect(asked).toHaveLength(1);
  });

  test('no further behind a page that does not say where it ends', async () => {
    const { store, asked } = setUp({ all: [[...page(10), {}, {}]] });
    expect(positions(await store.readAll({ after: null, maxCount: 2, types: null }))).toEqual(['10/10']);
    expect(asked).toHaveLength(1);
  });
});

describe('the end of the log', () => {
  test('is the newest event of the ledger, with the time of its writer and that of the server', async () => {
    const created = new Date('2026-01-02T03:04:05.678Z');
    const newest = () => [[{ event: recordedAt(90, { created }) }]];
    const { store, asked } = setUp({ all: newest() });
    expect(await store.head()).toBe('90/90');
    expect(asked).toEqual([['all', null, { streams: domainStreamPattern }, 1, 'backwards']]);
    expect(await setUp({ all: newest() }).store.newest()).toEqual({ recordedAt: 't', storedAt: '2026-01-02T03:04:05.678Z' });
  });

  test('of an empty ledger is none', async () => {
    const { store } = setUp({ all: [[{ link: recordedAt(1) }]] });
    expect([await store.head(), await store.newest()]).toEqual([null, null]);
  });

  test('stands behind what is before it', () => {
    const { store } = setUp();
    const pairs = [
      ['9/9', '10/1'],
      ['10/2', '10/10'],
      ['10/2', '10/2'],
      ['2/0', '1/9'],
    ] as const;
    expect(pairs.map(([left, right]) => store.comparePositions(left, right))).toEqual([-1, -1, 0, 1]);
  });
});

test('a store that is closed says so to whoever opened it, and its connection is let go, however that goes', async () => {
  const { store, session, asked, closing } = setUp();
  await store.close();
  expect(closing.signal.aborted).toBe(true);
  await closeConnection(session);
  expect(asked).toEqual([['shut down']]);
  const failing = scriptedSession({ shutDown: () => Promise.reject(new Error('gone')) });
  await closeConnection(failing.session);
});
