/** Appends that share a call, by a scripted one: whatever is no success is left to a call of its own. */
import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import statuses from '@eventstore/db-client/generated/status_pb.js';
import { status } from '@grpc/grpc-js';
import { batchRequest } from '../../../infra/eventstoredb/requests.ts';
import { SharedAppends } from '../../../infra/eventstoredb/shared-appends.ts';
import { positionOf } from '../../support/fake-eventstoredb/messages.ts';
import { logRecordAt } from '../../support/fake-eventstoredb/scripted-call.ts';
import { refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['performance', 'setImmediate', 'nextTick', 'queueMicrotask'] });
});
afterEach(() => void jest.useRealTimers());
refuseUnheardRejections();

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
};

class Call extends EventEmitter {
  readonly requests: BatchAppendReq[] = [];
  writable = true;
  cancels = 0;

  write(request: BatchAppendReq): void {
    this.requests.push(request);
  }

  cancel(): void {
    this.cancels++;
  }

  /** Answers the append at a place: with the position of its last event, or without success. */
  answer(place: number, commit: number | 'refusal', id = this.requests[place]!.getCorrelationId()): void {
    const answer = new streams.BatchAppendResp();
    answer.setCorrelationId(id);
    if (commit === 'refusal') answer.setError(new statuses.Status());
    else {
      const success = new streams.BatchAppendResp.Success();
      success.setCurrentRevision('7');
      success.setPosition(positionOf(logRecordAt(commit)));
      answer.setSuccess(success);
    }
    this.emit('data', answer);
  }
}

const event = { id: logRecordAt(1).id, type: 'ThingSeen', bytes: Buffer.from('{}'), metadata: undefined };
const appendedAt = (commit: number) => ({ revision: 7n, position: { commit: BigInt(commit), prepare: BigInt(commit) } });

function setUp(open: () => Promise<void> = async () => undefined) {
  const calls: Call[] = [];
  const shared = new SharedAppends(
    async () => {
      calls.push(new Call());
      await open();
      return calls.at(-1) as unknown as Awaited<ReturnType<ConstructorParameters<typeof SharedAppends>[0]>>;
    },
    (ms) => new Date(ms),
  );
  /** What each was answered, `pending` until then. */
  const outcomes: unknown[] = [];
  const append = (signal = new AbortController().signal): void => {
    const place = outcomes.push('pending') - 1;
    void shared.append('sleeve-a', [event], 3n, 5_000, signal).then((outcome) => (outcomes[place] = outcome));
  };
  return { calls, outcomes, append };
}

describe('appends that share a call', () => {
  test('are said in one, each with an id of its own, and answered by it in any order', async () => {
    const { calls, outcomes, append } = setUp();
    append();
    append();
    await turns();
    append();
    await turns();
    const [call] = calls;
    const ids = call!.requests.map((request) => request.getCorrelationId()!.getString());
    expect([calls.length, new Set(ids).size]).toEqual([1, 3]);
    expect(call!.requests.map((request) => request.toObject())).toEqual(
      ids.map((id) => batchRequest(id, 'sleeve-a', [event], 3n, new Date(5_000)).toObject()),
    );
    call!.answer(1, 20);
    call!.answer(0, 10);
    await turns();
    expect(outcomes).toEqual([appendedAt(10), appendedAt(20), 'pending']);
    call!.answer(2, 'refusal');
    await turns();
    expect([outcomes[2], jest.getTimerCount(), call!.cancels]).toEqual([null, 0, 0]);
    // A second word about one of them, and a word about none, mean nothing.
    call!.answer(0, 'refusal');
    call!.answer(0, 30, undefined);
  });

  test.each([
    ['error', { code: status.UNAVAILABLE }],
    ['error', { code: status.UNIMPLEMENTED }],
    ['end', undefined],
  ])(
    'whose call is over by %s (%o) are each asked for again; the next opens another where the server knows such calls',
    async (how, error) => {
      const { calls, outcomes, append } = setUp();
      append();
      append();
      await turns();
      calls[0]!.emit(how, error);
      await turns();
      expect(outcomes).toEqual([null, null]);
      append();
      await turns();
      const isKnown = error?.code !== status.UNIMPLEMENTED;
      expect([calls.length, outcomes[2]]).toEqual(isKnown ? [2, 'pending'] : [1, null]);
      // It stays unknown, whatever else happens.
      calls[0]!.emit('error', { code: status.UNAVAILABLE });
      append();
      await turns();
      expect(calls).toHaveLength(isKnown ? 3 : 1);
    },
  );

  test('whose call cannot be opened are asked for again, and the next tries to open one', async () => {
    let isAway = true;
    const { calls, outcomes, append } = setUp(() => (isAway ? Promise.reject(new Error('away')) : Promise.resolve()));
    append();
    await turns();
    expect(outcomes).toEqual([null]);
    isAway = false;
    append();
    await turns();
    calls[1]!.answer(0, 10);
    await turns();
    expect([calls.length, outcomes]).toEqual([2, [null, appendedAt(10)]]);
  });

  test('about which nothing is said in time have the call cut', async () => {
    const { calls, append } = setUp();
    append();
    await jest.advanceTimersByTimeAsync(4_999);
    expect(calls[0]!.cancels).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(calls[0]!.cancels).toBe(1);
  });

  test('that nobody waits for any more are let go of, before or behind their word', async () => {
    const { calls, outcomes, append } = setUp();
    const leaving = new AbortController();
    append(leaving.signal);
    await turns();
    leaving.abort();
    await turns();
    expect([outcomes, jest.getTimerCount()]).toEqual([[null], 0]);
    append(AbortSignal.abort());
    await turns();
    expect([outcomes, calls[0]!.requests.length]).toEqual([[null, null], 1]);
    calls[0]!.writable = false;
    append();
    await turns();
    expect([outcomes, calls.length, calls[0]!.requests.length]).toEqual([[null, null, null], 1, 1]);
  });
});
