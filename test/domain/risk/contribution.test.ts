import { describe, expect, test } from '@jest/globals';
import { squareOf } from '../../../domain/risk/columns.ts';
import { diversificationRatio, effectiveNumber, portfolioVolatility, riskContributions } from '../../../domain/risk/contribution.ts';
import { sum } from './fixtures.ts';

// Worked by hand: volatilities .2 and .1, correlation .5, weights .6 and .4; variance .0208.
const covariance = squareOf([
  [0.04, 0.01],
  [0.01, 0.01],
]);
const weights = [0.6, 0.4];

test('contributions to risk are those worked by hand and sum to the volatility', () => {
  const { volatility, contributions, shares } = riskContributions(covariance, weights);
  expect(volatility).toBeCloseTo(Math.sqrt(0.0208), 15);
  expect(shares![0]).toBeCloseTo(0.0168 / 0.0208, 14);
  expect(shares![1]).toBeCloseTo(0.004 / 0.0208, 14);
  expect(sum(contributions!)).toBeCloseTo(volatility, 15);
  expect(portfolioVolatility(covariance, weights)).toBe(volatility);
});

test('the diversification ratio is the mean volatility over the volatility of the whole', () => {
  expect(diversificationRatio(covariance, weights)).toBeCloseTo(0.16 / Math.sqrt(0.0208), 14);
  expect(diversificationRatio(covariance, [1, 0])).toBe(1);
});

test('without any risk the shares and the ratio are undefined, not zero', () => {
  expect(riskContributions(new Float64Array(4), weights)).toEqual({ volatility: 0, contributions: null, shares: null });
  expect(diversificationRatio(new Float64Array(4), weights)).toBeNull();
});

test('the effective number is that of equal positions equally concentrated', () => {
  expect(effectiveNumber([0.25, 0.25, 0.25, 0.25])).toBe(4);
  expect(effectiveNumber([1, 0])).toBe(1);
  expect(effectiveNumber([])).toBeNull();
});

test('a covariance of another size is refused', () => {
  expect(() => riskContributions(covariance, [1])).toThrow(expect.objectContaining({ code: 'SchemaViolation' }));
});

describe('the effective number of positions', () => {
  test('is n for equal weights and 1 for one', () => {
    expect(effectiveNumber([0.25, 0.25, 0.25, 0.25])).toBe(4);
    expect(effectiveNumber([1, 0])).toBe(1);
    expect(effectiveNumber([0.5, -0.5])).toBe(2);
    expect(effectiveNumber([0, 0])).toBeNull();
  });
});
