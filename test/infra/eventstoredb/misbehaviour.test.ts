/**
 * C12: the server misbehaves. Whatever it does, an append is stored at most once and its answer is true, nothing stays pending,
 * no rejection goes unheard, and a subscription brings each event once and in order.
 */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { status } from '@grpc/grpc-js';
import { emptyTail } from '../../../domain/shared/envelope.ts';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { everything, forwards, ids, take } from '../../contract/event-store-bench.ts';
import { failingStatuses, type SubscriptionFaults } from '../../support/fake-eventstoredb/faults.ts';
import { type FakeSubject, fakeSubject, quick } from '../../support/fake-eventstoredb/subject.ts';
import { refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';
import { sampleEvents, tailOf } from '../../support/sample-events.ts';
import { addressesIn } from '../../support/artifact-addresses.ts';

const stream = 'sleeveRun-a';
/**
 * By which a server says for certain of an append or a read that it has done nothing: gRPC's own definitions of these statuses. Neither is
 * ever "not found" or "already exists".
 */
const certain = new Set([
  status.INVALID_ARGUMENT,
  status.PERMISSION_DENIED,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
  status.UNAUTHENTICATED,
]);
const denials: readonly status[] = [status.PERMISSION_DENIED, status.UNAUTHENTICATED];
const uncertain = failingStatuses.filter((code) => !certain.has(code));

let subject: FakeSubject;
refuseUnheardRejections();
beforeEach(async () => {
  subject = await fakeSubject(quick);
});
afterEach(async () => {
  await subject.dispose();
});

const stored = (): number => subject.fake.log.records.filter((record) => record.stream === stream).length;
const appendTwo = (): ReturnType<FakeSubject['store']['append']> =>
  subject.store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none' });

describe('appends', () => {
  test.each(uncertain.map((code) => [status[code], code] as const))(
    '%s before the commit: tried again with the same expected revision, stored once',
    async (_name, code) => {
      subject.fake.faults.appends.push({ kind: 'status', code });
      expect(await appendTwo()).toMatchObject({ already: false, events: [{ revision: 0n }, { revision: 1n }] });
      expect(stored()).toBe(2);
      expect(subject.fake.expected).toEqual(['no_stream', 'no_stream']);
    },
  );

  test.each(uncertain.map((code) => [status[code], code] as const))(
    "%s after the commit: found, not repeated, and not taken for another's",
    async (_name, code) => {
      subject.fake.faults.appends.push({ kind: 'status', code, after: 'commit' });
      expect(await appendTwo()).toMatchObject({ already: false, events: [{ revision: 0n }, { revision: 1n }] });
      expect(stored()).toBe(2);
    },
  );

  test.each([...certain].map((code) => [status[code], code] as const))('%s: refused at once, tried no second time', async (_name, code) => {
    subject.fake.faults.everyAppend = { kind: 'status', code };
    await expect(appendTwo()).rejects.toMatchObject({ code: denials.includes(code) ? 'StoreAccessDenied' : 'StoreUnavailable' });
    expect(subject.fake.calls.append).toBe(1);
    expect(stored()).toBe(0);
  });

  test.each([{ kind: 'silent' }, { kind: 'ends' }, { kind: 'empty answer' }, { kind: 'late', ms: 250 }] as const)(
    '$kind once: answered all the same, stored once',
    async (fault) => {
      subject.fake.faults.appends.push(fault);
      expect(await appendTwo()).toMatchObject({ already: false });
      expect(stored()).toBe(2);
    },
  );

  test.each([{ kind: 'silent' }, { kind: 'empty answer' }, { kind: 'status', code: status.UNAVAILABLE }] as const)(
    '$kind forever: StoreUnavailable within the time given',
    async (fault) => {
      subject.fake.faults.everyAppend = fault;
      const started = performance.now();
      await expect(appendTwo()).rejects.toMatchObject({
        code: 'StoreUnavailable',
        evidence: { server: expect.stringContaining('127.0.0.1') as unknown },
      });
      expect(performance.now() - started).toBeLessThan(3 * quick.waitMsMax!);
      subject.fake.faults.everyAppend = null;
      expect(await appendTwo()).toMatchObject({ already: false });
    },
  );

  test('not the leader: tried again where the leader is', async () => {
    const [address, port] = new URL(subject.fake.location).host.split(':');
    subject.fake.faults.appends.push({ kind: 'not leader', address: address!, port: port! });
    expect(await appendTwo()).toMatchObject({ already: false });
    expect(stored()).toBe(2);
  });

  test('a server that is gone: StoreUnavailable for appends and reads', async () => {
    await subject.fake.stop();
    await expect(appendTwo()).rejects.toMatchObject({ code: 'StoreUnavailable' });
    await expect(subject.store.readAll(everything)).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });

  test('an unknown outcome while somebody else goes on: the events found are returned, not a conflict', async () => {
    subject.fake.faults.appends.push({ kind: 'late', ms: 400 });
    const first = appendTwo();
    while (stored() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    const tail = tailOf((await subject.store.readStream(stream, forwards)).at(-1));
    await subject.second().store.append(stream, sampleEvents({ stream, count: 1, tail }), { expectedRevision: 1n });
    expect(await first).toMatchObject({ already: false, events: [{ revision: 0n }, { revision: 1n }] });
    expect(stored()).toBe(3);
  });

  test('closing the store ends an append that waits for a silent server', async () => {
    subject.fake.faults.everyAppend = { kind: 'silent' };
    const waiting = appendTwo();
    setTimeout(() => void subject.store.close(), 30);
    await expect(waiting).rejects.toMatchObject({ code: 'StoreUnavailable', message: 'the store is closed' });
  });

  test('a soft-deleted stream: StreamTruncated, though the server would take the append', async () => {
    await appendTwo();
    const data = Buffer.from('{"$tb":9223372036854775807}', 'utf8');
    subject.fake.log.append(
      `$$${stream}`,
      [
        {
          id: '00000000-0000-4000-8000-000000000001',
          type: '$metadata',
          contentType: 'application/json',
          metadata: new Uint8Array(0),
          data,
        },
      ],
      'any',
    );
    await expect(
      subject.store.append(stream, sampleEvents({ stream, count: 1, commandId: 'x' }), { expectedRevision: 'none' }),
    ).rejects.toMatchObject({ code: 'StreamTruncated', evidence: { cuts: ['$tb'] } });
    expect(stored()).toBe(2);
    expect(await subject.store.readStream(stream, forwards)).toEqual([]);
  });
});

describe('reads', () => {
  test.each(uncertain.map((code) => [status[code], code] as const))(
    '%s in the middle of a page: the page comes whole, nothing twice',
    async (_name, code) => {
      await subject.store.append(stream, sampleEvents({ stream, count: 9 }), { expectedRevision: 'none' });
      for (const afterEvents of [0, 4]) {
        subject.fake.faults.reads.push({ kind: 'status', code, afterEvents });
        expect((await subject.store.readStream(stream, forwards)).map(({ revision }) => Number(revision))).toEqual([
          0, 1, 2, 3, 4, 5, 6, 7, 8,
        ]);
        subject.fake.faults.reads.push({ kind: 'status', code, afterEvents });
        expect(await subject.store.readAll(everything)).toHaveLength(9);
      }
    },
  );

  test('a silent server: asked again, then StoreUnavailable', async () => {
    subject.fake.faults.reads.push({ kind: 'silent' });
    expect(await subject.store.head()).toBeNull();
    subject.fake.faults.everyRead = { kind: 'silent' };
    await expect(subject.store.readStream(stream, forwards)).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });
});

describe('artifacts', () => {
  test('an upload cut off half-way is absent, and the next put completes it', async () => {
    const bytes = new Uint8Array(1_200_000).fill(7);
    subject.fake.faults.appends.push({ kind: 'late', ms: 0 }, { kind: 'status', code: status.PERMISSION_DENIED });
    await expect(subject.artifacts.put(bytes)).rejects.toMatchObject({ code: 'StoreAccessDenied' });
    expect(await addressesIn(subject.artifacts)).toEqual([]);
    const { sha256 } = await subject.artifacts.put(bytes);
    expect(Buffer.from(await subject.artifacts.get(sha256)).equals(bytes)).toBe(true);
    expect(subject.fake.log.records).toHaveLength(4);
    expect(await addressesIn(subject.artifacts)).toEqual([sha256]);
  });

  test('are not leaves: neither read, nor subscribed to, nor the head', async () => {
    await subject.store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: 'none' });
    await subject.artifacts.put(new Uint8Array(9));
    subject.fake.log.append(
      '$ce-sleeveRun',
      [
        {
          id: '00000000-0000-4000-8000-000000000002',
          type: '$>',
          contentType: 'text',
          metadata: new Uint8Array(0),
          data: new Uint8Array(0),
        },
      ],
      'any',
    );
    subject.fake.log.append(
      'ledgerOfSomebodyElse',
      [
        {
          id: '00000000-0000-4000-8000-000000000003',
          type: 'SampleRecorded',
          contentType: 'text',
          metadata: new Uint8Array(0),
          data: new Uint8Array(0),
        },
      ],
      'any',
    );
    const all = await subject.store.readAll(everything);
    expect(all.map((event) => event.stream)).toEqual([stream]);
    expect(await subject.store.readAll({ ...everything, types: ['SampleRecorded'] })).toEqual(all);
    expect(await subject.store.head()).toBe(all[0]!.position);
  });
});

