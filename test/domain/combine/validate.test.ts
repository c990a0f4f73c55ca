import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { type Asked, combinationOf, combinedOf } from '../../support/combinations.ts';

const good: Asked = { positions: { a: { X: 1 }, b: { Y: -1 } }, budgets: { a: 0.5, b: 0.5 } };
const nan = Number.NaN;

const faults: readonly (readonly [string, Partial<Asked>, string, Record<string, unknown>, string])[] = [
  ['no sleeve', { positions: {}, budgets: { a: 1 } }, 'PositionsMissing', { sleeves: [] }, 'positions'],
  ['no asset', { positions: { a: {}, b: {} } }, 'PositionsMissing', { sleeves: ['a', 'b'] }, 'positions'],
  [
    'a position that is no number',
    { positions: { a: { X: nan }, b: {} } },
    'PositionInvalid',
    { sleeve: 'a', asset: 'X' },
    'positions.a.X',
  ],
  ['an endless position', { positions: { a: {}, b: { Y: Infinity } } }, 'PositionInvalid', { sleeve: 'b', asset: 'Y' }, 'positions.b.Y'],
  ['a previous weight that is no number', { previous: { X: nan } }, 'PreviousWeightInvalid', { asset: 'X' }, 'previous.X'],
  ['a sleeve without budget', { budgets: { a: 1 } }, 'BudgetMissing', { sleeve: 'b' }, 'budgets.b'],
  ['a budget that is no number', { budgets: { a: nan, b: 0.5 } }, 'BudgetNotFinite', { sleeve: 'a' }, 'budgets.a'],
  ['a negative budget', { budgets: { a: 1.5, b: -0.5 } }, 'BudgetNegative', { sleeve: 'b', budget: -0.5 }, 'budgets.b'],
  ['a negative budget of no sleeve', { budgets: { a: 0.5, b: 0.6, c: -0.1 } }, 'BudgetNegative', { sleeve: 'c' }, 'budgets.c'],
  ['budgets that miss one', { budgets: { a: 0.5, b: 0.500002 } }, 'BudgetsUnbalanced', { tolerance: 1e-6 }, 'budgets'],
  ['crossed bounds', { lower: 1, upper: 0.5 }, 'BoundsCrossed', { lower: 1, upper: 0.5 }, 'constraints.lower'],
  ['an endless bound', { upper: Infinity }, 'CapInvalid', { field: 'upper' }, 'constraints.upper'],
  ['a negative gross cap', { grossCap: -1 }, 'CapInvalid', { field: 'grossCap', value: '-1' }, 'constraints.grossCap'],
  ['a net cap that is no number', { netCap: nan }, 'CapInvalid', { field: 'netCap' }, 'constraints.netCap'],
  ['a negative turnover cap', { turnoverCap: -0.1 }, 'CapInvalid', { field: 'turnoverCap' }, 'constraints.turnoverCap'],
  ['kept signs in the loop', { noFlip: true, projection: 'sequential' }, 'CombinationOptionInvalid', { field: 'noFlip' }, 'method.noFlip'],
  [
    'costs in the loop',
    { costAversion: 0.1, projection: 'sequential', previous: {} },
    'CombinationOptionInvalid',
    { field: 'costAversion' },
    'method.costAversion',
  ],
  ['costs of leaving nothing', { costAversion: 0.1 }, 'CombinationOptionInvalid', { field: 'costAversion' }, 'method.costAversion'],
  ['a negative cost', { costAversion: -0.1, previous: {} }, 'CombinationOptionInvalid', { field: 'costAversion' }, 'method.costAversion'],
];

describe('a combination is refused', () => {
  test.each(faults)('for %s', (_, change, code, evidence, path) => {
    expect(() => combinationOf({ ...good, ...change })).toThrow(
      expect.objectContaining({ code, evidence: expect.objectContaining(evidence), at: { path } }),
    );
  });

  test('for one asset in two spellings', () => {
    const positions = { a: { 'NYSE:AAA': 1, 'nyse: aaa': 2 }, b: {} };
    expect(() => combinationOf({ ...good, positions })).toThrow(
      expect.objectContaining({ code: 'AssetTwice', evidence: { sleeve: 'a', asset: 'nyse: aaa', other: 'NYSE:AAA' } }),
    );
  });

  test('beyond its size', () => {
    const sleeves = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`s${i}`, { [`A${i}`]: 1 }]));
    const budgets = Object.fromEntries(Object.keys(sleeves).map((sleeve) => [sleeve, 1 / 1001]));
    expect(() => combinationOf({ positions: sleeves, budgets })).toThrow(
      expect.objectContaining({ code: 'LimitExceeded', evidence: { cells: 1001 * 1001, cellsMax: limits.combinationCellsMax } }),
    );
  });
});

describe('a combination takes', () => {
  test('budgets within 1e-6 of one as they are', () => {
    expect([...combinedOf({ ...good, budgets: { a: 0.5, b: 0.5000009 } }).weights]).toEqual([0.5, -0.5000009]);
  });

  test('spellings of one asset in two sleeves as one, and names without an exchange as they stand', () => {
    const positions = { a: { 'NYSE:AAA': 1, es: 1 }, b: { 'nyse:aaa': 1, ES: 1 } };
    expect(combinedOf({ ...good, positions }).assets).toEqual(['ES', 'NYSE:AAA', 'es']);
  });

  test('names that every object has', () => {
    const positions = { a: { constructor: 1, toString: 2 }, b: { Y: 1 } };
    expect(combinedOf({ ...good, positions, upper: 9 }).assets).toEqual(['Y', 'constructor', 'toString']);
    expect(() => combinationOf({ positions: { constructor: { X: 1 } }, budgets: { a: 1 } })).toThrow(
      expect.objectContaining({ code: 'BudgetMissing' }),
    );
  });
});
