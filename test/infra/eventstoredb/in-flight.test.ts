/**
 * Many appends under way over one connection: they overlap, share one call, and are told what was stored instead of asking. Whatever
 * becomes of the call or of the subscription, each append is stored once and its answer is true.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import type { AppendResult } from '../../../handlers/ports/ports.ts';
import { forwards } from '../../contract/event-store-bench.ts';
import { realLatency } from '../../support/fake-eventstoredb/fake-server.ts';
import { type FakeSubject, fakeSubject, quick } from '../../support/fake-eventstoredb/subject.ts';
import { refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';
import { sampleEvents, tailOf } from '../../support/sample-events.ts';

refuseUnheardRejections();
let subject: FakeSubject;
afterEach(async () => {
  await subject.dispose();
});

const streamsOf = (name: string, count: number): string[] => Array.from({ length: count }, (_, index) => `sleeveRun-${name}${index}`);

/** Two events to each of some streams, all asked for at once. */
function appendTogether(streams: readonly string[]): Promise<AppendResult[]> {
  return Promise.all(
    streams.map((stream) => subject.store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none' })),
  );
}

/** Each append is there once, and its answer says what is there. */
async function expectEachOnce(streams: readonly string[], answers: readonly AppendResult[]): Promise<void> {
  for (const [index, stream] of streams.entries()) {
    expect(answers[index]).toMatchObject({ already: false, events: [{ revision: 0n }, { revision: 1n }] });
    expect(subject.fake.log.visible(stream)).toHaveLength(2);
    expect(await subject.store.readStream(stream, forwards)).toEqual(answers[index]!.events);
  }
}

const appendsReceived = (): number => subject.fake.calls.append + subject.fake.calls.batched;

/** Appends until one of them asks nothing of the server but to append. */
async function following(): Promise<void> {
  for (let count = 0, reads = -1; reads !== subject.fake.calls.read; count++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    reads = subject.fake.calls.read;
    const name = `sleeveRun-follow${count}`;
    await subject.store.append(name, sampleEvents({ stream: name, count: 1 }), { expectedRevision: 'none' });
  }
}
const metadata = (data: string): void => {
  subject.fake.log.append(
    '$$sleeveRun-a',
    [
      {
        id: '00000000-0000-4000-8000-000000000001',
        type: '$metadata',
        contentType: 'application/json',
        metadata: new Uint8Array(0),
        data: Buffer.from(data),
      },
    ],
    'any',
  );
};

describe('appends to different streams', () => {
  test('wait together: of 64 that the server takes its time for, nearly all are under way at once', async () => {
    subject = await fakeSubject({ hedgeMs: 60_000 });
    await subject.store.head();
    subject.fake.latency = { appendMs: 1_000, readMs: 1 };
    const streams = streamsOf('a', 64);
    await expectEachOnce(streams, await appendTogether(streams));
    expect(subject.fake.underWayMax).toBeGreaterThan(48);
  });

  test('share one call, all but the first', async () => {
    subject = await fakeSubject({ hedgeMs: 60_000 });
    subject.fake.latency = realLatency;
    const streams = streamsOf('a', 32);
    await expectEachOnce(streams, await appendTogether(streams));
    expect(subject.fake.calls).toMatchObject({ append: 1, batchAppend: 1, batched: 31 });
  });
});

test('an artifact that many ask for at once is uploaded once, and none of them waits for a server that drops the second', async () => {
  subject = await fakeSubject({ hedgeMs: 60_000 });
  subject.fake.latency = { appendMs: 50, readMs: 1 };
  const bytes = new Uint8Array(2_000).fill(7);
  const infos = await Promise.all(Array.from({ length: 10 }, () => subject.artifacts.put(bytes)));
  expect(new Set(infos.map(({ sha256 }) => sha256)).size).toBe(1);
  expect(appendsReceived()).toBe(1);
  expect(subject.fake.calls.dropped).toBe(0);
});

describe('a shared call', () => {
  const streams = streamsOf('a', 12);
  beforeEach(async () => {
    subject = await fakeSubject({ ...quick, callMsMax: 1_000, waitMsMax: 10_000 });
    subject.fake.latency = realLatency;
  });

  test.each(
    [status.UNAVAILABLE, status.CANCELLED, status.FAILED_PRECONDITION, status.INTERNAL].flatMap((code) => [
      [status[code], 'before', { kind: 'status', code }] as const,
      [status[code], 'after', { kind: 'status', code, after: 'commit' }] as const,
    ]),
  )('that ends by %s, said of one of them %s its commit, fails none', async (_name, _when, fault) => {
    subject.fake.faults.shared.push({ kind: 'late', ms: 0 }, fault);
    await expectEachOnce(streams, await appendTogether(streams));
  });

  test('that is silent about one of them is left, and each is asked for again alone', async () => {
    subject.fake.faults.shared.push({ kind: 'late', ms: 0 }, { kind: 'silent' });
    await expectEachOnce(streams, await appendTogether(streams));
  });

  test('that the server does not know is tried once, and then no more', async () => {
    subject.fake.faults.sharedUnknown = true;
    await expectEachOnce(streams, await appendTogether(streams));
    const more = streamsOf('b', 12);
    await expectEachOnce(more, await appendTogether(more));
    expect(subject.fake.calls).toMatchObject({ batchAppend: 1, batched: 0, append: 24 });
  });
});

describe('a connection that is told what is stored', () => {
  beforeEach(async () => {
    subject = await fakeSubject({ followsAtAppends: 1, hedgeMs: 60_000 });
    await following();
  });

  const [a] = streamsOf('', 1);

  test('appends by one call, and the answer is what is stored', async () => {
    const before = { reads: subject.fake.calls.read, appends: appendsReceived() };
    const streams = streamsOf('a', 20);
    const answers = await appendTogether(streams);
    expect(subject.fake.calls.read).toBe(before.reads);
    expect(appendsReceived()).toBe(before.appends + 20);
    await expectEachOnce(streams, answers);
  });

  test("finds another's equal events, with their bytes, and says that they were there", async () => {
    const theirs = sampleEvents({ stream: a!, count: 2, now: '2026-01-01T00:00:00.000Z' });
    await subject.second().store.append(a!, theirs, { expectedRevision: 'none' });
    const ours = sampleEvents({ stream: a!, count: 2, now: '2026-01-01T00:01:00.000Z' });
    const answer = await subject.store.append(a!, ours, { expectedRevision: 'none' });
    expect(answer.already).toBe(true);
    expect(answer.events.map(({ hash }) => hash)).toEqual(theirs.map(({ hash }) => hash));
  });

  test("finds another's other events of the same ids: a conflict, never success", async () => {
    const events = (note: string): ReturnType<typeof sampleEvents> =>
      sampleEvents({ stream: a!, count: 1, commandId: 'c', data: () => ({ note }) });
    await subject.second().store.append(a!, events('theirs'), { expectedRevision: 'none' });
    await expect(subject.store.append(a!, events('ours'), { expectedRevision: 'none' })).rejects.toMatchObject({
      code: 'EventContentConflict',
    });
  });

  test('refuses an append to a stream that was cut, and stores nothing; once it is whole again, it appends', async () => {
    const name = 'sleeveRun-a';
    const { events } = await subject.store.append(name, sampleEvents({ stream: name, count: 3 }), { expectedRevision: 'none' });
    metadata('{"$maxCount":2}');
    await subject.store.append('sleeveRun-b', sampleEvents({ stream: 'sleeveRun-b', count: 1 }), { expectedRevision: 'none' });
    const more = sampleEvents({ stream: name, count: 1, tail: tailOf(events.at(-1)) });
    await expect(subject.store.append(name, more, { expectedRevision: 2n })).rejects.toMatchObject({
      code: 'StreamTruncated',
      evidence: { cuts: ['$maxCount'] },
    });
    expect(subject.fake.log.records.filter(({ stream }) => stream === name)).toHaveLength(3);
    metadata('{}');
    await subject.store.append('sleeveRun-c', sampleEvents({ stream: 'sleeveRun-c', count: 1 }), { expectedRevision: 'none' });
    await expect(subject.store.append(name, more, { expectedRevision: 2n })).resolves.toMatchObject({ already: false });
  });

  test('says of a stream that is cut in the very moment before the append that it is', async () => {
    const name = 'sleeveRun-a';
    const { events } = await subject.store.append(name, sampleEvents({ stream: name, count: 3 }), { expectedRevision: 'none' });
    metadata('{"$maxCount":2}');
    const more = sampleEvents({ stream: name, count: 1, tail: tailOf(events.at(-1)) });
    await expect(subject.store.append(name, more, { expectedRevision: 2n })).rejects.toMatchObject({ code: 'StreamTruncated' });
  });

  test.each(['status', 'end', 'silence'] as const)('and is told no more, by %s, reads again, and is told again later', async (dropBy) => {
    subject.fake.faults.subscriptions = { dropEvery: 1, dropBy };
    const streams = streamsOf('a', 6);
    await expectEachOnce(streams, await appendTogether(streams));
    subject.fake.faults.subscriptions = {};
    const more = streamsOf('b', 6);
    await expectEachOnce(more, await appendTogether(more));
    await following();
  });

  test.each([{ double: true }, { unresolvedLinks: true }, { checkpointFirst: true }])(
    'is told oddly (%j), and answers right',
    async (faults) => {
      subject.fake.faults.subscriptions = faults;
      const streams = streamsOf('a', 6);
      await expectEachOnce(streams, await appendTogether(streams));
    },
  );
});
