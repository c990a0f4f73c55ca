import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { declaredGrossMax, grossMaxOf, writtenGross } from '../../../domain/manifest/gross-max.ts';
import { grossFault, grossMaxDefault, requireGross } from '../../../domain/risk/gross.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { refusalOf } from '../../support/refusal.ts';

const numRuns = propertyRuns(300);

describe('the size of weights', () => {
  test.each([
    [[50, 50], 1.05, 'gross_exceeded', true],
    [[1e20, 1], 1.05, 'gross_exceeded', false],
    [[0, 0], 1.05, 'no_weights', false],
    [[], 1.05, 'no_weights', false],
    [[-0, 0], 1.05, 'no_weights', false],
    [[5e-324, 1e-300], 1.05, 'no_weights', false],
    [[1e308, 1e308], 1.05, 'gross_exceeded', false],
    [[Number.POSITIVE_INFINITY, 1], 1.05, 'gross_exceeded', false],
    [[Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY], 1.05, 'gross_exceeded', false],
    [[Number.NaN, 0.5], 1.05, 'gross_exceeded', false],
    [[0.6, 0.5], 1.05, 'gross_exceeded', false],
    [[150, -50], 1.05, 'gross_exceeded', true],
    [[120, 80], 2, 'gross_exceeded', true],
    [[120, 80], 1.05, 'gross_exceeded', false],
    [[97, 0.5], 1.05, 'gross_exceeded', true],
    [[-1, 0.2], 1.05, 'gross_exceeded', false],
  ] as const)('%p under a bound of %p is %s', (weights, bound, reason, looksLikePercent) => {
    expect(grossFault(weights, bound)).toMatchObject({ reason, looksLikePercent });
  });

  test.each([
    [[0.6, -0.4], 1.05],
    [[1], 1.05],
    [[0.55, 0.5], 1.05],
    [[1, -1], 2],
    [[1e-6], 1.05],
    [[0.1, 0.2, 0.3, 0.4, 0.05], 1.05],
  ] as const)('%p under a bound of %p may stand', (weights, bound) => {
    expect(grossFault(weights, bound)).toBeNull();
  });

  test('decides alike whatever the order and the signs', () => {
    const weight = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.array(weight, { minLength: 1, maxLength: 8 }), fc.double({ min: 0.1, max: 5, noNaN: true }), (weights, bound) => {
        const gross = weights.reduce((sum, value) => sum + Math.abs(value), 0);
        fc.pre(Math.abs(gross - bound) > 1e-6 && Math.abs(gross - 1e-6) > 1e-9);
        const reason = grossFault(weights, bound)?.reason ?? null;
        expect(reason).toBe(gross < 1e-6 ? 'no_weights' : gross > bound ? 'gross_exceeded' : null);
        expect(grossFault(weights.toReversed(), bound)?.reason ?? null).toBe(reason);
        expect(
          grossFault(
            weights.map((value) => -value),
            bound,
          )?.reason ?? null,
        ).toBe(reason);
      }),
      { numRuns },
    );
  });

  test('asks about percent whenever a whole portfolio was multiplied by 100', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }), (parts) => {
        const total = parts.reduce((sum, part) => sum + part, 0);
        const percent = parts.map((part) => (100 * part) / total);
        expect(grossFault(percent, grossMaxDefault)).toMatchObject({ reason: 'gross_exceeded', looksLikePercent: true });
      }),
      { numRuns },
    );
  });

  test('is refused in words that name the weights, both numbers and the question', () => {
    const weights = ['A:A', 'A:B'].map((symbol) => ({ symbol, weight: 50 }));
    const { code, message, evidence, at } = refusalOf(() => requireGross(weights, 1.05, 'hrp', { path: 'profiles[0].weights' }));
    expect([code, message]).toEqual([
      'WeightsRefused',
      'gross_exceeded: the sum of |weight| of hrp is 100, and at most 1.05 is taken: percent?',
    ]);
    expect(evidence).toEqual({ reason: 'gross_exceeded', gross: '100', grossMax: 1.05, looksLikePercent: true });
    expect(at).toEqual({ path: 'profiles[0].weights' });
    expect(refusalOf(() => requireGross([], 1.05, 'hrp')).message).toBe('no_weights: hrp holds nothing: the sum of |weight| is 0');
  });
});

describe('the bound of a profile', () => {
  test('is what it declares, then its leverage, then the default', () => {
    expect(declaredGrossMax({ gross_max: 1.5, leverage: 2 })).toBe(1.5);
    expect(declaredGrossMax({ gross_max: null, leverage: 2 })).toBe(2);
    expect(declaredGrossMax({})).toBeNull();
    expect([grossMaxOf(null), grossMaxOf(2)]).toEqual([1.05, 2]);
  });

  test('travels to a job only where it is written', () => {
    expect(writtenGross({ gross_max: null, leverage: null })).toEqual({});
    expect(writtenGross({ gross_max: 1.5 })).toEqual({ gross_max: 1.5 });
    expect(writtenGross({ leverage: 2 })).toEqual({ leverage: 2 });
  });
});
