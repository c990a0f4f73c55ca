import { expect, test } from '@jest/globals';
import { normalDensity, normalProbability, normalQuantile } from '../../../domain/metrics/normal.ts';

/** Figures of Python's standard library: math.erfc(-x/√2)/2 and statistics.NormalDist().inv_cdf. */
test.each([
  [-38, 2.88542835e-316, 1e-7],
  [-20, 2.7536241186063314e-89, 1e-13],
  [-6, 9.865876450377012e-10, 1e-14],
  [-2.5, 0.006209665325776139, 1e-14],
  [-1, 0.15865525393145707, 1e-15],
  [-0.3, 0.3820885778110474, 1e-15],
  [0, 0.5, 1e-15],
  [0.4, 0.6554217416103242, 1e-15],
  [1, 0.8413447460685429, 1e-15],
  [2, 0.9772498680518208, 1e-15],
  [5, 0.9999997133484281, 1e-15],
  [8, 0.9999999999999993, 1e-15],
])('a normal value is at most %p with the probability of the standard library of Python', (x, expected, tolerance) => {
  expect(Math.abs(normalProbability(x) / expected - 1)).toBeLessThanOrEqual(tolerance);
});

test.each([
  [1e-300, -37.0470962993612],
  [1e-10, -6.361340902404056],
  [0.001, -3.090232306167813],
  [0.05, -1.6448536269514726],
  [0.3, -0.5244005127080407],
  [0.9, 1.2815515655446008],
  [0.99, 2.3263478740408408],
])('the quantile at %p is that of the standard library of Python', (probability, expected) => {
  expect(Math.abs(normalQuantile(probability) / expected - 1)).toBeLessThan(1e-14);
});

test('quantile and probability undo one another, and the ends are infinite', () => {
  for (let step = 1; step < 200; step++) {
    const probability = step / 200;
    expect(Math.abs(normalProbability(normalQuantile(probability)) - probability)).toBeLessThan(1e-15);
  }
  expect(normalQuantile(0.5)).toBe(0);
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
});

test.each([
  [0, 0.3989422804014327],
  [-1.6448536269514726, 0.10313564037537139],
  [3, 0.0044318484119380075],
])('the density at %p is that of the standard library of Python', (x, expected) => {
  expect(Math.abs(normalDensity(x) / expected - 1)).toBeLessThan(1e-14);
});
