/** Moments and quantiles by hand. */
import { expect, test } from '@jest/globals';
import { linearQuantile } from '../../../domain/returns/quantile.ts';
import { centralMoments, sampleMoments } from '../../../domain/returns/sample-moments.ts';

test('mean, deviation by n-1, and the root of the mean square of what is below zero', () => {
  // Deviations -2, 0, 2: 8/2; below zero -1 alone: 1/3.
  expect(sampleMoments(Float64Array.of(-1, 1, 3))).toEqual({ mean: 1, deviation: 2, downside: Math.sqrt(1 / 3) });
  expect(sampleMoments(Float64Array.of(3, 1, -1))).toEqual({ mean: 1, deviation: 2, downside: Math.sqrt(1 / 3) });
  expect(sampleMoments(Float64Array.of(-2))).toEqual({ mean: -2, deviation: null, downside: 2 });
  // Three times 0.1 has a mean that is not 0.1: equal values do not vary all the same.
  expect(sampleMoments(Float64Array.of(0.1, 0.1, 0.1)).deviation).toBe(0);
  expect(sampleMoments(Float64Array.of(1, 2))).toEqual({ mean: 1.5, deviation: Math.sqrt(0.5), downside: 0 });
});

test('central moments are means of the powers, by n', () => {
  // Mean 1; deviations -1, -1, 2: squares 6/3, cubes 6/3, fourth powers 18/3.
  expect(centralMoments(Float64Array.of(0, 0, 3))).toEqual({ second: 2, third: 2, fourth: 6 });
});

test('a quantile lies on the line between its neighbours', () => {
  const sorted = Float64Array.of(1, 2, 4, 8);
  expect([0, 0.25, 0.5, 0.75, 1].map((probability) => linearQuantile(sorted, probability))).toEqual([1, 1.75, 3, 5, 8]);
  expect(linearQuantile(Float64Array.of(7), 0.3)).toBe(7);
});
