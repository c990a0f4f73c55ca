/** A factor that columns enter and leave against ml-matrix's solution of the same block. */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Matrix, solve } from 'ml-matrix';
import { UpdatedFactor } from '../../../domain/risk/program/updated-factor.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { machineEpsilon, relativeGap, spdMatrix } from './spd-matrices.ts';

test('after any sequence of columns that enter and leave, it solves the system of those that are in it', () => {
  fc.assert(
    fc.property(spdMatrix, fc.array(fc.nat(), { minLength: 1, maxLength: 120 }), ({ size, entries, oracle, condition, random }, turns) => {
      const factor = new UpdatedFactor(entries, size);
      const inside: number[] = [];
      for (const turn of turns) {
        const index = turn % size;
        const at = inside.indexOf(index);
        if (at < 0) {
          expect(factor.enter(index)).toBe(true);
          inside.push(index);
        } else {
          factor.leave(index);
          inside.splice(at, 1);
        }
      }
      expect(factor.members).toEqual(inside);
      if (inside.length === 0) return;
      const right = Float64Array.from(inside, () => random() - 0.5);
      const expected = solve(oracle.selection(inside, inside), Matrix.columnVector([...right])).to1DArray();
      factor.solve(right);
      // Each update is as good as a factor: n u times the condition for it, and for the solution by each side.
      expect(relativeGap(right, expected)).toBeLessThanOrEqual(20 * (size + 1) * (turns.length + 2) * machineEpsilon * condition);
    }),
    { numRuns: propertyRuns(60) },
  );
});

test('a column that is a copy of one in it does not enter, and leaves it as it was', () => {
  const matrix = Float64Array.from([2, 1, 2, 1, 3, 1, 2, 1, 2]);
  const factor = new UpdatedFactor(matrix, 3);
  expect(factor.enter(0)).toBe(true);
  expect(factor.enter(1)).toBe(true);
  expect(factor.enter(2)).toBe(false);
  expect(factor.members).toEqual([0, 1]);
  const right = Float64Array.from([3, 4]);
  factor.solve(right);
  expect(Array.from(right, (value) => Math.round(value * 1e14) / 1e14)).toEqual([1, 1]);
});
