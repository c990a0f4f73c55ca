/**
 * The contract of every event store, one test a row of the decision table (architecture: the event store port), then reads
 * and subscriptions. Adapters run it unchanged; what only some can do comes through hooks.
 */
import { describe, expect, test } from '@jest/globals';
import { limits } from '../../domain/shared/limits.ts';
import { sampleEvents, tailOf } from '../support/sample-events.ts';
import { Bench, comparable, type EventStoreSubject, ids, stream, type Support } from './event-store-bench.ts';
import { readsContract } from './event-store-reads.contract.ts';
import { subscriptionsContract } from './event-store-subscriptions.contract.ts';
import { togetherContract } from './event-store-together.contract.ts';

function wrongRevision(expected: string, actual: string): object {
  return { code: 'WrongExpectedRevision', evidence: expect.objectContaining({ expected, actual }) as unknown };
}

export function eventStoreContract(name: string, makeSubject: () => Promise<EventStoreSubject>, supports: Support): void {
  describe(`${name}: event store`, () => {
    const bench = new Bench(makeSubject);

    describe('decision table of append', () => {
      test('none, stream empty: appended at revision 0', async () => {
        const batch = sampleEvents({ stream, count: 3 });
        const answer = await bench.store.append(stream, batch, { expectedRevision: 'none' });
        expect(answer.already).toBe(false);
        expect(answer.events.map((event) => event.revision)).toEqual([0n, 1n, 2n]);
        expect(ids(answer.events)).toEqual(ids(batch));
        expect((await bench.read()).map(comparable)).toEqual(answer.events.map(comparable));
      });

      test('n, stream at n: appended after n', async () => {
        await bench.grow(2);
        const batch = sampleEvents({ stream, count: 2, tail: tailOf((await bench.read()).at(-1)) });
        const answer = await bench.store.append(stream, batch, { expectedRevision: 1n });
        expect(answer).toMatchObject({ already: false, events: [{ revision: 2n }, { revision: 3n }] });
        expect(ids(await bench.read()).slice(2)).toEqual(ids(batch));
      });

      test('n, stream at n, ids stored before: appended again, as ids are compared behind the expected revision only', async () => {
        const [first] = await bench.grow(1);
        const answer = await bench.store.append(stream, first!, { expectedRevision: 0n });
        expect(answer.already).toBe(false);
        expect(ids(await bench.read())).toEqual([first![0]!.id, first![0]!.id]);
      });

      test('none, the same batch again: success with the stored events, nothing added', async () => {
        const batch = sampleEvents({ stream, count: 3 });
        const first = await bench.store.append(stream, batch, { expectedRevision: 'none' });
        const again = await bench.store.append(stream, batch, { expectedRevision: 'none' });
        expect(again.already).toBe(true);
        expect(again.events).toHaveLength(3);
        expect(again.events.map((event) => event.position)).toEqual(first.events.map((event) => event.position));
        expect(await bench.read()).toHaveLength(3);
      });

      test('n, the same batch again after other events followed: success with the original numbers', async () => {
        const batches = await bench.grow(4);
        const stored = await bench.read();
        const again = await bench.store.append(stream, batches[1]!, { expectedRevision: 0n });
        expect(again.already).toBe(true);
        expect(again.events.map(comparable)).toEqual([comparable(stored[1]!)]);
        expect(again.events[0]!.position).toBe(stored[1]!.position);
        expect(await bench.read()).toHaveLength(4);
      });

      test('a batch that spans two earlier appends exactly: success with the stored events', async () => {
        const batches = await bench.grow(3);
        const again = await bench.store.append(stream, [...batches[0]!, ...batches[1]!], { expectedRevision: 'none' });
        expect(again).toMatchObject({ already: true, events: [{ revision: 0n }, { revision: 1n }] });
      });

      test('the same ids and content, made a minute later: the stored bytes come back, not the offered ones', async () => {
        const earlier = sampleEvents({ stream, count: 2, now: '2026-01-01T00:00:00.000Z' });
        const later = sampleEvents({ stream, count: 2, now: '2026-01-01T00:01:00.000Z' });
        await bench.store.append(stream, earlier, { expectedRevision: 'none' });
        const again = await bench.store.append(stream, later, { expectedRevision: 'none' });
        expect(again.already).toBe(true);
        expect(again.events.map((event) => event.hash)).toEqual(earlier.map((event) => event.hash));
        expect(again.events.map((event) => Buffer.from(event.bytes))).toEqual(earlier.map((event) => Buffer.from(event.bytes)));
        expect(again.events.every((event) => event.recordedAt === '2026-01-01T00:00:00.000Z')).toBe(true);
      });

      test('the same ids with other content: EventContentConflict, never success', async () => {
        await bench.store.append(stream, sampleEvents({ stream, count: 2, commandId: 'c' }), { expectedRevision: 'none' });
        const other = sampleEvents({
          stream,
          count: 2,
          commandId: 'c',
          data: (index) => ({ note: index === 1 ? 'another' : 'c, number 0' }),
        });
        await expect(bench.store.append(stream, other, { expectedRevision: 'none' })).rejects.toMatchObject({
          code: 'EventContentConflict',
          evidence: { id: other[1]!.id, offered: other[1]!.contentHash },
        });
        expect(await bench.read()).toHaveLength(2);
      });

      test('none, stream not empty, first id differs: wrong expected revision with both numbers', async () => {
        await bench.grow(2);
        const batch = sampleEvents({ stream, count: 1, commandId: 'someone else' });
        await expect(bench.store.append(stream, batch, { expectedRevision: 'none' })).rejects.toMatchObject(wrongRevision('none', '1'));
        expect(await bench.read()).toHaveLength(2);
      });

      test('n behind the stream, first id differs: wrong expected revision with both numbers', async () => {
        await bench.grow(3);
        const batch = sampleEvents({ stream, count: 1, commandId: 'someone else' });
        await expect(bench.store.append(stream, batch, { expectedRevision: 0n })).rejects.toMatchObject(wrongRevision('0', '2'));
      });

      test('first id matches, second differs: wrong expected revision', async () => {
        const batches = await bench.grow(2);
        const other = sampleEvents({ stream, count: 1, commandId: 'someone else' });
        await expect(bench.store.append(stream, [...batches[0]!, ...other], { expectedRevision: 'none' })).rejects.toMatchObject(
          wrongRevision('none', '1'),
        );
      });

      test('first id differs, second matches: wrong expected revision', async () => {
        const batches = await bench.grow(2);
        const other = sampleEvents({ stream, count: 1, commandId: 'someone else' });
        await expect(bench.store.append(stream, [...other, ...batches[1]!], { expectedRevision: 'none' })).rejects.toMatchObject(
          wrongRevision('none', '1'),
        );
      });

      test('stored events matched, but the batch goes on beyond the end: wrong expected revision, nothing added', async () => {
        const batches = await bench.grow(2);
        const more = sampleEvents({ stream, count: 1, commandId: 'more' });
        await expect(bench.store.append(stream, [...batches[1]!, ...more], { expectedRevision: 0n })).rejects.toMatchObject(
          wrongRevision('0', '1'),
        );
        expect(await bench.read()).toHaveLength(2);
      });

      test('the right ids at another place than expected + 1: wrong expected revision', async () => {
        const batches = await bench.grow(3);
        await expect(bench.store.append(stream, batches[2]!, { expectedRevision: 0n })).rejects.toMatchObject(wrongRevision('0', '2'));
      });

      test('n beyond the end: wrong expected revision, also for a stream that does not exist', async () => {
        await bench.grow(2);
        await expect(
          bench.store.append(stream, sampleEvents({ stream, count: 1, commandId: 'x' }), { expectedRevision: 5n }),
        ).rejects.toMatchObject(wrongRevision('5', '1'));
        const absent = 'sleeveRun-absent';
        await expect(
          bench.store.append(absent, sampleEvents({ stream: absent, count: 1 }), { expectedRevision: 0n }),
        ).rejects.toMatchObject(wrongRevision('0', 'none'));
        expect(await bench.read(absent)).toEqual([]);
      });

      (supports.truncate ? test : test.skip)('a truncated stream: StreamTruncated', async () => {
        const batches = await bench.grow(3);
        await bench.subject.hooks.truncateStream!(stream);
        await expect(
          bench.store.append(stream, sampleEvents({ stream, count: 1, commandId: 'x' }), { expectedRevision: 2n }),
        ).rejects.toMatchObject({ code: 'StreamTruncated' });
        await expect(bench.store.append(stream, batches[0]!, { expectedRevision: 'none' })).rejects.toMatchObject({
          code: 'StreamTruncated',
        });
      });

      (supports.delete ? test : test.skip)('a deleted stream: StreamDeleted', async () => {
        await bench.grow(3);
        await bench.subject.hooks.deleteStream!(stream);
        await expect(
          bench.store.append(stream, sampleEvents({ stream, count: 1, commandId: 'x' }), { expectedRevision: 'none' }),
        ).rejects.toMatchObject({ code: 'StreamDeleted' });
      });

      test('an empty batch: refused', async () => {
        await expect(bench.store.append(stream, [], { expectedRevision: 'none' })).rejects.toMatchObject({ code: 'AppendRefused' });
      });

      test('an id twice in the batch: refused, nothing stored', async () => {
        const [event] = sampleEvents({ stream, count: 1 });
        await expect(bench.store.append(stream, [event!, event!], { expectedRevision: 'none' })).rejects.toMatchObject({
          code: 'AppendRefused',
          evidence: { id: event!.id },
        });
        expect(await bench.read()).toEqual([]);
      });

      test.each(['$all', '$ce-x', '', 'Upper-x', 'a b', 'x-\u0000', `s-${'x'.repeat(limits.streamNameCharsMax)}`])(
        'a stream named %j: refused',
        async (bad) => {
          const batch = sampleEvents({ stream, count: 1 });
          await expect(bench.store.append(bad, batch, { expectedRevision: 'none' })).rejects.toMatchObject({ code: 'AppendRefused' });
        },
      );

      test('a negative expected revision: refused, as -1 means something else to each server', async () => {
        await expect(bench.store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: -1n })).rejects.toMatchObject({
          code: 'AppendRefused',
        });
      });

      test('a hash that is not a hash: refused', async () => {
        const [event] = sampleEvents({ stream, count: 1 });
        await expect(bench.store.append(stream, [{ ...event!, hash: 'AB' }], { expectedRevision: 'none' })).rejects.toMatchObject({
          code: 'AppendRefused',
        });
      });

      test('more bytes in total than the limit: refused with both numbers; exactly the limit: appended', async () => {
        const third = Math.floor(limits.eventBytesMax / 3);
        const batch = sampleEvents({ stream, count: 3 }).map((event) => ({ ...event, bytes: new Uint8Array(third).fill(32) }));
        const tooLarge = batch.map((event, index) =>
          index === 0 ? { ...event, bytes: new Uint8Array(limits.eventBytesMax - 2 * third + 1).fill(32) } : event,
        );
        await expect(bench.store.append(stream, tooLarge, { expectedRevision: 'none' })).rejects.toMatchObject({
          code: 'LimitExceeded',
          evidence: { bytes: limits.eventBytesMax + 1, bytesMax: limits.eventBytesMax },
        });
        expect(await bench.read()).toEqual([]);
        const exact = batch.map((event, index) =>
          index === 0 ? { ...event, bytes: new Uint8Array(limits.eventBytesMax - 2 * third).fill(32) } : event,
        );
        await bench.store.append(stream, exact, { expectedRevision: 'none' });
        expect((await bench.read()).reduce((total, event) => total + event.bytes.length, 0)).toBe(limits.eventBytesMax);
      });

      test('more events than the limit: refused with both numbers', async () => {
        const batch = sampleEvents({ stream, count: limits.appendEventsMax + 1 });
        await expect(bench.store.append(stream, batch, { expectedRevision: 'none' })).rejects.toMatchObject({
          code: 'LimitExceeded',
          evidence: { events: limits.appendEventsMax + 1, eventsMax: limits.appendEventsMax },
        });
      });

      test('a refused append leaves the store usable', async () => {
        await bench.grow(1);
        await expect(
          bench.store.append(stream, sampleEvents({ stream, count: 1, commandId: 'x' }), { expectedRevision: 'none' }),
        ).rejects.toThrow('expected none');
        await expect(
          bench.store.append(stream, sampleEvents({ stream, count: 1, commandId: 'y', tail: tailOf((await bench.read()).at(-1)) }), {
            expectedRevision: 0n,
          }),
        ).resolves.toMatchObject({ already: false });
      });

      test('of twenty appends at once that expect the same revision one succeeds', async () => {
        const attempts = Array.from({ length: 20 }, (_, index) =>
          bench.store.append(stream, sampleEvents({ stream, count: 1, commandId: `rival ${index}` }), { expectedRevision: 'none' }),
        );
        const settled = await Promise.allSettled(attempts);
        expect(settled.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
        expect(await bench.read()).toHaveLength(1);
      });
    });

    togetherContract(bench, supports);
    readsContract(bench);
    subscriptionsContract(bench, supports);
  });
}
