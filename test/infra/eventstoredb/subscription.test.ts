/** Subscriptions by scripted feeds: each event once and in order, from where it is gone on, and what ends it for good. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import dbClient from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { domainStreamPattern } from '../../../domain/audit/streams.ts';
import { storedEvent } from '../../../infra/eventstoredb/recorded-event.ts';
import { subscription } from '../../../infra/eventstoredb/subscription.ts';
import { credentials, recordedAt, ScriptedFeed, scriptedSession } from '../../support/fake-eventstoredb/scripted-session.ts';
import { refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate', 'nextTick', 'queueMicrotask'] });
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
const leavings: AbortController[] = [];
afterEach(() => {
  for (const leaving of leavings.splice(0)) leaving.abort();
  jest.restoreAllMocks();
  jest.useRealTimers();
});
refuseUnheardRejections();

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const eventAt = (commit: number, more: object = {}) => ({ event: recordedAt(commit, more) });
const away = Object.assign(new Error('gone'), { code: status.UNAVAILABLE });
type Reached = (feed: unknown, position: unknown) => Promise<void>;

interface Given {
  readonly after?: string;
  readonly types?: readonly string[];
  readonly ledger?: string;
  readonly begin?: (leaving: AbortController, closing: AbortController) => void;
  readonly onEvent?: (leaving: AbortController) => void;
}

/** A subscription with whoever takes its events; `positions` has what came, `outcome` how it ended. */
function follow({ after, types, ledger, begin, onEvent }: Given = {}) {
  const feeds: ScriptedFeed[] = [];
  const client = {
    subscribeToAll: (asked: Readonly<Record<string, unknown>>) => {
      const feed = new ScriptedFeed(asked);
      feeds.push(feed);
      return feed;
    },
  };
  const retry = { silenceMsMax: 500, backoffMsMin: 20, backoffMsMax: 80 };
  const { session, closing, heard } = scriptedSession(client, retry, ledger ?? null);
  const leaving = new AbortController();
  leavings.push(leaving);
  begin?.(leaving, closing);
  const positions: string[] = [];
  const state: { outcome: unknown } = { outcome: 'under way' };
  const over = (async () => {
    for await (const event of subscription(session, { after: after ?? null, types: types ?? null, signal: leaving.signal })) {
      positions.push(event.position);
      onEvent?.(leaving);
    }
    return 'over';
  })();
  over.then(
    (outcome) => void (state.outcome = outcome),
    (error: unknown) => void (state.outcome = error),
  );
  const checkpoint = (commit: number): void => {
    const { checkpointReached } = feeds.at(-1)!.asked['filter'] as { readonly checkpointReached: Reached };
    void checkpointReached(feeds.at(-1), { commit: BigInt(commit), prepare: BigInt(commit) });
  };
  /** Fails the newest feed, and lets the next be opened; answers from where it was. */
  const reopened = async (): Promise<unknown> => {
    feeds.at(-1)!.fail(away);
    await turns();
    await jest.advanceTimersByTimeAsync(100);
    return feeds.at(-1)!.asked['fromPosition'];
  };
  return { feeds, heard, leaving, closing, positions, state, checkpoint, reopened };
}
const at = (commit: number) => ({ commit: BigInt(commit), prepare: BigInt(commit) });
const texts = (...commits: number[]) => commits.map((commit) => `${commit}/${commit}`);

