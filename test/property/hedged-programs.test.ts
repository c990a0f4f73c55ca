/**
 * Minimum variance and maximum Sharpe on covariances of hedges and near copies, against the same programs in rational arithmetic
 * (`exact-program.ts`). The factors are whole numbers, so that every covariance is positive semi-definite as its digits stand.
 */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { maxSharpe } from '../../domain/risk/max-sharpe.ts';
import { minVariance } from '../../domain/risk/min-variance.ts';
import { exactOptimum, exactVariance, toNumber } from '../domain/risk/exact-program.ts';
import { largestGap, names, weightsOf } from '../domain/risk/fixtures.ts';
import { propertyRuns } from '../support/property-runs.ts';

const runs = { numRuns: propertyRuns(150) };
const loadingMax = 2 ** 22;

/** A column of its own, or a copy or hedge of an earlier one that misses it by a little or by nothing. */
const column = fc.record({
  own: fc.array(fc.integer({ min: -loadingMax, max: loadingMax }), { minLength: 4, maxLength: 4 }),
  follows: fc.constantFrom(0, 1, -1),
  which: fc.nat(),
  misses: fc.array(fc.constantFrom(0, 0, 1, -1, 3), { minLength: 4, maxLength: 4 }),
  scale: fc.constantFrom(-10, 0, 0, 0, 10),
});

const hedged = fc
  .record({
    columns: fc.array(column, { minLength: 2, maxLength: 5 }),
    factors: fc.integer({ min: 1, max: 4 }),
    // From 1e-12 to 1e12, squared.
    scale: fc.integer({ min: -40, max: 40 }),
  })
  .map(({ columns, factors, scale }) => {
    const loadings: number[][] = [];
    for (const { own, follows, which, misses } of columns) {
      const earlier = loadings[which % Math.max(1, loadings.length)];
      const is = earlier === undefined || follows === 0 ? own : earlier.map((value, k) => follows * value + misses[k]!);
      loadings.push(is);
    }
    const unit = (i: number): number => 2 ** columns[i]!.scale;
    const size = columns.length;
    return Float64Array.from({ length: size * size }, (_, at) => {
      const [i, j] = [Math.floor(at / size), at % size];
      const product = loadings[i]!.slice(0, factors).reduce((sum, value, k) => sum + value * loadings[j]![k]!, 0);
      return product * unit(i) * unit(j) * 2 ** scale;
    });
  })
  .filter((covariance) => diagonalOf(covariance).every((variance) => variance > 0));

function diagonalOf(square: Float64Array): number[] {
  const size = Math.sqrt(square.length);
  return Array.from({ length: size }, (_, i) => square[i * size + i]!);
}

/** Sum of |w_i Q_ij w_j| for weights on the budget: what a rounding of 1e-16 is a share of. */
function termsOf(covariance: Float64Array, budget: readonly number[], weights: readonly number[]): number {
  const size = weights.length;
  const spent = budget.reduce((sum, share, i) => sum + share * weights[i]!, 0);
  const terms = covariance.reduce((sum, value, at) => sum + Math.abs(value) * weights[Math.floor(at / size)]! * weights[at % size]!, 0);
  return terms / spent / spent;
}

function isExact(covariance: Float64Array, budget: readonly number[], found: { weights: { symbol: string; weight: number }[] }): void {
  const weights = weightsOf(found.weights);
  const optimum = exactOptimum(covariance, budget);
  const excess = toNumber(exactVariance(covariance, budget, weights)) - toNumber(optimum.variance);
  expect(excess).toBeLessThanOrEqual(1e-9 * toNumber(optimum.variance) + 1e-15 * termsOf(covariance, budget, weights));
  if (optimum.isUnique) expect(largestGap(weights, optimum.weights)).toBeLessThan(1e-7);
}

test('minimum variance takes every such covariance, and its weights are the exact ones', () => {
  fc.assert(
    fc.property(hedged, (covariance) => {
      const columns = names(Math.sqrt(covariance.length));
      isExact(
        covariance,
        columns.map(() => 1),
        minVariance({ covariance, columns, ridge: 0 }),
      );
    }),
    runs,
  );
});

test('maximum Sharpe takes every such covariance, and its weights are the exact ones', () => {
  const means = fc.array(fc.integer({ min: -3, max: 5 }), { minLength: 5, maxLength: 5 }).filter(([first]) => first! > 0);
  fc.assert(
    fc.property(hedged, means, (covariance, drawn) => {
      const columns = names(Math.sqrt(covariance.length));
      const given = columns.map((_, i) => drawn[i]! / 8);
      isExact(covariance, given, maxSharpe({ covariance, means: given, columns })!);
    }),
    runs,
  );
});

test('minimum variance within bounds is never above that of any other weights within them', () => {
  fc.assert(
    fc.property(hedged, fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 5, maxLength: 5 }), (covariance, drawn) => {
      const columns = names(Math.sqrt(covariance.length));
      const size = columns.length;
      const [lower, upper] = [columns.map(() => 0.25 / size), columns.map(() => 2 / size)];
      const ones = columns.map(() => 1);
      const weights = weightsOf(minVariance({ covariance, columns, ridge: 0, lower, upper }).weights);
      const total = drawn.slice(0, size).reduce((sum, share) => sum + share, 0);
      const free = columns.map((_, i) => Math.min(2, 0.25 + (0.75 * size * drawn[i]!) / total) / size);
      const missing = 1 - free.reduce((sum, weight) => sum + weight, 0);
      const room = free.map((weight, i) => upper[i]! - weight);
      const rooms = room.reduce((sum, value) => sum + value, 0);
      const other = free.map((weight, i) => weight + (missing * room[i]!) / rooms);
      const variance = toNumber(exactVariance(covariance, ones, weights));
      const terms = termsOf(covariance, ones, weights) + termsOf(covariance, ones, other);
      expect(variance).toBeLessThanOrEqual(toNumber(exactVariance(covariance, ones, other)) + 1e-14 * terms);
      weights.forEach((weight, i) => expect(weight >= lower[i]! && weight <= upper[i]!).toBe(true));
    }),
    runs,
  );
});