describe('checkpoints', () => {
  const relayStream = 'checkpoint-relay';
  const versions = (): number => subject.fake.log.records.filter((record) => record.stream === relayStream).length;

  test.each(
    uncertain.flatMap((code) => [
      [status[code], 'before', { kind: 'status', code }] as const,
      [status[code], 'after', { kind: 'status', code, after: 'commit' }] as const,
    ]),
  )('%s %s the commit: written once, and no conflict with itself', async (_name, _when, fault) => {
    await subject.checkpoints.write('relay', { place: 'a' }, 'none');
    subject.fake.faults.appends.push(fault);
    expect(await subject.checkpoints.write('relay', { place: 'b' }, 0n)).toEqual({ value: { place: 'b' }, version: 1n });
    expect(versions()).toBe(2);
  });

  test.each([{ kind: 'silent' }, { kind: 'ends' }, { kind: 'empty answer' }, { kind: 'late', ms: 250 }] as const)(
    '$kind, for the first record of all: there once',
    async (fault) => {
      subject.fake.faults.appends.push({ kind: 'late', ms: 0 }, fault);
      expect(await subject.checkpoints.write('relay', { place: 'a' }, 'none')).toMatchObject({ version: 0n });
      expect(versions()).toBe(1);
    },
  );

  test('an unknown outcome while somebody else goes on: the write that was done is not a conflict', async () => {
    await subject.checkpoints.write('relay', { place: 'a' }, 'none');
    subject.fake.faults.appends.push({ kind: 'late', ms: 400 });
    const first = subject.checkpoints.write('relay', { place: 'b' }, 0n);
    while (versions() < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await subject.second().checkpoints.write('relay', { place: 'c' }, 1n);
    expect(await first).toMatchObject({ version: 1n });
    expect(await subject.checkpoints.read('relay')).toEqual({ value: { place: 'c' }, version: 2n });
  });

  test('a server that is gone: StoreUnavailable', async () => {
    await subject.fake.stop();
    await expect(subject.checkpoints.write('relay', {}, 0n)).rejects.toMatchObject({ code: 'StoreUnavailable' });
    await expect(subject.checkpoints.read('relay')).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });

  test('keep a few records only, which is not a fault; the same on a stream of the ledger is one', async () => {
    await appendTwo();
    for (let version = 0; version < 40; version++)
      await subject.checkpoints.write('relay', { version }, version === 0 ? 'none' : BigInt(version - 1));
    expect(subject.fake.log.visible(relayStream)).toHaveLength(16);
    expect(await subject.truncatedStreams()).toEqual([]);
    const data = Buffer.from('{"$maxCount":16}', 'utf8');
    subject.fake.log.append(
      `$$${stream}`,
      [
        {
          id: '00000000-0000-4000-8000-000000000004',
          type: '$metadata',
          contentType: 'application/json',
          metadata: new Uint8Array(0),
          data,
        },
      ],
      'any',
    );
    expect(await subject.truncatedStreams()).toEqual([
      { kind: 'stream_cut', detail: `stream ${stream} is cut by $maxCount in its metadata` },
    ]);
  });

  test('deleted by an operator, a record is gone and begins again, with a version of its own', async () => {
    await subject.checkpoints.write('relay', { place: 'a' }, 'none');
    const data = Buffer.from('{"$tb":9223372036854775807}', 'utf8');
    subject.fake.log.append(
      `$$${relayStream}`,
      [
        {
          id: '00000000-0000-4000-8000-000000000005',
          type: '$metadata',
          contentType: 'application/json',
          metadata: new Uint8Array(0),
          data,
        },
      ],
      'any',
    );
    expect(await subject.checkpoints.read('relay')).toBeNull();
    const { version } = await subject.checkpoints.write('relay', { place: 'b' }, 'none');
    await expect(subject.checkpoints.write('relay', { place: 'c' }, version)).resolves.toMatchObject({ version: version + 1n });
  });

  test('what is not a record of ours is refused, not taken for none', async () => {
    subject.fake.log.append(
      relayStream,
      [
        {
          id: '00000000-0000-4000-8000-000000000006',
          type: 'Other',
          contentType: 'text',
          metadata: new Uint8Array(0),
          data: Buffer.from('no JSON'),
        },
      ],
      'any',
    );
    await expect(subject.checkpoints.read('relay')).rejects.toMatchObject({ code: 'StoreIo' });
  });
});

describe('subscriptions', () => {
  const ways: readonly SubscriptionFaults[] = [
    ...uncertain.map((code) => ({ dropEvery: 7, dropBy: 'status' as const, code })),
    ...[1, 3].flatMap((dropEvery) => (['status', 'end', 'silence'] as const).map((dropBy) => ({ dropEvery, dropBy }))),
    { double: true },
    { checkpointFirst: true },
    { unresolvedLinks: true },
    { dropEvery: 3, dropBy: 'end', double: true },
    { dropEvery: 3, dropBy: 'status', checkpointFirst: true },
    { dropEvery: 1, dropBy: 'end', checkpointFirst: true, double: true, unresolvedLinks: true },
  ];

  test.each(ways.map((faults) => [JSON.stringify(faults), faults] as const))(
    '%s: each event once and in order, stored and live',
    async (_name, faults) => {
      subject.fake.faults.subscriptions = faults;
      const count = faults.dropBy === 'silence' ? 8 : 24;
      const half = count / 2;
      let tail = emptyTail;
      const append = async (events: number): Promise<void> => {
        const batch = sampleEvents({ stream, count: events, tail });
        tail = tailOf(
          (await subject.store.append(stream, batch, { expectedRevision: tail.revision < 0 ? 'none' : BigInt(tail.revision) })).events.at(
            -1,
          ),
        );
      };
      await append(half);
      const seen: StoredEvent[] = [];
      const controller = new AbortController();
      const reading = take(subject.store.subscribeAll({ after: null, types: null, signal: controller.signal }), count, (event) =>
        seen.push(event),
      );
      for (let index = 0; index < half; index += 2) await append(2);
      await reading;
      expect(ids(seen)).toEqual(ids(await subject.store.readAll(everything)));
    },
  );

  test('a server with nothing to say is asked again and again, and the next event arrives once', async () => {
    await subject.artifacts.put(new Uint8Array(3));
    const controller = new AbortController();
    const reading = take(subject.store.subscribeAll({ after: null, types: null, signal: controller.signal }), 1);
    await new Promise((resolve) => setTimeout(resolve, 3 * quick.silenceMsMax!));
    expect(subject.fake.calls.subscribe).toBeGreaterThan(1);
    await subject.store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: 'none' });
    expect(await reading).toHaveLength(1);
  });

  test('a refusal for certain ends it with StoreUnavailable', async () => {
    subject.fake.faults.subscriptions = { dropEvery: 1, dropBy: 'status', code: status.FAILED_PRECONDITION };
    await subject.store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: 'none' });
    await expect(
      take(subject.store.subscribeAll({ after: null, types: null, signal: new AbortController().signal }), 9),
    ).rejects.toMatchObject({ code: 'StoreUnavailable' });
  });
});
