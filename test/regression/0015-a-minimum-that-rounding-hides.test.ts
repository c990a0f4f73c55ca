/**
 * Two hedges and a third column whose variance is a billionth of a trillionth of theirs, within bounds: going up the third gained, and at
 * its upper bound going down gained, as rounding in 32 digits hid the curvature between. It went to and fro until `SolverFailed`. Found by
 * random hedges (`test/property/hedged-programs`). Weights by hand: the hedges cancel out at equal weights but for a part in a million, and
 * the third takes as much as it may.
 */
import { expect, test } from '@jest/globals';
import { minVariance } from '../../domain/risk/min-variance.ts';
import { weightsOf } from '../domain/risk/fixtures.ts';

const covariance = Float64Array.of(
  4240513396028473300,
  -4240507070010360000,
  -20109870,
  -4240507070010360000,
  4240500744001683500,
  20109840,
  -20109870,
  20109840,
  0.000095367431640625,
);

test('a column that would gain at either bound stays at one of them', () => {
  const columns = ['A', 'B', 'C'];
  const lower = columns.map(() => 0.25 / 3);
  const upper = columns.map(() => 2 / 3);
  const [first, second, third] = weightsOf(minVariance({ covariance, columns, ridge: 0, lower, upper }).weights);
  expect(first).toBeCloseTo(1 / 6, 6);
  expect(second).toBeCloseTo(1 / 6, 6);
  expect(third).toBeCloseTo(2 / 3, 12);
});
