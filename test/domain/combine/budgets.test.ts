/** Budgets by rule, against their definitions. */
import { describe, expect, test } from '@jest/globals';
import { dynamicBudgets } from '../../../domain/combine/dynamic-budgets.ts';
import { equalRiskBudgets } from '../../../domain/combine/equal-risk-budgets.ts';
import { computePlanned } from '../../../domain/combine/planned.ts';
import { plannedOf } from '../../../domain/combine/planned-defaults.ts';
import { correlationScale, covarianceOfPositions } from '../../../domain/combine/sleeve-covariance.ts';

const dates = Array.from({ length: 30 }, (_, i) => `2025-01-${String(i + 1).padStart(2, '0')}`);
const returns = dates.map((_, i) => [((i * 7) % 11) / 1000 - 0.004, ((i * 5) % 13) / 1000 - 0.007, ((i * 3) % 7) / 1000 - 0.003]);
const sleeveReturns = { dates, sleeves: ['a', 'b', 'c'], returns, annualisationDays: 252 };
const terms = { eta: 0.5, rows: 20, lower: 0, upper: 1 };
const base = { a: 0.5, b: 0.3, c: 0.2 };

describe('equal risk', () => {
  test('gives a sleeve without variance nothing, and says which', () => {
    const covariance = Float64Array.from([0.04, 0, 0, 0, 0, 0, 0, 0, 0.01]);
    const { budgets, withoutVariance } = equalRiskBudgets({ sleeves: ['a', 'flat', 'z'], covariance });
    expect(withoutVariance).toEqual(['flat']);
    expect(budgets['flat']).toBe(0);
    // Uncorrelated: budgets in inverse proportion to 0.2 and 0.1.
    expect(Math.abs(budgets['a']! - 1 / 3) + Math.abs(budgets['z']! - 2 / 3)).toBeLessThan(1e-12);
  });

  test('of sleeves that do not vary at all is undetermined', () => {
    expect(() => equalRiskBudgets({ sleeves: ['a'], covariance: Float64Array.of(0) })).toThrow(
      expect.objectContaining({ code: 'BudgetsUndetermined' }),
    );
  });

  test('needs the covariance of every asset that is held, given in one way', () => {
    const held = { a: { X: 1, Y: 2 } };
    expect(() => covarianceOfPositions(held, { assets: ['X'], covariance: [[1]] })).toThrow(
      expect.objectContaining({ code: 'CombinationInputMissing', message: expect.stringContaining('Y, which a holds') }),
    );
    const crooked = {
      assets: ['X', 'Y'],
      covariance: [
        [1, 0.2],
        [0.3, 1],
      ],
    };
    expect(() => covarianceOfPositions(held, crooked)).toThrow(expect.objectContaining({ code: 'NotACovariance' }));
    expect(() => covarianceOfPositions(held, { assets: ['X', 'Y'], covariance: [[1, 0]] })).toThrow(
      expect.objectContaining({ code: 'SchemaViolation' }),
    );
  });
});

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('budgets that follow performance', () => {
  const sharpe = (column: number): number => {
    const values = returns.slice(-20).map((row) => row[column]!);
    const mean = meanOf(values);
    const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / 19;
    return (mean / Math.sqrt(variance)) * Math.sqrt(252);
  };

  test('are base x exp(eta x SR), SR clipped to 2, over their sum', () => {
    const { budgets, sharpeRatios } = dynamicBudgets(base, terms, sleeveReturns);
    const pulls = [0.5, 0.3, 0.2].map((share, i) => share * Math.exp(0.5 * Math.max(-2, Math.min(2, sharpe(i)))));
    const sum = pulls.reduce((all, pull) => all + pull, 0);
    ['a', 'b', 'c'].forEach((sleeve, i) => {
      expect(Math.abs(sharpeRatios[sleeve]! - sharpe(i))).toBeLessThan(1e-12);
      expect(Math.abs(budgets[sleeve]! - pulls[i]! / sum)).toBeLessThan(1e-14);
    });
  });

  test('keep their bounds and sum to one; with eta 0 they are the base', () => {
    const { budgets } = dynamicBudgets(base, { ...terms, eta: 3, lower: 0.2, upper: 0.5 }, sleeveReturns);
    const values = Object.values(budgets);
    expect(Math.abs(values.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(1e-15);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0.2);
    expect(Math.max(...values)).toBeLessThanOrEqual(0.5);
    const unmoved = dynamicBudgets(base, { ...terms, eta: 0 }, sleeveReturns).budgets;
    for (const [sleeve, share] of Object.entries(base)) expect(Math.abs(unmoved[sleeve]! - share)).toBeLessThan(1e-15);
  });

  test.each([
    ['rows that are not there', { ...terms, rows: 31 }, sleeveReturns, 'HistoryTooShort'],
    ['a sleeve without returns', terms, { ...sleeveReturns, sleeves: ['a', 'b', 'd'] }, 'CombinationInputMissing'],
    ['returns that do not vary', terms, { ...sleeveReturns, returns: returns.map(([a, b]) => [a!, b!, 0]) }, 'BudgetsUndetermined'],
    ['bounds without room', { ...terms, lower: 0.4 }, sleeveReturns, 'BoundsInfeasible'],
  ] as const)('are refused for %s', (_, asked, given, code) => {
    expect(() => dynamicBudgets(base, asked, { ...given, sleeves: [...given.sleeves] })).toThrow(expect.objectContaining({ code }));
  });
});

describe('the scale for correlation', () => {
  test('is one for sleeves that move together, and sqrt(n) for n uncorrelated ones of equal risk', () => {
    const together = { sleeves: ['a', 'b'], covariance: Float64Array.of(0.04, 0.02, 0.02, 0.01) };
    expect(Math.abs(correlationScale(together, { a: 0.3, b: 0.7 }) - 1)).toBeLessThan(1e-15);
    const apart = { sleeves: ['a', 'b'], covariance: Float64Array.of(0.04, 0, 0, 0.01) };
    expect(Math.abs(correlationScale(apart, { a: 1 / 3, b: 2 / 3 }) - Math.sqrt(2))).toBeLessThan(1e-15);
  });

  test('multiplies contributions and total before the projection', () => {
    const planned = plannedOf({
      positions: { a: { X: 1 }, b: { Y: 1 } },
      budgets: { a: 1 / 3, b: 2 / 3 },
      correlationAware: 'positions',
      assetCovariance: {
        assets: ['X', 'Y'],
        covariance: [
          [0.04, 0],
          [0, 0.01],
        ],
      },
    });
    const { scale, combination } = computePlanned(planned);
    expect(combination.total[0]).toBe(scale * (1 / 3));
    expect(Math.abs(scale - Math.sqrt(2))).toBeLessThan(1e-15);
  });
});
