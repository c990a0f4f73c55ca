/** What the server pushes to a process that appends often, by scripted subscriptions: when it counts, and when appends read instead. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import dbClient, { type ResolvedEvent } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { domainStreamPattern } from '../../../domain/audit/streams.ts';
import { Feed } from '../../../infra/eventstoredb/feed.ts';
import { credentials, Later, recordedAt, ScriptedFeed, scriptedSession } from '../../support/fake-eventstoredb/scripted-session.ts';
import { refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate', 'nextTick', 'queueMicrotask'] });
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
const closings: AbortController[] = [];
afterEach(() => {
  for (const closing of closings.splice(0)) closing.abort();
  jest.restoreAllMocks();
  jest.useRealTimers();
});
refuseUnheardRejections();

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const metadataOf = (stream: string, commit: number, data: object) =>
  recordedAt(commit, { streamId: `$$${stream}`, type: '$metadata', isJson: true, data });
/** Of a stream of its own event, at a revision that is a tenth of its position. */
const eventAt = (commit: number) => recordedAt(commit, { revision: BigInt(commit / 10) });
const behind = (commit: number) => ({ revision: BigInt(commit / 10), position: { commit: BigInt(commit), prepare: BigInt(commit) } });

interface Given {
  readonly followsAtAppends?: number;
  readonly ledger?: string;
  readonly cuts?: () => Promise<readonly ResolvedEvent[]>;
}

function setUp({ followsAtAppends = 0, ledger, cuts = async () => [] }: Given = {}) {
  const feeds: ScriptedFeed[] = [];
  const client = {
    subscribeToAll: (asked: Readonly<Record<string, unknown>>) => {
      const feed = new ScriptedFeed(asked);
      feeds.push(feed);
      return feed;
    },
    readAllPage: cuts,
  };
  const scripted = scriptedSession(client, { followsAtAppends, backoffMsMin: 20, backoffMsMax: 80 }, ledger ?? null);
  closings.push(scripted.closing);
  return { feeds, feed: new Feed(scripted.session), closing: scripted.closing };
}

async function live(given: Given = {}) {
  const opened = setUp(given);
  opened.feeds[0]!.emit('confirmation');
  await turns();
  return opened;
}

describe('a feed', () => {
  test('begins with the append of which it is worth it, and once', () => {
    const { feeds, feed } = setUp({ followsAtAppends: 3 });
    const opened = Array.from({ length: 6 }, () => {
      feed.count();
      return feeds.length;
    });
    expect(opened).toEqual([0, 0, 1, 1, 1, 1]);
    expect(setUp().feeds).toHaveLength(1);
    expect(setUp({ followsAtAppends: 1 }).feeds).toHaveLength(0);
  });

  test('asks for the streams of its ledger and their metadata, from now on', () => {
    const { feeds } = setUp();
    const pattern = `${domainStreamPattern}|${domainStreamPattern.replace('^', String.raw`^\$\$`)}`;
    expect(feeds[0]!.asked).toEqual({ fromPosition: dbClient.END, filter: dbClient.streamNameFilter({ regex: pattern }), credentials });
    const { regex } = setUp({ ledger: 'desk' }).feeds[0]!.asked['filter'] as { readonly regex: string };
    const asked = new RegExp(regex);
    const names = ['desk.sleeve-a', '$$desk.sleeve-a', 'sleeve-a', '$$sleeve-a', 'desk.other', 'deskxsleeve-a'];
    expect(names.map((name) => asked.test(name))).toEqual([true, true, false, false, false, false]);
  });

  test('knows nothing before the server has confirmed it and said what is cut', async () => {
    const cuts = new Later<readonly ResolvedEvent[]>();
    const { feed, feeds } = setUp({ cuts: () => cuts.answer });
    const unknown = async () => [feed.cutsOf('sleeve-a'), await feed.stored('sleeve-a', 1n, 1, behind(10))];
    expect(await unknown()).toEqual([null, null]);
    feeds[0]!.emit('confirmation');
    feeds[0]!.emit('data', { event: eventAt(10) });
    feeds[0]!.emit('data', { link: eventAt(20) });
    await turns();
    expect(await unknown()).toEqual([null, null]);
    cuts.say([{ event: metadataOf('sleeve-b', 5, { $maxCount: 3, $tb: 1 }) }, { link: recordedAt(6) }] as unknown as ResolvedEvent[]);
    await turns();
    expect([feed.cutsOf('sleeve-a'), feed.cutsOf('sleeve-b')]).toEqual([[], ['$tb', '$maxCount']]);
    // It came before the answer about the cuts, and counts all the same.
    expect(await feed.stored('sleeve-a', 1n, 1, behind(10))).toEqual([eventAt(10)]);
  });

  test('says what metadata cut a stream by, and that they no longer do', async () => {
    const { feed, feeds } = await live();
    feeds[0]!.emit('data', { event: metadataOf('sleeve-a', 10, { $maxAge: 60 }) });
    expect(feed.cutsOf('sleeve-a')).toEqual(['$maxAge']);
    feeds[0]!.emit('data', { event: metadataOf('sleeve-a', 20, {}) });
    expect(feed.cutsOf('sleeve-a')).toEqual([]);
  });
});

