/**
 * A covariance that rounding left indefinite was raised by n roundings of its variances before it was solved, where a few mend it. The
 * weights were then those of the raised matrix: up to a percent more variance than the least, where that is a millionth of a billionth of
 * the columns' own. Found by random programs against Clarabel (seed 20306230, 121 columns).
 */
import { expect, test } from '@jest/globals';
import { minVarianceLongOnly } from '../../domain/risk/min-variance.ts';
import { type Extended, minus, minusDot, negated, times, plus, zero } from '../../domain/risk/program/double-double.ts';
import { currentSolvePolicy } from '../../domain/risk/solve-policy.ts';
import { names, weightsOf } from '../domain/risk/fixtures.ts';
import { randomProgram } from '../support/programs/random-program.ts';

/** w'Qw in 32 digits, the matrix taken as its digits stand. */
function varianceOf(quadratic: Float64Array, weights: readonly number[]): Extended {
  const size = weights.length;
  const matrix = { high: quadratic, low: new Float64Array(size * size) };
  const vector = { high: Float64Array.from(weights), low: new Float64Array(size) };
  const rows = weights.map((weight, i) => times(negated(minusDot(zero, matrix, i * size, vector, 0, size)), [weight, 0]));
  return rows.reduce(plus, zero);
}

test.each([1, 54, 338])('columns that are indefinite by rounding have less variance than those raised by n roundings (seed %d)', (seed) => {
  const { covariance, size } = randomProgram('minimum variance', seed);
  const variance = (raisesLeast: boolean): Extended =>
    varianceOf(covariance, weightsOf(minVarianceLongOnly(covariance, names(size), 0, { ...currentSolvePolicy, raisesLeast }).weights));
  const least = variance(true);
  expect(minus(variance(false), least)[0]).toBeGreaterThan(1e-9 * Math.abs(least[0]));
});
