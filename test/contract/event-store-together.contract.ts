/** The contract of appends that are asked for before others have been answered: a store may take them together, and nobody sees it. */
import { describe, expect, test } from '@jest/globals';
import type { EventToAppend } from '../../handlers/ports/ports.ts';
import { sampleEvents } from '../support/sample-events.ts';
import { type Bench, comparable, forwards, ids, type Support } from './event-store-bench.ts';

const streamAt = (index: number): string => `sleeveRun-together-${index}`;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const opening = (index: number, count = 2): EventToAppend[] => sampleEvents({ stream: streamAt(index), count });

export function togetherContract(bench: Bench, supports: Support): void {
  const append = (index: number, batch = opening(index)) => bench.store.append(streamAt(index), batch, { expectedRevision: 'none' });

  describe('appends that are under way together', () => {
    test('are each stored whole, and answered with what is stored', async () => {
      const answers = await Promise.all(numbers(100).map((index) => append(index, opening(index, 1 + (index % 3)))));
      for (const [index, { events, already }] of answers.entries()) {
        expect(already).toBe(false);
        expect((await bench.store.readStream(streamAt(index), forwards)).map(comparable)).toEqual(events.map(comparable));
      }
    });

    test('a conflict among them harms nobody else, and leaves nothing behind', async () => {
      await append(3);
      const other = sampleEvents({ stream: streamAt(3), count: 3, commandId: 'another command' });
      const settled = await Promise.allSettled(numbers(8).map((index) => append(index, index === 3 ? other : opening(index))));
      expect(settled.map(({ status }) => status)).toEqual(numbers(8).map((index) => (index === 3 ? 'rejected' : 'fulfilled')));
      expect(settled[3]).toMatchObject({ reason: { code: 'WrongExpectedRevision', evidence: { expected: 'none', actual: '1' } } });
      for (const index of numbers(8)) expect(ids(await bench.read(streamAt(index)))).toEqual(ids(opening(index)));
    });

    test('to one stream build on each other as if each had waited', async () => {
      const first = opening(0, 1);
      const { hash, recordedAt } = first[0]!;
      const tail = { revision: 0, hash, recordedAt };
      const second = sampleEvents({ stream: streamAt(0), count: 1, tail, commandId: 'second' });
      const [opened, followed, late] = await Promise.allSettled([
        append(0, first),
        bench.store.append(streamAt(0), second, { expectedRevision: 0n }),
        bench.store.append(streamAt(0), sampleEvents({ stream: streamAt(0), count: 1, commandId: 'late' }), { expectedRevision: 0n }),
      ]);
      expect([opened.status, followed.status, late.status]).toEqual(['fulfilled', 'fulfilled', 'rejected']);
      expect(ids(await bench.read(streamAt(0)))).toEqual(ids([...first, ...second]));
    });

    test('the same batch twice is stored once, and both are answered', async () => {
      const [first, again] = await Promise.all([append(0), append(0)]);
      expect([first.already, again.already]).toEqual([false, true]);
      expect(again.events.map(({ position }) => position)).toEqual(first.events.map(({ position }) => position));
      expect(await bench.read(streamAt(0))).toHaveLength(2);
    });

    (supports.second ? test : test.skip)('of two handles, one wins a stream that both open', async () => {
      const second = await bench.subject.hooks.secondStore!();
      const mine = numbers(20).map((index) => append(index));
      const theirs = numbers(20).map((index) =>
        second.append(streamAt(index), sampleEvents({ stream: streamAt(index), count: 1, commandId: 'theirs' }), {
          expectedRevision: 'none',
        }),
      );
      const settled = await Promise.allSettled([...mine, ...theirs]);
      const won = settled.map(({ status }) => status === 'fulfilled');
      for (const index of numbers(20)) expect([won[index], won[index + 20]].filter(Boolean)).toHaveLength(1);
    });
  });
}
