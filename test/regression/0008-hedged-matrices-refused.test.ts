/**
 * Minimum variance and maximum Sharpe refused valid covariances of hedges. The certificate measured the gradient against the multiplier
 * alone: where the terms of a gradient cancel to a billionth of themselves, their rounding is more than that limit. A free block that was
 * singular to rounding was refused, and on a few matrices rounding made the active set cycle until it gave up.
 */
import { describe, expect, test } from '@jest/globals';
import { squareOf } from '../../domain/risk/columns.ts';
import { maxSharpe } from '../../domain/risk/max-sharpe.ts';
import { minVariance, minVarianceLongOnly } from '../../domain/risk/min-variance.ts';
import { solvePolicyOf } from '../../domain/risk/solve-policy.ts';
import { exactOptimum, exactVariance, toNumber } from '../domain/risk/exact-program.ts';
import { largestGap, names, weightsOf } from '../domain/risk/fixtures.ts';

const refused = expect.objectContaining({ code: 'SolverFailed' });

/** Four columns that are multiples of one another but for 1e-6, and three of which two are copies of the third and its hedge. */
const cycling = [
  [
    7.018161855043932, 3.509078331470328, 14.036322698803735, -10.527233141623215, 3.509078331470328, 1.7545378677116752, 7.018156157300069,
    -5.263612676741577, 14.036322698803735, 7.018156157300069, 28.07264337504248, -21.054464766325378, -10.527233141623215,
    -5.263612676741577, -21.054464766325378, 15.790835251046673,
  ],
  [
    0.35828541248040796, -0.3582855715219807, 0.35828551767662187, -0.3582855715219807, 0.3582857305636376, -0.3582856767182464,
    0.35828551767662187, -0.3582856767182464, 0.3582856228728718,
  ],
].map((entries) => ({ size: Math.sqrt(entries.length), covariance: Float64Array.from(entries) }));

describe('a hedge of two columns', () => {
  const columns = ['a', 'b'];
  const covariance = squareOf([
    [0.4195630781, -0.4734578267],
    [-0.4734578267, 0.5342758236],
  ]);

  test('has the weights that pencil and paper give', () => {
    const { weights, certificate } = minVariance({ covariance, columns, ridge: 0 });
    expect(Math.abs(weights[0]!.weight - 0.5301755808)).toBeLessThan(5e-11);
    expect(certificate.postConditions.find(({ name }) => name === 'kktResidual')!.limit).toBeGreaterThan(1e-9);
    const sharpe = maxSharpe({ covariance, means: [1, 1], columns })!;
    expect(Math.abs(sharpe.weights[0]!.weight - 0.5301755808)).toBeLessThan(5e-11);
  });

  test('is refused under rules 1, as it was', () => {
    expect(() => minVarianceLongOnly(covariance, columns, 0, solvePolicyOf(1))).toThrow(refused);
  });

  test('that is perfect has no variance, and is solved', () => {
    const perfect = squareOf([
      [1, -1],
      [-1, 1],
    ]);
    expect(weightsOf(minVariance({ covariance: perfect, columns, ridge: 0 }).weights)).toEqual([0.5, 0.5]);
    expect(weightsOf(maxSharpe({ covariance: perfect, means: [1, -0.5], columns })!.weights)).toEqual([0.5, 0.5]);
  });
});

describe.each(cycling)('$size columns on which the active set cycles', ({ size, covariance }) => {
  test('it gives up under rules 1', () => {
    expect(() => minVarianceLongOnly(covariance, names(size), 0, solvePolicyOf(1))).toThrow(/no optimum after \d+ active-set steps/);
  });

  test('the least index ends at the optimum, within the rounding of the matrix', () => {
    const { weights } = minVariance({ covariance, columns: names(size), ridge: 0 });
    const ones = weights.map(() => 1);
    const excess = toNumber(exactVariance(covariance, ones, weightsOf(weights))) - toNumber(exactOptimum(covariance, ones).variance);
    expect(Math.abs(excess)).toBeLessThan(size * Number.EPSILON * Math.max(...covariance));
  });
});

test('a covariance of fewer rows than columns is solved in doubles where its support is regular, in the same bits as before', () => {
  const size = 6;
  const loadings = [1, 2, -1, 0.5, 3, 0.25, 2, -1, 1, 1, 0.5, 4];
  const covariance = Float64Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return loadings[i]! * loadings[j]! + loadings[i + size]! * loadings[j + size]! + (i === j && i < 2 ? 1 : 0);
  });
  const before = minVarianceLongOnly(covariance, names(size), 0.5, solvePolicyOf(1));
  expect(minVarianceLongOnly(covariance, names(size), 0.5, solvePolicyOf(2))).toEqual(before);
  expect(
    largestGap(weightsOf(before.weights), exactOptimum(withRidge(covariance, 0.5), [1, 1, 1, 1, 1, 1]).weights as number[]),
  ).toBeLessThan(1e-12);
});

function withRidge(covariance: Float64Array, ridge: number): Float64Array {
  const size = Math.sqrt(covariance.length);
  return covariance.map((value, at) => (at % (size + 1) === 0 ? value + ridge : value));
}
