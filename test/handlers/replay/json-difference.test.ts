import { describe, expect, test } from '@jest/globals';
import { differencesOf, isWithinTolerance } from '../../../handlers/replay/json-difference.ts';

const judged = (recorded: Parameters<typeof differencesOf>[0], recomputed: Parameters<typeof differencesOf>[1]) =>
  differencesOf(recorded, recomputed).map((difference) => isWithinTolerance(difference));

describe('a difference between recorded and recomputed', () => {
  test('of less than 1e-12 is within tolerance, one above is not', () => {
    expect(judged({ weight: 0.5 }, { weight: 0.5 + 5e-13 })).toEqual([true]);
    expect(judged({ weight: 0.5 }, { weight: 0.5 + 2e-12 })).toEqual([false]);
  });

  test('of words is never within tolerance', () => {
    expect(judged({ status: 'passed' }, { status: 'failed' })).toEqual([false]);
  });

  test('in the steps that a solver took is within tolerance: they say how a number was reached, not what it is', () => {
    expect(judged({ solve: { certificate: { iterations: 18 } } }, { solve: { certificate: { iterations: 7 } } })).toEqual([true]);
    expect(judged({ windows: 18, iterations: 18 }, { windows: 7, iterations: 7 })).toEqual([false, false]);
  });

  test('does not exist between a zero and a minus zero', () => {
    expect(differencesOf({ weight: 0 }, { weight: -0 })).toEqual([]);
  });
});
