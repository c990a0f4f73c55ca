/** Subscriptions of every event store: each event once and in order, and an end that is an end. */
import { describe, expect, test } from '@jest/globals';
import { sampleEvents } from '../support/sample-events.ts';
import { type Bench, everything, ids, stream, type Support, take } from './event-store-bench.ts';

export function subscriptionsContract(bench: Bench, supports: Support): void {
  describe('subscriptions', () => {
    test('from the beginning: what is stored, then what is appended, each once and in order', async () => {
      await bench.grow(5);
      const controller = new AbortController();
      const seen = take(bench.store.subscribeAll({ after: null, types: null, signal: controller.signal }), 8);
      await bench.grow(3, 'sleeveRun-b');
      expect(ids(await seen)).toEqual(ids(await bench.store.readAll(everything)));
    });

    test('resumes after a position, exclusively', async () => {
      await bench.grow(6);
      const all = await bench.store.readAll(everything);
      const controller = new AbortController();
      const seen = await take(bench.store.subscribeAll({ after: all[2]!.position, types: null, signal: controller.signal }), 3);
      expect(seen.map((event) => event.position)).toEqual(all.slice(3).map((event) => event.position));
    });

    test('delivers the types asked for only', async () => {
      const controller = new AbortController();
      const seen = take(bench.store.subscribeAll({ after: null, types: ['ThingHeard'], signal: controller.signal }), 2);
      for (const [index, type] of ['ThingSeen', 'ThingHeard', 'ThingSeen', 'ThingHeard'].entries()) {
        const other = `sleeveRun-${index}`;
        await bench.store.append(other, sampleEvents({ stream: other, count: 1, type }), { expectedRevision: 'none' });
      }
      expect((await seen).map((event) => event.stream)).toEqual(['sleeveRun-1', 'sleeveRun-3']);
    });

    test('ends without an error when aborted while waiting', async () => {
      await bench.grow(2);
      const controller = new AbortController();
      const seen = take(bench.store.subscribeAll({ after: null, types: null, signal: controller.signal }), 99, (event) => {
        if (event.revision === 1n) setTimeout(() => controller.abort(), 20);
      });
      expect(await seen).toHaveLength(2);
    });

    test('delivers nothing more once aborted in the middle of a page', async () => {
      await bench.grow(9);
      const controller = new AbortController();
      const seen = await take(bench.store.subscribeAll({ after: null, types: null, signal: controller.signal }), 99, (event) => {
        if (event.revision === 3n) controller.abort();
      });
      expect(seen).toHaveLength(4);
    });

    test('ends at once when the signal was aborted before', async () => {
      await bench.grow(1);
      expect(await take(bench.store.subscribeAll({ after: null, types: null, signal: AbortSignal.abort() }), 9)).toEqual([]);
    });

    test('ends when the store is closed', async () => {
      const seen = take(bench.store.subscribeAll({ after: null, types: null, signal: new AbortController().signal }), 9);
      setTimeout(() => void bench.store.close(), 20);
      expect(await seen).toEqual([]);
    });

    test('a consumer that appends while it reads, and one slower than the writer, miss and double nothing', async () => {
      await bench.grow(3);
      const controller = new AbortController();
      const slow: string[] = [];
      for await (const event of bench.store.subscribeAll({ after: null, types: null, signal: controller.signal })) {
        slow.push(event.id);
        if (event.stream === stream) {
          const echo = `sleeveRun-echo-${event.revision}`;
          await bench.store.append(echo, sampleEvents({ stream: echo, count: 100 }), { expectedRevision: 'none' });
        }
        if (slow.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
        if (slow.length === 303) break;
      }
      expect(slow).toEqual(ids(await bench.store.readAll(everything)));
    });

    test('two subscriptions do not disturb each other', async () => {
      const controller = new AbortController();
      const options = { after: null, types: null, signal: controller.signal };
      const both = Promise.all([take(bench.store.subscribeAll(options), 4), take(bench.store.subscribeAll(options), 4)]);
      await bench.grow(4);
      const [first, second] = await both;
      expect(ids(first)).toEqual(ids(second));
    });

    (supports.second ? test : test.skip)('sees what another handle appends, in between its own', async () => {
      const second = await bench.subject.hooks.secondStore!();
      const controller = new AbortController();
      const seen = take(bench.store.subscribeAll({ after: null, types: null, signal: controller.signal }), 40);
      for (let index = 0; index < 40; index++) {
        const other = `sleeveRun-${index}`;
        await (index % 2 === 0 ? bench.store : second).append(other, sampleEvents({ stream: other, count: 1 }), {
          expectedRevision: 'none',
        });
        if (index % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 15));
      }
      expect((await seen).map((event) => event.stream)).toEqual(Array.from({ length: 40 }, (_, index) => `sleeveRun-${index}`));
    });
  });
}