describe('a subscription asks', () => {
  const common = { checkpointInterval: 1, maxSearchWindow: 64, checkpointReached: expect.any(Function) as unknown as () => Promise<void> };

  test('for the streams of the ledger from the beginning, where nothing else is said', async () => {
    const { feeds } = follow();
    await turns();
    const filter = dbClient.streamNameFilter({ regex: domainStreamPattern, ...common });
    expect(feeds[0]!.asked).toEqual({ fromPosition: dbClient.START, filter, credentials });
  });

  test('for each type once, by the names on the server, after a position', async () => {
    const { feeds } = follow({ after: '12/7', types: ['B', 'A', 'B'], ledger: 'desk' });
    await turns();
    const filter = dbClient.eventTypeFilter({ prefixes: ['desk.B', 'desk.A'], ...common });
    expect(feeds[0]!.asked).toEqual({ fromPosition: { commit: 12n, prepare: 7n }, filter, credentials });
  });

  test('for the streams of its own ledger among several', async () => {
    const { feeds } = follow({ ledger: 'desk' });
    await turns();
    const { regex } = feeds[0]!.asked['filter'] as { readonly regex: string };
    expect(['desk.sleeve-a', 'sleeve-a', 'desk.x'].map((name) => new RegExp(regex).test(name))).toEqual([true, false, false]);
  });

  test('for nothing where no type is wanted, and ends when it is left', async () => {
    const { feeds, state, leaving } = follow({ types: [] });
    await turns();
    expect([feeds.length, state.outcome]).toEqual([0, 'under way']);
    leaving.abort();
    await turns();
    expect([feeds.length, state.outcome]).toEqual([0, 'over']);
  });

  test.each<[string, Given['begin']]>([
    ['left', (leaving) => leaving.abort()],
    ['closed', (_, closing) => closing.abort()],
  ])('for nothing where it was %s before', async (_what, begin) => {
    const { feeds, state } = follow({ begin: begin! });
    await turns();
    expect([feeds.length, state.outcome]).toEqual([0, 'over']);
  });

  test('for nothing at a position that is none', async () => {
    const { feeds, state } = follow({ after: '12' });
    await turns();
    expect(feeds).toEqual([]);
    expect(state.outcome).toMatchObject({ code: 'Usage', evidence: { position: '12' } });
  });
});

