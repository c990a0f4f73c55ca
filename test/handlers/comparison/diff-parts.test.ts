/** The parts of a change of weight: differences of computed weights, exact in sum. */
import { describe, expect, test } from '@jest/globals';
import { splitExactly, sumOfParts } from '../../../handlers/comparison/diff-parts.ts';

describe('the parts of a change', () => {
  test('are one step each, and the definition is what is left; by hand, in binary fractions', () => {
    // 0.5 becomes 0.75 by the results, 0.25 by the covariance, 0.375 by the bounds, and ends at 1.
    expect(splitExactly({ before: 0.5, after: 1, steps: [0.5, 0.75, 0.25, 0.375] })).toEqual({
      sleeveResults: 0.25,
      covariance: -0.5,
      bounds: 0.125,
      definition: 0.625,
      rounding: 0,
    });
  });

  test('put to the definition what the code of today makes otherwise of what was recorded', () => {
    // Recorded was 0.5, computed is 0.625: the 0.125 between them are no result, covariance or bound.
    expect(splitExactly({ before: 0.5, after: 1, steps: [0.625, 0.75, 0.75, 0.75] })).toEqual({
      sleeveResults: 0.125,
      covariance: 0,
      bounds: 0,
      definition: 0.375,
      rounding: 0,
    });
  });

  test('of nothing are nothing', () => {
    expect(splitExactly({ before: 0.25, after: 0.25, steps: [0.25, 0.25, 0.25, 0.25] })).toEqual({
      sleeveResults: 0,
      covariance: 0,
      bounds: 0,
      definition: 0,
      rounding: 0,
    });
  });

  test('sum to the change to the bit where binary numbers lose digits, and what is rounded stays below a unit in the last place', () => {
    let state = 1;
    const next = (): number => {
      state = (state * 48_271) % 2_147_483_647;
      return state / 2_147_483_647 / 3;
    };
    let rounded = 0;
    for (let round = 0; round < 2_000; round++) {
      // Changes far smaller than the parts that cancel to them.
      const before = next();
      const after = before + next() / 1e9;
      const parts = splitExactly({ before, after, steps: [before, next(), next(), next()] });
      expect(sumOfParts(parts)).toBe(after - before);
      expect(Math.abs(parts.rounding)).toBeLessThanOrEqual(Number.EPSILON);
      if (parts.rounding !== 0) rounded++;
    }
    expect(rounded).toBeGreaterThan(0);
  });

  test('are summed in their documented order', () => {
    // 1e16 + 1 is 1e16 in binary numbers: only the order ((results + covariance) + bounds) + definition, then rounding, gives 2.
    expect(sumOfParts({ sleeveResults: 1e16, covariance: -1e16, bounds: 1, definition: 0.5, rounding: 0.5 })).toBe(2);
    expect(sumOfParts({ sleeveResults: 1, covariance: 1e16, bounds: -1e16, definition: 0.5, rounding: 0.25 })).toBe(0.75);
  });
});
