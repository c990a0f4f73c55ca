import { describe, expect, test } from '@jest/globals';
import { linearQuantile } from '../../../domain/returns/quantile.ts';
import { adjustedSkewness, antifragility, meanAboveQuantile } from '../../../domain/risk/antifragility.ts';
import { aggressorCount, barbell } from '../../../domain/risk/barbell.ts';
import { defaultSolveParameters, solveProfile } from '../../../domain/risk/profiles.ts';
import golden from '../../golden/risk/returns.json' with { type: 'json' };
import { largestGap, matrixOf, weightsOf } from './fixtures.ts';

const parameters = defaultSolveParameters;
const scaled = (values: readonly number[]): number[] =>
  values.map((value) => (value - Math.min(...values)) / (Math.max(...values) - Math.min(...values) + 1e-9));

describe.each(golden.cases)('$name', ({ columns, returns, skew, tailGain }) => {
  const matrix = matrixOf(columns, returns);
  const { scores, withoutTail } = antifragility(matrix);

  test('skewness and tail gain are those of pandas', () => {
    expect(
      largestGap(
        scores.map((one) => one.skew),
        skew,
      ),
    ).toBeLessThan(1e-12);
    expect(
      largestGap(
        scores.map((one) => one.tailGain),
        tailGain,
      ),
    ).toBeLessThan(1e-15);
    expect(withoutTail).toEqual([]);
  });

  test('scores are the scaled sums, reduced for a short sample', () => {
    const expected = scaled(skew).map((value, i) => ((value + scaled(tailGain)[i]!) * returns.length) / 252);
    expect(
      largestGap(
        scores.map((one) => one.score),
        expected,
      ),
    ).toBeLessThan(1e-12);
  });

  test('the most antifragile share the aggressive tenth equally', () => {
    const { weights, detail } = barbell(matrix, parameters);
    const count = aggressorCount(columns.length);
    const best = scores
      .toSorted((a, b) => b.score - a.score)
      .slice(0, count)
      .map(({ symbol }) => symbol);
    expect(detail.aggressors).toEqual(best.toSorted());
    for (const { symbol, weight } of weights) if (best.includes(symbol)) expect(weight).toBe(0.1 / count);
    expect([...detail.aggressors, ...detail.core].toSorted()).toEqual(columns);
    expect(detail).toMatchObject({ aggressorFraction: 0.1, regime: 'NORMAL', regimeAssumed: true });
  });
});

test('a core of ten or more is hierarchical risk parity on its own columns, estimated again', () => {
  const { columns, returns } = golden.cases[0]!;
  const { detail, weights, estimate } = barbell(matrixOf(columns, returns), parameters);
  expect(detail.coreMethod).toBe('hrp');
  const kept = detail.core.map((symbol) => columns.indexOf(symbol));
  const alone = solveProfile({
    risk: 'hrp',
    training: matrixOf(
      detail.core,
      returns.map((row) => kept.map((i) => row[i]!)),
    ),
    parameters,
  });
  expect(
    largestGap(
      kept.map((i) => weights[i]!.weight / 0.9),
      weightsOf(alone.weights),
    ),
  ).toBeLessThan(1e-15);
  expect(estimate!.ledoitWolfIntensity).toBe(alone.estimate!.ledoitWolfIntensity);
});

test('a smaller core is weighted equally, without an estimate', () => {
  const { columns, returns } = golden.cases[1]!;
  const found = solveProfile({ risk: 'barbell', training: matrixOf(columns, returns), parameters });
  expect(found.detail).toMatchObject({ coreMethod: 'equal_weight' });
  expect(found.estimate).toBeNull();
  expect(weightsOf(found.weights).filter((weight) => Math.abs(weight - 0.3) < 1e-15)).toHaveLength(3);
});

test('two columns: one tenth to the more antifragile, the rest to the other, with a flag', () => {
  const found = solveProfile({
    risk: 'barbell',
    training: matrixOf(
      ['calm', 'wild'],
      [
        [0.01, -0.01],
        [-0.01, 0],
        [0.012, -0.01],
        [-0.008, 0.09],
        [0.002, 0],
      ],
    ),
    parameters,
  });
  expect(weightsOf(found.weights)).toEqual([0.9, 0.1]);
  expect(found.flags).toEqual(['single_column_core']);
});

test('ties in the score go to the first name', () => {
  const rows = [
    [0.01, 0.01, 0.01],
    [-0.02, -0.02, -0.02],
    [0.05, 0.05, 0.05],
    [0, 0, 0],
  ];
  expect(barbell(matrixOf(['a', 'b', 'c'], rows), parameters).detail.aggressors).toEqual(['a']);
});

test('columns whose top returns tie have no return above the quantile, and are named', () => {
  const rows = Array.from({ length: 40 }, (_, row) => [row % 8 === 0 ? 0.05 : -0.001 * (row % 5), 0.001 * row]);
  const matrix = matrixOf(['lumpy', 'plain'], rows);
  expect(antifragility(matrix).withoutTail).toEqual(['lumpy']);
  expect(barbell(matrix, parameters).flags).toContain('no_return_above_tail_quantile:lumpy');
});

test('n_agg follows the documents: at least one, at most five, never all', () => {
  expect([1, 2, 3, 4, 9, 10, 11, 40].map(aggressorCount)).toEqual([0, 1, 1, 2, 4, 5, 5, 5]);
});

test('statistics worked by hand', () => {
  expect(linearQuantile(Float64Array.of(1, 2, 3, 4), 0.95)).toBeCloseTo(3.85, 15);
  expect(meanAboveQuantile(Float64Array.of(4, 1, 3, 2), 0.5)).toBe(3.5);
  expect(meanAboveQuantile(Float64Array.of(1, 1), 0.95)).toBeNull();
  // 1, 2, 6: deviations -2, -1, 3; m2 = 14/3, m3 = 6; G1 = sqrt(6) * 6 / (14/3)^1.5.
  expect(adjustedSkewness(Float64Array.of(1, 2, 6))).toBeCloseTo((Math.sqrt(6) * 6) / ((14 / 3) * Math.sqrt(14 / 3)), 14);
});

test('two rows have no skewness and are refused', () => {
  expect(() => antifragility(matrixOf(['a'], [[0.01], [0.02]]))).toThrow(expect.objectContaining({ code: 'HistoryTooShort' }));
});