describe('a subscription brings', () => {
  test('each event as it is stored, in order', async () => {
    const { session } = scriptedSession({ subscribeToAll: () => feed });
    const feed = new ScriptedFeed({});
    feed.push(eventAt(1), eventAt(2));
    const seen: unknown[] = [];
    for await (const event of subscription(session, { after: null, types: null, signal: new AbortController().signal })) {
      seen.push(event);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([storedEvent(recordedAt(1)), storedEvent(recordedAt(2))]);
    expect(feed.done).toEqual(['unsubscribe', 'destroy']);
    feed.emit('error', new Error('late'));
  });

  test('no double, nothing from before its beginning, no link whose event is gone, and no other stream or type', async () => {
    const { feeds, positions, heard } = follow({ after: '5/5', types: ['ThingSeen'] });
    await turns();
    feeds[0]!.push(
      eventAt(5),
      eventAt(4),
      eventAt(6),
      eventAt(6),
      { link: recordedAt(7) },
      eventAt(7),
      { link: recordedAt(9), event: recordedAt(1) },
      eventAt(8),
      {},
      eventAt(10, { type: 'ThingSeenAgain' }),
      eventAt(11, { streamId: 'artifact-1' }),
      eventAt(12),
    );
    await turns();
    // The link at 7 passed over its place, and that at 9 brings the event where it links to.
    expect(positions).toEqual([...texts(6), ...texts(1), ...texts(12)]);
    expect(new Set(heard)).toEqual(new Set(['answered']));
  });

  test("the ledger's own names of a ledger among several", async () => {
    const { feeds, positions } = follow({ ledger: 'desk', types: ['ThingSeen'] });
    await turns();
    feeds[0]!.push(eventAt(1), eventAt(2, { streamId: 'desk.sleeve-a', type: 'desk.ThingSeen' }));
    await turns();
    expect(positions).toEqual(texts(2));
  });

  test('no more once it is left, in the middle of a page', async () => {
    const { feeds, positions, state } = follow({ onEvent: (leaving) => leaving.abort() });
    await turns();
    feeds[0]!.push(eventAt(1), eventAt(2));
    await turns();
    expect([positions, state.outcome]).toEqual([texts(1), 'over']);
  });
});

describe('a subscription goes on', () => {
  test.each<[string, (feed: ScriptedFeed) => void, string[]]>([
    ['an end', (feed) => feed.finish(), ['answered', 'answered']],
    ['a failure', (feed) => feed.fail(away), ['answered', 'answered', 'failed']],
  ])('behind the last event, after %s', async (_what, end, told) => {
    const { feeds, positions, heard } = follow();
    await turns();
    feeds[0]!.push(eventAt(1), eventAt(2));
    end(feeds[0]!);
    await turns();
    expect([feeds.length, feeds[0]!.done, heard]).toEqual([1, ['unsubscribe', 'destroy'], told]);
    await jest.advanceTimersByTimeAsync(9);
    expect(feeds).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(feeds[1]!.asked['fromPosition']).toEqual(at(2));
    feeds[1]!.push(eventAt(2), eventAt(3));
    await turns();
    expect(positions).toEqual(texts(1, 2, 3));
  });

  test('after silence, soon, however often, and tells nobody of it', async () => {
    const { feeds, heard } = follow();
    await turns();
    for (let times = 1; times < 5; times++) {
      await jest.advanceTimersByTimeAsync(499);
      expect(feeds).toHaveLength(times);
      await jest.advanceTimersByTimeAsync(1);
      expect(feeds[times - 1]!.done).toEqual(['unsubscribe', 'destroy']);
      await jest.advanceTimersByTimeAsync(5);
      expect(feeds).toHaveLength(times + 1);
    }
    expect(heard).toEqual([]);
  });

  test('after pauses that grow with each failure in a row', async () => {
    const { feeds } = follow();
    await turns();
    const pauses: number[] = [];
    const failNewest = async (): Promise<void> => {
      const count = feeds.length;
      feeds.at(-1)!.fail(away);
      await turns();
      for (let ms = 1; ms <= 100 && feeds.length === count; ms++) {
        await jest.advanceTimersByTimeAsync(1);
        if (feeds.length > count) pauses.push(ms);
      }
    };
    for (let time = 0; time < 4; time++) await failNewest();
    expect(pauses).toEqual([10, 20, 40, 40]);
    feeds.at(-1)!.push(eventAt(1));
    await turns();
    await failNewest();
    expect(pauses.slice(4)).toEqual([10]);
  });

  test('from a checkpoint behind which something came, never from one that may have overtaken events', async () => {
    const { feeds, positions, checkpoint, reopened } = follow();
    await turns();
    feeds[0]!.push(eventAt(1));
    checkpoint(10);
    await turns();
    // Nothing came behind it: there may be events that it has overtaken.
    expect(await reopened()).toEqual(at(1));
    checkpoint(10);
    checkpoint(20);
    await turns();
    expect(await reopened()).toEqual(at(10));
    checkpoint(30);
    feeds.at(-1)!.push(eventAt(25));
    await turns();
    // It had overtaken that event, and is not believed, then or later.
    expect(await reopened()).toEqual(at(25));
    checkpoint(40);
    feeds.at(-1)!.push(eventAt(40));
    await turns();
    expect(await reopened()).toEqual(at(40));
    checkpoint(50);
    feeds.at(-1)!.push(eventAt(60));
    checkpoint(5);
    checkpoint(6);
    await turns();
    expect(await reopened()).toEqual(at(60));
    expect(positions).toEqual(texts(1, 25, 40, 60));
  });

  test('from a checkpoint where there was no event yet, and drops what stands before it', async () => {
    const { feeds, positions, checkpoint, reopened } = follow();
    await turns();
    checkpoint(10);
    checkpoint(20);
    await turns();
    expect(await reopened()).toEqual(at(10));
    // A checkpoint of the feed that failed is forgotten with it.
    feeds.at(-1)!.push(eventAt(9), eventAt(15));
    await turns();
    expect(positions).toEqual(texts(15));
    expect(await reopened()).toEqual(at(15));
  });
});

describe('a subscription ends', () => {
  test('by what the server refuses for certain, in our words', async () => {
    const { feeds, heard, state } = follow();
    await turns();
    feeds[0]!.fail(Object.assign(new Error('no'), { code: status.PERMISSION_DENIED }));
    await turns();
    expect(state.outcome).toMatchObject({
      code: 'StoreAccessDenied',
      evidence: { server: 's:1', user: 'ops', right: 'read $all' },
    });
    expect([heard, feeds.length, jest.getTimerCount()]).toEqual([[], 1, 0]);
  });

  test.each(['left', 'closed'])('without an error when it is %s, also while it waits or pauses', async (how) => {
    for (const isPausing of [false, true]) {
      const { feeds, heard, leaving, closing, state } = follow();
      await turns();
      if (isPausing) feeds[0]!.fail(away);
      await turns();
      (how === 'left' ? leaving : closing).abort();
      await turns();
      expect([state.outcome, feeds.length, heard]).toEqual(['over', 1, isPausing ? ['failed'] : []]);
      expect(jest.getTimerCount()).toBe(0);
    }
  });

  test('without an error where it fails because it is left', async () => {
    const { feeds, heard, leaving, state } = follow();
    await turns();
    feeds[0]!.fail(Object.assign(new Error('no'), { code: status.PERMISSION_DENIED }));
    leaving.abort();
    await turns();
    expect([state.outcome, heard]).toEqual(['over', []]);
  });
});
