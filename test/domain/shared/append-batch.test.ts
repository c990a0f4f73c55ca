import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inBatches } from '../../../domain/shared/append-batch.ts';
import { limits } from '../../../domain/shared/limits.ts';

const bytesIn = (batch: readonly { readonly bytes: Uint8Array }[]): number => batch.reduce((sum, { bytes }) => sum + bytes.length, 0);
const fits = (batch: readonly { readonly bytes: Uint8Array }[]): boolean =>
  batch.length <= limits.appendEventsMax && bytesIn(batch) <= limits.eventBytesMax;
/** One buffer for all: only lengths count. */
const room = new Uint8Array(limits.eventBytesMax);
const event = (length: number) => ({ bytes: room.subarray(0, length) });
const counts = (lengths: readonly number[]): number[] => inBatches(lengths.map(event)).map((batch) => batch.length);

describe('events in batches', () => {
  test('are the same events in the same order, each batch within the limits of an append and full', () => {
    const lengths = fc.oneof(
      fc.array(fc.integer({ min: 1, max: limits.eventBytesMax }), { maxLength: 20 }),
      fc.integer({ min: 990, max: 2_100 }).map((count) => Array.from({ length: count }, (_, index) => 300 + (index % 7) * 300)),
    );
    fc.assert(
      fc.property(lengths, (given) => {
        const events = given.map(event);
        const batches = inBatches(events);
        expect(batches.flat()).toEqual(events);
        batches.forEach((batch, index) => {
          expect(batch.length > 0 && fits(batch)).toBe(true);
          const next = batches[index + 1]?.[0];
          if (next !== undefined) expect(fits([...batch, next])).toBe(false);
        });
      }),
      { numRuns: 50 },
    );
  });

  test('are one batch up to both limits, and two beyond either', () => {
    expect(inBatches([])).toEqual([]);
    expect(counts(Array.from({ length: limits.appendEventsMax }, () => 1))).toEqual([limits.appendEventsMax]);
    expect(counts(Array.from({ length: limits.appendEventsMax + 1 }, () => 1))).toEqual([limits.appendEventsMax, 1]);
    expect(counts([limits.eventBytesMax - 1, 1])).toEqual([2]);
    expect(counts([limits.eventBytesMax - 1, 2])).toEqual([1, 1]);
  });
});