describe('what was appended', () => {
  test('is there once it has been pushed, each event of it, in order', async () => {
    const { feed, feeds } = await live();
    const asked = feed.stored('sleeve-a', 1n, 3, behind(30));
    for (const commit of [10, 20, 30, 40]) feeds[0]!.emit('data', { event: eventAt(commit) });
    expect(await asked).toEqual([eventAt(10), eventAt(20), eventAt(30)]);
    expect(await feed.stored('sleeve-a', 4n, 1, behind(40))).toEqual([eventAt(40)]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('has to be read where only a part of it was pushed, or another stream has gone further', async () => {
    const { feed, feeds } = await live();
    for (const commit of [20, 30]) feeds[0]!.emit('data', { event: eventAt(commit) });
    expect(await feed.stored('sleeve-a', 1n, 3, behind(30))).toBeNull();
    // Pushed in order: what has not come up to there will not come.
    expect(await feed.stored('sleeve-b', 0n, 1, { revision: 0n, position: { commit: 30n, prepare: 30n } })).toBeNull();
    expect(await feed.stored('sleeve-b', 0n, 1, { revision: 0n, position: { commit: 29n, prepare: 31n } })).toBeNull();
    expect(feeds[0]!.done).toEqual([]);
  });

  test.each([null, { commit: 31n, prepare: 31n }])('is waited for where it stands at %o, though others have come', async (position) => {
    const { feed, feeds } = await live();
    feeds[0]!.emit('data', { event: eventAt(30) });
    const asked = feed.stored('sleeve-b', 0n, 1, { revision: 0n, position });
    const theirs = recordedAt(31, { streamId: 'sleeve-b' });
    feeds[0]!.emit('data', { event: theirs });
    expect(await asked).toEqual([theirs]);
  });

  test('is kept for the last 1024 events', async () => {
    const { feed, feeds } = await live();
    for (let number = 1; number <= 1_025; number++) feeds[0]!.emit('data', { event: eventAt(10 * number) });
    expect(await feed.stored('sleeve-a', 1n, 1, behind(10))).toBeNull();
    expect(await feed.stored('sleeve-a', 2n, 1_024, behind(10_250))).toHaveLength(1_024);
  });

  test('that is not pushed within twice 250 ms has to be read, and the feed is begun again', async () => {
    const { feed, feeds } = await live();
    let outcome: unknown = 'pending';
    void feed.stored('sleeve-a', 1n, 1, behind(10)).then((answer) => (outcome = answer));
    await jest.advanceTimersByTimeAsync(499);
    expect([outcome, feeds[0]!.done]).toEqual(['pending', []]);
    await jest.advanceTimersByTimeAsync(1);
    await turns();
    expect([outcome, feed.cutsOf('sleeve-a'), feeds[0]!.done]).toEqual([null, null, ['unsubscribe', 'destroy']]);
    await jest.advanceTimersByTimeAsync(10);
    expect(feeds).toHaveLength(2);
  });

  test('behind a long turn of the event loop is looked at a second time', async () => {
    const { feed, feeds } = await live();
    const asked = feed.stored('sleeve-a', 1n, 1, behind(10));
    await jest.advanceTimersByTimeAsync(300);
    feeds[0]!.emit('data', { event: eventAt(10) });
    expect(await asked).toEqual([eventAt(10)]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('a feed that is over', () => {
  test.each(['error', 'end', 'close'])('by %s answers who waits, and is begun again after a pause', async (how) => {
    const { feed, feeds } = await live();
    const asked = feed.stored('sleeve-a', 1n, 1, behind(10));
    feeds[0]!.emit(how, new Error('gone'));
    expect(await asked).toBeNull();
    await turns();
    expect([feed.cutsOf('sleeve-a'), feeds[0]!.done, feeds.length]).toEqual([null, ['unsubscribe', 'destroy'], 1]);
    await jest.advanceTimersByTimeAsync(9);
    expect(feeds).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(feeds).toHaveLength(2);
    feeds[1]!.emit('confirmation');
    await turns();
    expect(feed.cutsOf('sleeve-a')).toEqual([]);
  });

  test('before it was confirmed is begun again after pauses that grow, and shorter ones once it was there', async () => {
    const { feeds } = setUp();
    const pauses: number[] = [];
    const endNewest = async (): Promise<void> => {
      const count = feeds.length;
      feeds.at(-1)!.emit('end');
      await turns();
      for (let ms = 1; ms <= 100 && feeds.length === count; ms++) {
        await jest.advanceTimersByTimeAsync(1);
        if (feeds.length > count) pauses.push(ms);
      }
    };
    for (let time = 0; time < 4; time++) await endNewest();
    expect(pauses).toEqual([10, 20, 40, 40]);
    feeds.at(-1)!.emit('confirmation');
    await turns();
    await endNewest();
    await endNewest();
    expect(pauses.slice(4)).toEqual([10, 20]);
  });

  test('because nobody may know what is cut, is begun again', async () => {
    const denied = Object.assign(new Error('no'), { code: status.PERMISSION_DENIED });
    const { feed, feeds } = await live({ cuts: () => Promise.reject(denied) });
    expect([feed.cutsOf('sleeve-a'), feeds[0]!.done]).toEqual([null, ['unsubscribe', 'destroy']]);
    await jest.advanceTimersByTimeAsync(10);
    expect(feeds).toHaveLength(2);
  });

  test('with its store is not begun again', async () => {
    const { feed, feeds, closing } = await live();
    const asked = feed.stored('sleeve-a', 1n, 1, behind(10));
    closing.abort();
    expect(await asked).toBeNull();
    await turns();
    await jest.advanceTimersByTimeAsync(1_000);
    expect([feeds.length, feeds[0]!.done]).toEqual([1, ['unsubscribe', 'destroy']]);
    // An error may come when nobody listens any more.
    feeds[0]!.emit('error', new Error('late'));
  });

  test('while the cuts are read knows none, and is begun again as one that never was there', async () => {
    const asked: Later<readonly ResolvedEvent[]>[] = [];
    const { feed, feeds } = setUp({ cuts: () => (asked.push(new Later()), asked.at(-1)!.answer) });
    for (const pauseMs of [10, 20, 40]) {
      const count = feeds.length;
      feeds.at(-1)!.emit('confirmation');
      await turns();
      feeds.at(-1)!.emit('end');
      asked.at(-1)!.say([]);
      await turns();
      expect([feed.cutsOf('sleeve-a'), feeds.at(-1)!.done]).toEqual([null, ['unsubscribe', 'destroy']]);
      await jest.advanceTimersByTimeAsync(pauseMs - 1);
      expect(feeds).toHaveLength(count);
      await jest.advanceTimersByTimeAsync(1);
      expect(feeds).toHaveLength(count + 1);
    }
  });

  test('before it was confirmed does not ask what is cut', async () => {
    let asked = 0;
    const { feeds } = setUp({ cuts: async () => (asked++, []) });
    feeds[0]!.emit('end');
    await turns();
    expect([asked, feeds[0]!.done]).toEqual([0, ['unsubscribe', 'destroy']]);
  });
});
