/** A member of a group by a scripted call: what it hears, what it says, and how it leaves. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { NoAnswer } from '../../../infra/eventstoredb/failures.ts';
import { Member, type Received } from '../../../infra/eventstoredb/member.ts';
import { deliveryAnswer, membershipAnswer } from '../../support/fake-eventstoredb/messages.ts';
import { logRecordAt, ScriptedCall } from '../../support/fake-eventstoredb/scripted-call.ts';
import { Later, scriptedSession } from '../../support/fake-eventstoredb/scripted-session.ts';
import { refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';

let now = 0;
beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate', 'nextTick', 'queueMicrotask'] });
  now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});
refuseUnheardRejections();

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const idAt = (commit: number): string => logRecordAt(commit).id;
const eventAt = (commit: number) => ({ event: { id: idAt(commit) }, retryCount: 0 }) as unknown as Received;

interface Given {
  readonly ledger?: string;
  readonly info?: () => Promise<unknown>;
}

async function setUp({ ledger, info = async () => undefined }: Given = {}) {
  const call = new ScriptedCall();
  const asked: unknown[][] = [];
  const client = {
    openGroup: async (...given: unknown[]) => (asked.push(['open', ...given]), call),
    groupInfo: async (...given: unknown[]) => (asked.push(['info', ...given]), info()),
  };
  const { session, closing } = scriptedSession(client, { callMsMax: 1_000, silenceMsMax: 300 }, ledger ?? null);
  const ended = new AbortController();
  const member = await Member.open(session, 'g', ended.signal);
  return { call, asked, closing, ended, member };
}

describe('a member', () => {
  test('joins with room for 64 events, and hears confirmations and events until the call ends', async () => {
    const { call, asked, member } = await setUp();
    expect(asked).toEqual([['open', 'g', 64]]);
    let confirmed = 0;
    const seen: unknown[] = [];
    const over = (async () => {
      for await (const { event, link, retryCount } of member.received(() => confirmed++))
        seen.push([event?.streamId, event?.id, link?.id, retryCount]);
    })();
    await turns();
    expect(confirmed).toBe(0);
    call.bring(membershipAnswer());
    await turns();
    expect(confirmed).toBe(1);
    call.bring(deliveryAnswer(logRecordAt(1), 0));
    call.bring(deliveryAnswer(logRecordAt(2), 7));
    call.bring(deliveryAnswer(logRecordAt(3), 0, 'unresolved link'));
    call.push(null);
    await over;
    expect(confirmed).toBe(1);
    expect(seen).toEqual([
      ['sleeve-a', idAt(1), undefined, 0],
      ['sleeve-a', idAt(2), undefined, 7],
      [undefined, undefined, idAt(3), 0],
    ]);
  });

  test("hears another ledger's events as links whose event is gone", async () => {
    const { call, member } = await setUp({ ledger: 'desk' });
    call.bring(deliveryAnswer(logRecordAt(1), 0));
    call.bring(deliveryAnswer(logRecordAt(2, { stream: 'desk.sleeve-a', type: 'desk.ThingSeen' }), 0));
    call.push(null);
    const seen: unknown[] = [];
    for await (const { event, link } of member.received(() => undefined)) seen.push([event?.streamId, event?.type, link?.id]);
    expect(seen).toEqual([
      [undefined, undefined, idAt(1)],
      ['sleeve-a', 'ThingSeen', undefined],
    ]);
  });

  test.each(['silence', 'end', 'error'])('is over by %s, and says so', async (how) => {
    const { call, ended, member } = await setUp();
    const next = member.received(() => undefined).next();
    next.catch(() => undefined);
    const gone = new Error('gone');
    await jest.advanceTimersByTimeAsync(299);
    if (how === 'end') ended.abort();
    if (how === 'error') call.destroy(gone);
    await jest.advanceTimersByTimeAsync(1);
    const expected = { silence: new NoAnswer('no answer within 300 ms'), end: new NoAnswer('the store is closed'), error: gone }[how]!;
    await expect(next).rejects.toThrow(expected);
  });

  test('that cannot join gives up after its time, and lets go of a call that comes later', async () => {
    const opened = new Later<ScriptedCall>();
    const { session } = scriptedSession({ openGroup: () => opened.answer }, { callMsMax: 1_000 });
    const joining = Member.open(session, 'g', new AbortController().signal);
    joining.catch(() => undefined);
    await jest.advanceTimersByTimeAsync(999);
    expect(await Promise.race([joining.catch(() => 'failed'), turns()])).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    await expect(joining).rejects.toThrow(new NoAnswer('no answer within 1000 ms'));
    const late = new ScriptedCall();
    opened.say(late);
    await turns();
    expect(late.said).toEqual(['cancel']);
    const failing = scriptedSession({ openGroup: () => Promise.reject(new Error('no')) });
    await expect(Member.open(failing.session, 'g', new AbortController().signal)).rejects.toThrow(new Error('no'));
  });
});

describe('what a member says', () => {
  test('acknowledges by the link where there is one', async () => {
    const { call, member } = await setUp();
    await member.acknowledge(eventAt(1));
    await member.acknowledge({ ...eventAt(2), link: { id: idAt(3) } } as unknown as Received);
    await member.acknowledge({ link: { id: idAt(4) } } as unknown as Received);
    expect(call.said).toEqual([1, 3, 4].map((commit) => `ack ${idAt(commit)}`));
  });

  test('hands back after a pause, to be tried again', async () => {
    const { call, member } = await setUp();
    const said = member.refuse(eventAt(1), 'not yet', 200);
    await jest.advanceTimersByTimeAsync(199);
    expect(call.said).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await said;
    // Action 2 is "retry" in the messages of the server: unknown, park, retry, skip, stop.
    expect(call.said).toEqual([`nack 2 not yet ${idAt(1)}`]);
  });

  test('waits for no server that does not read, beyond the time of a call, and not for one that is closed', async () => {
    const { call, member, closing } = await setUp();
    call.isDeaf = true;
    let settled = 0;
    void member.acknowledge(eventAt(1)).then(() => settled++);
    await jest.advanceTimersByTimeAsync(999);
    expect(settled).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(settled).toBe(1);
    void member.acknowledge(eventAt(2)).then(() => settled++);
    await turns();
    expect(settled).toBe(1);
    closing.abort();
    await turns();
    expect(settled).toBe(2);
  });

  test.each(['ended', 'failed', 'destroyed'])('is nothing where the call has %s', async (how) => {
    const { call, member } = await setUp();
    const next = member.received(() => undefined).next();
    next.catch(() => undefined);
    if (how === 'ended') call.push(null);
    else if (how === 'failed') call.destroy(new Error('gone'));
    else call.destroy();
    await turns();
    await member.acknowledge(eventAt(1));
    expect(call.said).toEqual([]);
  });
});

describe('a member that leaves', () => {
  test('asks the server something behind its last word, waits a moment for it, and is gone', async () => {
    const { call, asked, member } = await setUp();
    void member.refuse(eventAt(1), 'not yet', 60_000);
    now = 1_000;
    await member.acknowledge(eventAt(2));
    now = 1_500;
    let isGone = false;
    void member.leave().then(() => (isGone = true));
    await turns();
    expect(call.said).toEqual([`ack ${idAt(2)}`, `nack 2 not yet ${idAt(1)}`, 'end']);
    expect(asked.slice(1)).toEqual([['info', 'g', 500]]);
    await jest.advanceTimersByTimeAsync(49);
    expect([isGone, call.said.includes('cancel')]).toEqual([false, false]);
    await jest.advanceTimersByTimeAsync(1);
    expect([isGone, call.said.at(-1), jest.getTimerCount()]).toEqual([true, 'cancel', 0]);
    await member.acknowledge(eventAt(3));
    expect(call.said.filter((word) => word.startsWith('ack'))).toHaveLength(1);
  });

  test.each([
    [500, 1],
    [501, 0],
  ])('%i ms behind its last word asks %i times', async (ms, times) => {
    const { asked, member } = await setUp({ info: () => Promise.reject(new Error('gone')) });
    now = 1_000;
    await member.acknowledge(eventAt(1));
    now += ms;
    const left = member.leave();
    await jest.advanceTimersByTimeAsync(50);
    await left;
    expect(asked).toHaveLength(1 + times);
  });

  test.each(['has said nothing', 'has no call any more'])('and %s asks nothing', async (how) => {
    const { call, asked, member } = await setUp();
    if (how === 'has no call any more') {
      await member.acknowledge(eventAt(1));
      call.push(null);
      for await (const _ of member.received(() => undefined)) throw new Error('heard');
    }
    await member.leave();
    expect([asked.length, call.said.slice(-2)]).toEqual([1, ['end', 'cancel']]);
  });

  test('waits for its words no longer than half a second', async () => {
    const { call, asked, member } = await setUp();
    call.isDeaf = true;
    void member.acknowledge(eventAt(1));
    let isGone = false;
    void member.leave().then(() => (isGone = true));
    await jest.advanceTimersByTimeAsync(499);
    expect(isGone).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect([isGone, call.said.at(-1), asked.length]).toEqual([true, 'cancel', 1]);
    await jest.advanceTimersByTimeAsync(500);
  });

  test('of a store that is closed is gone at once', async () => {
    const { call, member, closing } = await setUp({ info: () => new Promise(() => undefined) });
    await member.acknowledge(eventAt(1));
    closing.abort();
    await member.leave();
    expect(call.said.at(-1)).toBe('cancel');
  });
});
