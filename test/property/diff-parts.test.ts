import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { factors, splitExactly, sumOfParts } from '../../handlers/comparison/diff-parts.ts';
import { propertyRuns } from '../support/property-runs.ts';

/** Weights as they come: ordinary, signed, dust, and exact zeros. */
const weight = fc.oneof(
  fc.double({ min: -1.5, max: 1.5, noNaN: true }),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.double({ min: -1e-15, max: 1e-15, noNaN: true }),
  fc.constantFrom(0, 1, 0.5, 0.1, 1 / 3),
);
const settings = fc.record({ before: weight, after: weight, steps: fc.tuple(weight, weight, weight, weight) });

describe('a weight change split into parts', () => {
  test('sums exactly to the change, in the documented order, whatever the weights', () => {
    fc.assert(
      fc.property(settings, (substituted) => {
        const parts = splitExactly(substituted);
        const { sleeveResults, covariance, bounds, definition, rounding } = parts;
        const change = substituted.after - substituted.before;
        expect([sleeveResults + covariance + bounds + definition + rounding === change, sumOfParts(parts) === change]).toEqual([
          true,
          true,
        ]);
      }),
      { numRuns: propertyRuns(20_000) },
    );
  });

  test('leaves to rounding no more than last bits of the largest part', () => {
    fc.assert(
      fc.property(settings, (substituted) => {
        const parts = splitExactly(substituted);
        const largest = Math.max(
          Math.abs(substituted.before),
          Math.abs(substituted.after),
          ...substituted.steps.map(Math.abs),
          ...factors.map((factor) => Math.abs(parts[factor])),
        );
        expect(Math.abs(parts.rounding)).toBeLessThanOrEqual(8 * Number.EPSILON * largest);
      }),
      { numRuns: propertyRuns(20_000) },
    );
  });

  test('gives an input that was exchanged for its equal no part, when the code reproduces both ends', () => {
    const ends = fc.record({ before: weight, after: weight, first: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(ends, ({ before, after, first }) => {
        // Only the factor at `first` moves the weight: what stands before it keeps the old one, what follows the new.
        const at = (step: number): number => (step > first ? after : before);
        const parts = splitExactly({ before, after, steps: [before, at(1), at(2), at(3)] });
        expect(factors.filter((factor) => parts[factor] !== 0)).toEqual(after === before ? [] : [factors[first]]);
        expect(parts.rounding === 0).toBe(true);
      }),
      { numRuns: propertyRuns(5_000) },
    );
  });
});
