import { describe, expect, test } from '@jest/globals';
import { assertFeasible } from '../../../domain/manifest/feasible.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { answerOf } from '../../support/answers.ts';

const atoms = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `s${index}`, profile: 'a' }));
const node = (m: object, n: object | null = null) =>
  resolveMeta(
    parseManifest(JSON.stringify({ profiles: { a: {}, m, also: 'm', ...(n === null ? {} : { n }) } })),
    n === null ? 'also' : 'n',
  );
const bound = (id: string, lower: number, upper: number, from: string) => ({
  id,
  lower,
  upper,
  lowerFrom: `${from} meta_allocation.min_weight`,
  upperFrom: 'code meta_allocation.max_weight',
});

describe('boxes that no allocation satisfies', () => {
  test('are refused with the sum of the lower bounds where that is above one', () => {
    const bounds = ['s0', 's1', 's2'].map((id) => bound(id, 0.5, 0.5, 'profile'));
    const box = '0.5 (profile meta_allocation.min_weight) to 0.5 (code meta_allocation.max_weight)';
    expect(answerOf(() => assertFeasible(node({ sleeves: atoms(3), meta_allocation: { min_weight: 0.5 } })))).toEqual({
      refused: {
        code: 'BoundsInfeasible',
        message: `also cannot be allocated: the lower bounds sum to 1.5, 0.5 above 1. s0 ${box}; s1 ${box}; s2 ${box}`,
        evidence: { lowerSum: 1.5, upperSum: 1.5, bounds },
        at: { path: 'profiles.m.meta_allocation' },
      },
    });
  });

  test('are refused with the sum of the upper bounds where that is below one', () => {
    expect(answerOf(() => assertFeasible(node({ sleeves: atoms(1), meta_allocation: { min_weight: 0 } })))).toEqual({
      refused: {
        code: 'BoundsInfeasible',
        message:
          'also cannot be allocated: the upper bounds sum to 0.5, 0.5 short of 1. ' +
          's0 0 (profile meta_allocation.min_weight) to 0.5 (code meta_allocation.max_weight)',
        evidence: { lowerSum: 0, upperSum: 0.5, bounds: [bound('s0', 0, 0.5, 'profile')] },
        at: { path: 'profiles.m.meta_allocation' },
      },
    });
  });

  test('are refused below a portfolio that has room itself', () => {
    const nest = { sleeves: [{ id: 'inner', meta_profile: 'm' }, ...atoms(2)] };
    expect(answerOf(() => assertFeasible(node({ sleeves: atoms(1) }, nest)))).toMatchObject({
      refused: { code: 'BoundsInfeasible', at: { path: 'profiles.m.meta_allocation' } },
    });
    expect(() => assertFeasible(node({ sleeves: atoms(3) }, nest))).not.toThrow();
  });

  test('are none where the bounds leave one point', () => {
    expect(() => assertFeasible(node({ sleeves: atoms(2), meta_allocation: { min_weight: 0.5 } }))).not.toThrow();
  });
});
