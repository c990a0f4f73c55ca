import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type BoundedWeights, projectToBounds } from '../../domain/risk/bounds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { sum } from '../domain/risk/fixtures.ts';
import { propertyRuns } from '../support/property-runs.ts';

const runs = { numRuns: propertyRuns(1000) };
const fraction = fc.double({ min: 0, max: 1, noNaN: true });

/** Weights of any sign and size, and bounds that may or may not be feasible. */
const drawn = fc.integer({ min: 1, max: 12 }).chain((size) =>
  fc.record({
    weights: fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: size, maxLength: size }),
    lower: fc.array(
      fraction.map((value) => (value * 1.2) / size),
      { minLength: size, maxLength: size },
    ),
    room: fc.array(
      fraction.map((value) => (value * 3) / size),
      { minLength: size, maxLength: size },
    ),
  }),
);

describe.each(['euclidean', 'proportional'] as const)('the %s projection', (method) => {
  test('lands within the bounds with sum one, or refuses bounds whose sums exclude one', () => {
    fc.assert(
      fc.property(drawn, ({ weights, lower, room }) => {
        const upper = lower.map((low, i) => low + room[i]!);
        const isFeasible = sum(lower) <= 1 + 1e-12 && sum(upper) >= 1 - 1e-12;
        let found: BoundedWeights | undefined;
        try {
          found = projectToBounds(weights, lower, upper, method);
        } catch (error) {
          if (!(error instanceof LedgerError)) throw error;
          expect(error.code).toBe('BoundsInfeasible');
        }
        expect(found !== undefined).toBe(isFeasible);
        if (found === undefined) return;
        // Bounds that miss one by the tolerance of feasibility are met as nearly as they allow, but for the rounding of the sums.
        expect(Math.abs(sum(found.weights) - 1)).toBeLessThanOrEqual(1e-12 + 1e-15);
        expect(found.weights.filter((weight, i) => !(weight >= lower[i]! && weight <= upper[i]!))).toEqual([]);
      }),
      runs,
    );
  });

  test('projecting again moves nothing', () => {
    fc.assert(
      fc.property(drawn, ({ weights, lower, room }) => {
        const low = lower.map((value) => value / 2);
        const upper = low.map((value, i) => value + room[i]! + 1 / weights.length);
        const once = projectToBounds(weights, low, upper, method);
        expect(projectToBounds(once.weights, low, upper, method).distanceL2).toBeLessThan(1e-12);
      }),
      runs,
    );
  });
});

test('no feasible weights are nearer than the Euclidean projection', () => {
  fc.assert(
    fc.property(drawn, fc.array(fraction, { minLength: 12, maxLength: 12 }), ({ weights, lower, room }, other) => {
      const low = lower.map((value) => value / 2);
      const upper = low.map((value, i) => value + room[i]! + 1 / weights.length);
      const nearest = projectToBounds(weights, low, upper, 'euclidean');
      const rival = projectToBounds(other.slice(0, weights.length), low, upper, 'proportional').weights;
      // The obtuse angle criterion: (v - p)·(z - p) <= 0 for every feasible z characterises the projection p of v.
      const angle = weights.reduce((total, value, i) => total + (value - nearest.weights[i]!) * (rival[i]! - nearest.weights[i]!), 0);
      expect(angle).toBeLessThan(1e-9);
    }),
    runs,
  );
});
