/** Deliveries by scripted calls: how a group is made and joined again, what counts as a delivery, and what ends it for good. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { CreateReq } from '@eventstore/db-client/generated/persistent_pb.js';
import { status } from '@grpc/grpc-js';
import { domainStreamPattern } from '../../../domain/audit/streams.ts';
import type { Delivery } from '../../../handlers/ports/ports.ts';
import { EventStoreDbDeliveries } from '../../../infra/eventstoredb/deliveries.ts';
import { creation, groupName } from '../../../infra/eventstoredb/group.ts';
import { deliveryAnswer, membershipAnswer } from '../../support/fake-eventstoredb/messages.ts';
import { logRecordAt, ScriptedCall } from '../../support/fake-eventstoredb/scripted-call.ts';
import { recordedAt, scriptedSession } from '../../support/fake-eventstoredb/scripted-session.ts';
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
  for (let turn = 0; turn < 8; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const away = Object.assign(new Error('gone'), { code: status.UNAVAILABLE });
const denied = Object.assign(new Error('no'), { code: status.PERMISSION_DENIED });
const idAt = (commit: number): string => logRecordAt(commit).id;
const group = (types: readonly string[] = ['ThingSeen']): string => groupName('reaction', types);

interface Given {
  readonly types?: readonly string[];
  readonly ledger?: string;
  readonly newest?: () => Promise<readonly unknown[]>;
  readonly createGroup?: () => Promise<boolean>;
  readonly openGroup?: (call: ScriptedCall) => Promise<ScriptedCall>;
  readonly begin?: (leaving: AbortController, closing: AbortController) => void;
}

function setUp(given: Given = {}) {
  const { types = ['ThingSeen'], newest = async () => [], createGroup = async () => true, openGroup = async (call) => call } = given;
  const calls: ScriptedCall[] = [];
  const asked: unknown[][] = [];
  const client = {
    readAllPage: async (...told: unknown[]) => (asked.push(['all', ...told]), newest()),
    createGroup: async (request: CreateReq, ...told: unknown[]) => (asked.push(['create', request.toObject(), ...told]), createGroup()),
    openGroup: async (...told: unknown[]) => {
      asked.push(['open', ...told]);
      calls.push(new ScriptedCall());
      return openGroup(calls.at(-1)!);
    },
    groupInfo: async (...told: unknown[]) => {
      asked.push(['info', ...told]);
      return { getParkedMessageCount: () => '0', getMaxRetryCount: () => 2_147_483_647 };
    },
  };
  const retry = { callMsMax: 1_000, silenceMsMax: 500, backoffMsMin: 20, backoffMsMax: 80, waitMsMax: 5_000 };
  const { session, closing, heard, lines } = scriptedSession(client, retry, given.ledger ?? null);
  const leaving = new AbortController();
  leavings.push(leaving);
  given.begin?.(leaving, closing);
  const membership = new EventStoreDbDeliveries(session).join('reaction', { types, signal: leaving.signal });
  const deliveries: Delivery[] = [];
  const state: { outcome: unknown; joined: unknown } = { outcome: 'under way', joined: 'not yet' };
  void membership.joined.then(
    () => (state.joined = 'joined'),
    (error: unknown) => (state.joined = error),
  );
  const over = (async () => {
    for await (const delivery of membership) deliveries.push(delivery);
    return 'over';
  })();
  over.then(
    (outcome) => void (state.outcome = outcome),
    (error: unknown) => void (state.outcome = error),
  );
  const commits = () => deliveries.map(({ event }) => event.position);
  return { calls, asked, heard, lines, leaving, closing, deliveries, state, commits };
}
const at = (commit: number) => ({ commit: BigInt(commit), prepare: BigInt(commit) });

describe('a group', () => {
  test('is made for the types on the server, each once, to begin behind the newest event of the ledger', async () => {
    const types = ['B', 'A', 'B'];
    const { asked, state } = setUp({ types, ledger: 'desk', newest: async () => [{ event: recordedAt(40) }] });
    await turns();
    const name = `desk.${group(types)}`;
    expect(asked).toEqual([
      ['all', null, { streams: domainStreamPattern }, 1, 'backwards', 1_000],
      ['create', creation(name, ['desk.B', 'desk.A'], at(40)).toObject(), 1_000],
      ['open', name, 64],
    ]);
    expect(state.joined).toBe('joined');
  });

  test.each([[[]], [[{ link: recordedAt(1) }]]])('of a ledger without events begins at the beginning %#', async (newest) => {
    const { asked } = setUp({ newest: async () => newest });
    await turns();
    expect(asked[1]).toEqual(['create', creation(group(), ['ThingSeen'], null).toObject(), 1_000]);
  });

  test('that may not be made or begun says so where it was joined and where it is read', async () => {
    for (const given of [{ createGroup: () => Promise.reject(denied) }, { newest: () => Promise.reject(denied) }]) {
      const { state, asked } = setUp(given);
      await turns();
      const right = 'createGroup' in given ? 'make a persistent subscription to $all, as members of $ops may' : 'read $all';
      expect(state.joined).toMatchObject({ code: 'StoreAccessDenied', evidence: { right } });
      expect(state.outcome).toBe(state.joined);
      expect(asked.map(([what]) => what)).not.toContain('open');
    }
  });

  test.each<[string, Partial<Given>, string[]]>([
    ['of no types', { types: [] }, []],
    ['left before', { begin: (leaving) => leaving.abort() }, []],
  ])('%s is not made, and ends when it is left', async (_what, given, expected) => {
    const { state, asked, leaving } = setUp(given);
    await turns();
    expect([state.joined, asked]).toEqual(['joined', expected]);
    expect(state.outcome).toBe(leaving.signal.aborted ? 'over' : 'under way');
    leaving.abort();
    await turns();
    expect([state.outcome, asked]).toEqual(['over', []]);
  });

  test('of a store that is closed is refused', async () => {
    const { state, asked } = setUp({ begin: (_, closing) => closing.abort() });
    await turns();
    const closed = { code: 'StoreUnavailable', message: 'the store is closed' };
    expect(state).toMatchObject({ joined: closed, outcome: closed });
    expect(asked).toEqual([]);
  });

  test('left while it is made is no failure', async () => {
    const { state, leaving } = setUp({ createGroup: () => new Promise(() => undefined) });
    await turns();
    leaving.abort();
    await turns();
    expect(state).toEqual({ joined: 'joined', outcome: 'over' });
  });
});

describe('a delivery', () => {
  test('is an event of the ledger and of a type that is wanted; what is not is settled and passed over', async () => {
    const { calls, deliveries, heard, asked } = setUp({ newest: async () => [{ event: recordedAt(10) }] });
    await turns();
    heard.length = 0;
    calls[0]!.bring(membershipAnswer());
    await turns();
    expect([heard, asked.at(-1)]).toEqual([['answered'], ['info', group(), 1_000]]);
    calls[0]!.bring(
      deliveryAnswer(logRecordAt(9), 0),
      deliveryAnswer(logRecordAt(10), 0),
      deliveryAnswer(logRecordAt(11), 0),
      deliveryAnswer(logRecordAt(12, { type: 'ThingSeenAgain' }), 0),
      deliveryAnswer(logRecordAt(13, { stream: 'artifact-1' }), 0),
      deliveryAnswer(logRecordAt(14), 0, 'unresolved link'),
      deliveryAnswer(logRecordAt(15), 0),
    );
    await turns();
    expect(deliveries.map(({ event }) => event)).toEqual(
      [11, 15].map((commit) => ({
        id: idAt(commit),
        type: 'ThingSeen',
        contentHash: 'c',
        hash: 'h',
        recordedAt: 't',
        bytes: Uint8Array.from(Buffer.from(`{"at":${commit}}`)),
        stream: 'sleeve-a',
        revision: 3n,
        position: `${commit}/${commit}`,
      })),
    );
    expect(calls[0]!.said).toEqual([9, 10, 12, 13, 14].map((commit) => `ack ${idAt(commit)}`));
  });

  test('from before the newest event is one where the group was there already', async () => {
    const { calls, commits } = setUp({ newest: async () => [{ event: recordedAt(10) }], createGroup: async () => false });
    await turns();
    calls[0]!.bring(deliveryAnswer(logRecordAt(9), 0));
    await turns();
    expect(commits()).toEqual(['9/9']);
  });

  test('is settled once or handed back once, after 200 ms', async () => {
    const { calls, deliveries } = setUp();
    await turns();
    calls[0]!.bring(...[1, 2].map((commit) => deliveryAnswer(logRecordAt(commit), 0)));
    await turns();
    const [one, two] = deliveries;
    await one!.settle();
    await one!.settle();
    await one!.retry('why');
    await two!.retry('not yet');
    await two!.retry('not yet');
    await two!.settle();
    expect(calls[0]!.said).toEqual([`ack ${idAt(1)}`]);
    calls[0]!.bring(membershipAnswer());
    await jest.advanceTimersByTimeAsync(199);
    expect(calls[0]!.said).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(calls[0]!.said).toEqual([`ack ${idAt(1)}`, `nack 2 not yet ${idAt(2)}`]);
  });

  test('of many tries is said, every tenth', async () => {
    const { calls, lines } = setUp();
    await turns();
    for (const tries of [0, 1, 9, 10, 11, 20]) calls[0]!.bring(deliveryAnswer(logRecordAt(1), tries));
    await turns();
    expect(lines).toEqual(
      [10, 20].map((tries) => [
        'warn',
        { group: group(), stream: 'sleeve-a', revision: '3', tries },
        'an event is delivered again and again',
      ]),
    );
  });
});

describe('a membership', () => {
  test.each(['end', 'failure'])('goes on after the %s of its call, in another one', async (how) => {
    const { calls, heard, commits } = setUp();
    await turns();
    heard.length = 0;
    calls[0]!.bring(deliveryAnswer(logRecordAt(1), 0));
    await turns();
    if (how === 'end') calls[0]!.push(null);
    else calls[0]!.destroy(away);
    await turns();
    expect([calls.length, calls[0]!.said.at(-1), heard]).toEqual([1, 'cancel', how === 'end' ? [] : ['failed']]);
    await jest.advanceTimersByTimeAsync(9);
    expect(calls).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(calls).toHaveLength(2);
    calls[1]!.bring(deliveryAnswer(logRecordAt(2), 0));
    await turns();
    expect(commits()).toEqual(['1/1', '2/2']);
  });

  test('goes on after silence, soon, however often, and tells nobody of it', async () => {
    const { calls, heard } = setUp();
    await turns();
    heard.length = 0;
    for (let times = 1; times < 5; times++) {
      await jest.advanceTimersByTimeAsync(499);
      expect(calls).toHaveLength(times);
      await jest.advanceTimersByTimeAsync(1);
      await turns();
      await jest.advanceTimersByTimeAsync(5);
      await turns();
      expect(calls).toHaveLength(times + 1);
    }
    expect(heard).toEqual([]);
  });

  test('is tried again after pauses that grow with each failure in a row', async () => {
    let isAway = true;
    const { calls } = setUp({ openGroup: async (call) => (isAway ? Promise.reject(away) : call) });
    /** Milliseconds until the next call is opened. */
    const waited = async (): Promise<number> => {
      const count = calls.length;
      for (let ms = 1; ms <= 100; ms++) {
        await jest.advanceTimersByTimeAsync(1);
        await turns();
        if (calls.length > count) return ms;
      }
      return Number.POSITIVE_INFINITY;
    };
    await turns();
    expect([await waited(), await waited(), await waited(), await waited()]).toEqual([10, 20, 40, 40]);
    isAway = false;
    await waited();
    calls.at(-1)!.bring(deliveryAnswer(logRecordAt(1), 0));
    await turns();
    calls.at(-1)!.destroy(away);
    await turns();
    expect(await waited()).toBe(10);
  });

  test('ends by what the server refuses for certain, in our words', async () => {
    for (const [code, expected] of [
      [status.PERMISSION_DENIED, { code: 'StoreAccessDenied', evidence: { server: 's:1', user: 'ops' } }],
      [status.NOT_FOUND, { code: 'StoreUnavailable', message: 'EventStoreDB at s:1: no' }],
    ] as const) {
      const { calls, state } = setUp();
      await turns();
      calls[0]!.destroy(Object.assign(new Error('no'), { code }));
      await turns();
      expect(state.outcome).toMatchObject(expected);
      expect([calls.length, calls[0]!.said.at(-1)]).toEqual([1, 'cancel']);
    }
  });

  test.each(['left', 'closed'])('ends without an error when it is %s, while it waits, fails or pauses', async (how) => {
    for (const when of ['waits', 'fails', 'pauses']) {
      const { calls, state, leaving, closing } = setUp();
      await turns();
      if (when === 'fails') calls[0]!.destroy(denied);
      if (when === 'pauses') {
        calls[0]!.destroy(away);
        await turns();
      }
      (how === 'left' ? leaving : closing).abort();
      await turns();
      expect([state.outcome, calls.length, calls[0]!.said.at(-1)]).toEqual(['over', 1, 'cancel']);
    }
  });

  test('that is left brings nothing more', async () => {
    const { calls, commits, leaving, state } = setUp();
    await turns();
    calls[0]!.bring(deliveryAnswer(logRecordAt(1), 0));
    await turns();
    leaving.abort();
    calls[0]!.bring(deliveryAnswer(logRecordAt(2), 0));
    await turns();
    expect([commits(), state.outcome]).toEqual([['1/1'], 'over']);
  });
});
