/** What refused combinations say, word for word, and the numbers at which they begin to be refused. */
import { describe, expect, test } from '@jest/globals';
import { boxOf, crossingOf } from '../../../domain/combine/box.ts';
import { exposuresOf, excessesOf, isAnyBroken, violationsIn } from '../../../domain/combine/exposures.ts';
import { defaultConstraints, defaultMethod } from '../../../domain/combine/request.ts';
import { checkBudgets, checkConstraints, checkMethod } from '../../../domain/combine/validate.ts';
import { refusalOf } from '../../support/refusal.ts';

const method = { method: defaultMethod, previous: null, scale: 1 };
const nan = Number.NaN;

describe('a refused combination says', () => {
  test.each([
    [{ b: 1 }, 'sleeve a has positions and no risk budget'],
    [{ a: nan }, 'the risk budget of a is NaN'],
    [{ a: -0.5 }, 'the risk budget of a, -0.5, is negative'],
    [{ a: 0.5 }, 'the risk budgets sum to 0.5, not to 1'],
  ] as const)('of budgets %p: %s', (budgets, message) => {
    expect(refusalOf(() => checkBudgets({ positions: { a: {} }, budgets })).message).toBe(message);
  });

  test.each([
    [{ lower: nan }, 'lower is NaN: a bound is a finite number'],
    [{ upper: Infinity }, 'upper is Infinity: a bound is a finite number'],
    [{ grossCap: -1 }, 'grossCap is -1: a cap is a finite number, 0 or more'],
    [{ netCap: Infinity }, 'netCap is Infinity: a cap is a finite number, 0 or more'],
    [{ turnoverCap: -0.1 }, 'turnoverCap is -0.1: a cap is a finite number, 0 or more'],
    [{ lower: 1, upper: 0.5 }, 'the lower bound 1 exceeds the upper bound 0.5'],
  ] as const)('of constraints %p: %s', (change, message) => {
    expect(refusalOf(() => checkConstraints({ constraints: { ...defaultConstraints, ...change } })).message).toBe(message);
  });

  test('nothing of bounds that meet, of caps of zero, or of budgets of zero', () => {
    checkConstraints({ constraints: { ...defaultConstraints, lower: 0, upper: 0, grossCap: 0, netCap: 0, turnoverCap: 0 } });
    checkBudgets({ positions: { a: {} }, budgets: { a: 1, b: 0 } });
    expect(() => checkMethod(method)).not.toThrow();
  });

  test.each([
    [{ costAversion: -1 }, 1, 'costAversion', 'a cost aversion of -1 is no price of turnover'],
    [{ costAversion: Infinity }, 1, 'costAversion', 'a cost aversion of Infinity is no price of turnover'],
    [{}, 0, 'scale', 'a total cannot be scaled by 0'],
    [{}, Infinity, 'scale', 'a total cannot be scaled by Infinity'],
    [{ projection: 'sequential', noFlip: true }, 1, 'noFlip', 'the sequential loop shifts weights across zero: noFlip goes with exact'],
    [{ projection: 'sequential', costAversion: 1 }, 1, 'costAversion', 'the sequential loop weighs no cost: costAversion goes with exact'],
    [{ costAversion: 1 }, 1, 'costAversion', 'costs are those of leaving the previous weights: give them'],
  ] as const)('of method %p with scale %p: %s is wrong', (change, scale, field, message) => {
    const refused = refusalOf(() => checkMethod({ method: { ...defaultMethod, noFlip: false, ...change }, previous: null, scale }));
    expect([refused.code, refused.message, refused.evidence, refused.at]).toEqual([
      'CombinationOptionInvalid',
      message,
      { field },
      { path: `method.${field}` },
    ]);
  });
});

describe('the box of weights', () => {
  test('is the bounds, widened, and on the side of the total where signs are kept', () => {
    const total = Float64Array.of(0.5, 0, -0.5);
    const ends = (noFlip: boolean): number[][] => {
      const { lower, upper } = boxOf(total, { lower: -1, upper: 2 }, noFlip, 0.5);
      return [[...lower], [...upper]];
    };
    expect(ends(false)).toEqual([Array(3).fill(-1.5), Array(3).fill(2.5)]);
    expect(ends(true)).toEqual([
      [0, 0, -1.5],
      [2.5, 0, 0],
    ]);
  });

  test('tells the most by which its ends cross', () => {
    expect(crossingOf({ lower: Float64Array.of(0, 2, 1), upper: Float64Array.of(3, 1.5, 1) })).toBe(0.5);
    expect(crossingOf({ lower: Float64Array.of(0, 0), upper: Float64Array.of(3, 1) })).toBe(-1);
  });
});

describe('the exposures of weights', () => {
  const weights = Float64Array.of(0.5, -0.75);

  test('are their sizes, their sum and their changes, and exceed caps by the difference', () => {
    const previous = Float64Array.of(0.25, 0.25);
    expect(exposuresOf(weights, null)).toEqual({ gross: 1.25, net: -0.25, turnover: null });
    expect(exposuresOf(weights, previous)).toEqual({ gross: 1.25, net: -0.25, turnover: 1.25 });
    const constraints = { lower: -0.5, upper: 0.375, grossCap: 1, netCap: 0.125, turnoverCap: 0.75 };
    expect(excessesOf(weights, previous, constraints)).toEqual({ bounds: 0.25, gross: 0.25, net: 0.125, turnover: 0.5 });
    expect(excessesOf(weights, previous, { ...constraints, turnoverCap: null }).turnover).toBe(-Infinity);
    expect(excessesOf(weights, null, constraints).turnover).toBe(-Infinity);
  });

  test.each(['bounds', 'gross', 'net', 'turnover'] as const)('break %s beyond 1e-6, not at it', (cap) => {
    const none = { bounds: 0, gross: 0, net: 0, turnover: 0 };
    const kept = { bounds: false, gross: false, net: false, turnover: false };
    expect(violationsIn({ ...none, [cap]: 1e-6 })).toEqual(kept);
    expect(violationsIn({ ...none, [cap]: 1.01e-6 })).toEqual({ ...kept, [cap]: true });
    expect([isAnyBroken(kept), isAnyBroken({ ...kept, [cap]: true })]).toEqual([false, true]);
  });
});
