/**
 * Equal risk contribution refused columns that nearly hedge one another. Coordinates then grow to millions, the Newton system loses its
 * last digits, and contributions measured in 16 digits miss their limit even where the weights are right.
 */
import { describe, expect, test } from '@jest/globals';
import { squareOf } from '../../domain/risk/columns.ts';
import { riskParity, riskParityOf } from '../../domain/risk/risk-parity.ts';
import { solvePolicyOf } from '../../domain/risk/solve-policy.ts';
import { names, weightsOf } from '../domain/risk/fixtures.ts';

/** Two columns of variances 4 and 1 that hedge one another but for a share. */
const pair = (share: number): Float64Array =>
  squareOf([
    [4, -2 * (1 - share)],
    [-2 * (1 - share), 1],
  ]);

describe('two columns that hedge one another but for 2^-40', () => {
  const covariance = pair(2 ** -40);

  test('have weights in inverse proportion to their volatilities, as any two columns do', () => {
    const { weights, certificate } = riskParity({ covariance, columns: names(2) });
    expect(Math.abs(weightsOf(weights)[0]! - 1 / 3)).toBeLessThan(1e-15);
    const [contributions] = certificate.postConditions.filter(({ name }) => name === 'riskContributionError');
    expect(contributions!.limit).toBeGreaterThan(1e-6);
    expect(contributions!.value).toBeLessThanOrEqual(contributions!.limit);
  });

  test('are refused under rules 2, as they were', () => {
    const manner = { policy: solvePolicyOf(2), conditionNumber: null };
    expect(() => riskParityOf(covariance, names(2), Float64Array.of(0.5, 0.5), manner)).toThrow(
      expect.objectContaining({ code: 'SolverFailed' }),
    );
  });
});

test('a perfect hedge has no risk to share out, and is refused with that reason', () => {
  expect(() => riskParity({ covariance: pair(0), columns: names(2) })).toThrow(/hedge one another to the last digit/);
});
