/** Reads of every event store. Expectations are what was appended. */
import { describe, expect, test } from '@jest/globals';
import { emptyTail } from '../../domain/shared/envelope.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { StoredEvent } from '../../handlers/ports/ports.ts';
import { paddedData, sampleEvents, tailOf } from '../support/sample-events.ts';
import { type Bench, everything, forwards, stream } from './event-store-bench.ts';

export function readsContract(bench: Bench): void {
  describe('reads', () => {
    test('a missing stream reads as an empty list, an empty store has no head', async () => {
      expect(await bench.read('sleeveRun-none')).toEqual([]);
      expect(await bench.store.readAll(everything)).toEqual([]);
      expect(await bench.store.head()).toBeNull();
      expect(await bench.store.newest()).toBeNull();
    });

    test('the newest event is that of the last append, with the time of its writer and, of a server, its own', async () => {
      await bench.grow(3);
      const last = (await bench.store.readAll(everything)).at(-1)!;
      const newest = (await bench.store.newest())!;
      expect(newest.recordedAt).toBe(last.recordedAt);
      if (newest.storedAt !== null) expect(newest.storedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    });

    test('bytes come back as they went in, hashes and times with them', async () => {
      const batch = sampleEvents({ stream, count: 2, data: () => ({ text: 'žluťoučký \u{1f40e} \u0001', ...paddedData(5_000) }) });
      await bench.store.append(stream, batch, { expectedRevision: 'none' });
      const stored = await bench.read();
      for (const [index, event] of batch.entries()) {
        expect(Buffer.from(stored[index]!.bytes)).toEqual(Buffer.from(event.bytes));
        const { bytes: _, ...rest } = event;
        expect(stored[index]).toMatchObject({ ...rest, stream, revision: BigInt(index) });
      }
    });

    test('forwards from a revision, inclusive, at most so many', async () => {
      await bench.grow(6);
      const page = await bench.store.readStream(stream, { from: 2n, maxCount: 3, direction: 'forwards' });
      expect(page.map((event) => event.revision)).toEqual([2n, 3n, 4n]);
      expect(await bench.store.readStream(stream, { from: 6n, maxCount: 3, direction: 'forwards' })).toEqual([]);
    });

    test('backwards from a revision, inclusive; from beyond the end starts at the last', async () => {
      await bench.grow(4);
      const page = await bench.store.readStream(stream, { from: 2n, maxCount: 2, direction: 'backwards' });
      expect(page.map((event) => event.revision)).toEqual([2n, 1n]);
      const last = await bench.store.readStream(stream, { from: 9_223_372_036_854_775_807n, maxCount: 1, direction: 'backwards' });
      expect(last.map((event) => event.revision)).toEqual([3n]);
    });

    test('a page of more events than the limit, or of none, is refused', async () => {
      await expect(bench.store.readStream(stream, { ...forwards, maxCount: limits.readPageEventsMax + 1 })).rejects.toMatchObject({
        code: 'LimitExceeded',
      });
      await expect(bench.store.readAll({ ...everything, maxCount: limits.readPageEventsMax + 1 })).rejects.toMatchObject({
        code: 'LimitExceeded',
      });
      await expect(bench.store.readAll({ ...everything, maxCount: 0 })).rejects.toMatchObject({ code: 'Usage' });
    });

    test('all streams in the order of appends; paging by position misses and doubles nothing', async () => {
      for (let round = 0; round < 12; round++) {
        const other = `sleeveRun-${round % 3}`;
        const tail = tailOf((await bench.read(other)).at(-1));
        await bench.store.append(other, sampleEvents({ stream: other, count: 2, tail }), {
          expectedRevision: tail.revision < 0 ? 'none' : BigInt(tail.revision),
        });
      }
      const all = await bench.store.readAll(everything);
      expect(all).toHaveLength(24);
      const paged: StoredEvent[] = [];
      for (let after: string | null = null; ; after = paged.at(-1)!.position) {
        const page: readonly StoredEvent[] = await bench.store.readAll({ after, maxCount: 5, types: null });
        if (page.length === 0) break;
        paged.push(...page);
      }
      expect(paged).toEqual(all);
      expect(all.filter((event) => event.stream === 'sleeveRun-1').map((event) => event.revision)).toEqual([
        0n,
        1n,
        2n,
        3n,
        4n,
        5n,
        6n,
        7n,
      ]);
      expect(await bench.store.head()).toBe(all.at(-1)!.position);
    });

    test('positions grow, and are compared as numbers, not as text', async () => {
      await bench.grow(25);
      const positions = (await bench.store.readAll(everything)).map((event) => event.position);
      for (let index = 1; index < positions.length; index++) {
        expect(bench.store.comparePositions(positions[index - 1]!, positions[index]!)).toBe(-1);
        expect(bench.store.comparePositions(positions[index]!, positions[index - 1]!)).toBe(1);
      }
      expect(bench.store.comparePositions(positions[3]!, positions[3]!)).toBe(0);
    });

    test('a type filter returns those types only, in order, paged by position; no type returns nothing', async () => {
      let tail = emptyTail;
      for (let index = 0; index < 15; index++) {
        const batch = sampleEvents({ stream, count: 1, tail, type: ['ThingSeen', 'ThingHeard', 'ThingFelt'][index % 3]! });
        tail = tailOf((await bench.store.append(stream, batch, { expectedRevision: index === 0 ? 'none' : BigInt(index - 1) })).events[0]);
      }
      const types = ['ThingFelt', 'ThingSeen', 'ThingFelt', 'ThingNeverSeen'];
      const all = await bench.store.readAll({ ...everything, types });
      expect(all.map((event) => Number(event.revision))).toEqual([0, 2, 3, 5, 6, 8, 9, 11, 12, 14]);
      const page = await bench.store.readAll({ after: all[2]!.position, maxCount: 4, types });
      expect(page).toEqual(all.slice(3, 7));
      expect(await bench.store.readAll({ ...everything, types: [] })).toEqual([]);
      expect(await bench.store.readAll({ ...everything, types: ['ThingNeverSeen'] })).toEqual([]);
    });

    test('changing what was read changes nothing in the store', async () => {
      await bench.grow(1);
      (await bench.read())[0]!.bytes.fill(0);
      expect((await bench.read())[0]!.bytes[0]).toBe('{'.charCodeAt(0));
    });

    test('a closed store refuses with StoreUnavailable', async () => {
      await bench.store.close();
      await expect(bench.read()).rejects.toMatchObject({ code: 'StoreUnavailable' });
      await expect(bench.store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: 'none' })).rejects.toMatchObject({
        code: 'StoreUnavailable',
      });
    });
  });
}
