import { describe, expect, test } from '@jest/globals';
import {
  columnMeans,
  columnStandardDeviations,
  estimateCovariance,
  sampleCorrelation,
  sampleCovariance,
} from '../../../domain/risk/covariance.ts';
import golden from '../../golden/risk/returns.json' with { type: 'json' };
import { matrixOf } from './fixtures.ts';

const daily = { correlationShrinkage: 0, annualisationDays: 1 } as const;

describe.each(golden.cases)('$name', (expected) => {
  const matrix = matrixOf(expected.columns, expected.returns);
  const size = expected.columns.length;

  test('Ledoit-Wolf covariance and intensity are those of scikit-learn', () => {
    const estimate = estimateCovariance(matrix, { estimator: 'ledoit_wolf', ...daily });
    expect(Math.abs(estimate.ledoitWolfIntensity! - expected.ledoitWolfIntensity)).toBeLessThan(1e-12);
    expected.ledoitWolfCovarianceFirstRow.forEach((value, j) => expect(Math.abs(estimate.covariance[j]! - value)).toBeLessThan(1e-16));
    expect(estimate.saturated).toBe(expected.ledoitWolfIntensity > 0.5);
  });

  test('sample covariance, correlation and deviations are those of pandas', () => {
    const covariance = sampleCovariance(matrix);
    const correlation = sampleCorrelation(matrix);
    expected.sampleCovarianceFirstRow.forEach((value, j) => expect(Math.abs(covariance[j]! - value)).toBeLessThan(1e-16));
    expected.sampleCorrelationFirstRow.forEach((value, j) => expect(Math.abs(correlation[j]! - value)).toBeLessThan(1e-14));
    const deviations = columnStandardDeviations(matrix);
    expected.standardDeviations.forEach((value, j) => expect(Math.abs(deviations[j]! - value)).toBeLessThan(1e-15));
  });

  test('estimates are symmetric to the bit', () => {
    const { covariance } = estimateCovariance(matrix, { estimator: 'ledoit_wolf', correlationShrinkage: 0.01, annualisationDays: 252 });
    for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) expect(covariance[i * size + j]).toBe(covariance[j * size + i]);
  });
});

describe('estimateCovariance', () => {
  const two = matrixOf(
    ['a', 'b'],
    [
      [0.01, 0.02],
      [-0.02, 0.01],
      [0.03, -0.01],
      [0, 0],
    ],
  );

  test('correlation shrinkage scales off-diagonals, keeps variances and annualises last', () => {
    const plain = sampleCovariance(two);
    const { covariance, ledoitWolfIntensity } = estimateCovariance(two, {
      estimator: 'sample',
      correlationShrinkage: 0.25,
      annualisationDays: 252,
    });
    expect(ledoitWolfIntensity).toBeNull();
    expect(covariance[0]).toBeCloseTo(plain[0]! * 252, 15);
    expect(covariance[3]).toBeCloseTo(plain[3]! * 252, 15);
    expect(covariance[1]).toBeCloseTo(plain[1]! * 0.75 * 252, 15);
  });

  test('a single column is the sample variance, divisor rows - 1, whatever the estimator', () => {
    const one = matrixOf(['a'], [[0.01], [0.03], [0.02]]);
    const { covariance, ledoitWolfIntensity } = estimateCovariance(one, {
      estimator: 'ledoit_wolf',
      correlationShrinkage: 0.01,
      annualisationDays: 1,
    });
    expect(covariance[0]).toBeCloseTo(0.0001, 18);
    expect(ledoitWolfIntensity).toBeNull();
  });

  test('a column count that fills no tile gives the same numbers as the columns taken two by two', () => {
    const wide = matrixOf(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
      Array.from({ length: 300 }, (_, row) => Array.from({ length: 7 }, (_unused, column) => Math.sin(row * (column + 2)) * (column + 1))),
    );
    const all = sampleCovariance(wide);
    const means = columnMeans(wide);
    for (let i = 0; i < 7; i++) {
      for (let j = 0; j < 7; j++) {
        let total = 0;
        for (let row = 0; row < 300; row++) total += (wide.values[row * 7 + i]! - means[i]!) * (wide.values[row * 7 + j]! - means[j]!);
        expect(all[i * 7 + j]).toBeCloseTo(total / 299, 12);
      }
    }
  });

  test('too few rows, a value that is not finite and a constant column in a correlation are refused by name', () => {
    expect(() => sampleCovariance(matrixOf(['a'], [[0.01]]))).toThrow(expect.objectContaining({ code: 'HistoryTooShort' }));
    expect(() =>
      sampleCovariance(
        matrixOf(
          ['a', 'b'],
          [
            [0.01, 0],
            [0, Number.NaN],
          ],
        ),
      ),
    ).toThrow(expect.objectContaining({ code: 'SchemaViolation', evidence: { column: 'b' } }));
    expect(() =>
      sampleCorrelation(
        matrixOf(
          ['a', 'b'],
          [
            [0.01, 1],
            [0, 1],
          ],
        ),
      ),
    ).toThrow(expect.objectContaining({ code: 'SolverFailed', evidence: { column: 'b' } }));
  });
});
