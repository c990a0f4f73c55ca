import { describe, expect, test } from '@jest/globals';
import { cholesky, conditionEstimate } from '../../../domain/risk/cholesky.ts';
import { squareOf } from '../../../domain/risk/columns.ts';
import { riskContributions } from '../../../domain/risk/contribution.ts';
import { sampleCorrelation, sampleCovariance } from '../../../domain/risk/covariance.ts';
import { hierarchicalRiskParity } from '../../../domain/risk/hierarchical-risk-parity.ts';
import { maxSharpe } from '../../../domain/risk/max-sharpe.ts';
import { minVariance } from '../../../domain/risk/min-variance.ts';
import { riskParity } from '../../../domain/risk/risk-parity.ts';
import programs from '../../golden/risk/programs.json' with { type: 'json' };
import returns from '../../golden/risk/returns.json' with { type: 'json' };
import { fromUpper, largestGap, matrixOf, names, weightsOf } from './fixtures.ts';

describe.each(programs.cases)('$name, against Clarabel', (one) => {
  const size = one.means.length;
  const columns = names(size);
  const covariance = fromUpper(one.covarianceUpper, size);

  test('minimum variance, long-only and within bounds', () => {
    const { weights, certificate } = minVariance({ covariance, columns, ridge: 0 });
    expect(largestGap(weightsOf(weights), one.minVariance)).toBeLessThan(1e-6);
    expect(certificate.kktResidual).toBeLessThan(1e-9);
    expect(certificate.bindingSymbols).toEqual(columns.filter((_, i) => weights[i]!.weight === 0));
    const bounded = minVariance({
      covariance,
      columns,
      ridge: 0,
      lower: columns.map(() => one.lower),
      upper: columns.map(() => one.upper),
    });
    expect(largestGap(weightsOf(bounded.weights), one.minVarianceBounded)).toBeLessThan(1e-6);
    expect(bounded.certificate.kktResidual).toBeLessThan(1e-9);
  });

  test('maximum Sharpe ratio', () => {
    const { weights, certificate } = maxSharpe({ covariance, means: one.means, columns })!;
    expect(largestGap(weightsOf(weights), one.maxSharpe)).toBeLessThan(1e-6);
    expect(certificate.kktResidual).toBeLessThan(1e-9);
  });

  test('equal risk contribution', () => {
    const { weights } = riskParity({ covariance, columns });
    expect(largestGap(weightsOf(weights), one.riskParity)).toBeLessThan(1e-6);
    riskContributions(covariance, weightsOf(weights)).shares!.forEach((share) => expect(Math.abs(share - 1 / size)).toBeLessThan(1e-11));
  });

  test('the condition number is within a factor of three of the exact one, and never above it', () => {
    const factor = cholesky(covariance, size);
    if (!factor.ok) throw new Error('not positive definite');
    const share = conditionEstimate(covariance, size, factor.lower) / one.conditionNumberOneNorm;
    expect(share).toBeGreaterThan(1 / 3);
    expect(share).toBeLessThan(1 + 1e-6);
  });
});

describe.each(returns.cases)('$name, against skfolio', ({ columns, returns: rows, skfolioHrp }) => {
  const matrix = matrixOf(columns, rows);

  test.each(['ward', 'single', 'average', 'complete'] as const)('hierarchical risk parity with %s linkage', (linkage) => {
    const { weights } = hierarchicalRiskParity({
      covariance: sampleCovariance(matrix),
      correlation: sampleCorrelation(matrix),
      columns,
      parameters: { distance: 'd', linkage, leafOrder: 'optimal' },
    });
    expect(largestGap(weightsOf(weights), skfolioHrp[linkage])).toBeLessThan(1e-9);
  });
});

describe('two columns', () => {
  const covariance = squareOf([
    [0.04, 0.006],
    [0.006, 0.01],
  ]);
  const columns = ['a', 'b'];

  test('hierarchical risk parity is inverse variance', () => {
    const found = hierarchicalRiskParity({
      covariance,
      correlation: squareOf([
        [1, 0.3],
        [0.3, 1],
      ]),
      columns,
      parameters: { distance: 'd', linkage: 'ward', leafOrder: 'optimal' },
    });
    expect(largestGap(weightsOf(found.weights), [0.2, 0.8])).toBeLessThan(1e-15);
  });

  test('equal risk contribution is inverse volatility', () => {
    expect(largestGap(weightsOf(riskParity({ covariance, columns }).weights), [1 / 3, 2 / 3])).toBeLessThan(1e-12);
  });

  test('minimum variance has its textbook form, and a corner where the correlation asks for one', () => {
    expect(largestGap(weightsOf(minVariance({ covariance, columns, ridge: 0 }).weights), [0.004 / 0.038, 0.034 / 0.038])).toBeLessThan(
      1e-15,
    );
    const corner = minVariance({
      covariance: squareOf([
        [0.04, 0.015],
        [0.015, 0.01],
      ]),
      columns,
      ridge: 0,
    });
    expect(weightsOf(corner.weights)).toEqual([0, 1]);
    expect(corner.certificate.bindingSymbols).toEqual(['a']);
  });

  test('a ridge pulls toward equal weights by its stated size', () => {
    const ridged = minVariance({ covariance, columns, ridge: 0.5 });
    const direct = minVariance({
      covariance: squareOf([
        [0.54, 0.006],
        [0.006, 0.51],
      ]),
      columns,
      ridge: 0,
    });
    expect(weightsOf(ridged.weights)).toEqual(weightsOf(direct.weights));
  });

  test('risk budgets are met', () => {
    const { weights } = riskParity({ covariance, columns, budgets: [0.8, 0.2] });
    expect(largestGap(riskContributions(covariance, weightsOf(weights)).shares!, [0.8, 0.2])).toBeLessThan(1e-12);
  });

  test('the maximum Sharpe ratio is not defined where no mean is positive', () => {
    expect(maxSharpe({ covariance, means: [0, -0.1], columns })).toBeUndefined();
  });

  test('bounds that leave one allocation give it', () => {
    const fixed = minVariance({ covariance, columns, ridge: 0, lower: [0.7, 0.3], upper: [1, 1] });
    expect(weightsOf(fixed.weights)).toEqual([0.7, 0.3]);
    const capped = minVariance({ covariance, columns, ridge: 0, upper: [0.5, 0.5] });
    expect(weightsOf(capped.weights)).toEqual([0.5, 0.5]);
  });
});

describe('matrices that are refused', () => {
  const columns = ['a', 'b'];
  const solvers: Record<string, (covariance: Float64Array) => unknown> = {
    minVariance: (covariance) => minVariance({ covariance, columns, ridge: 0 }),
    maxSharpe: (covariance) => maxSharpe({ covariance, means: [1, 1], columns }),
    riskParity: (covariance) => riskParity({ covariance, columns }),
    hierarchicalRiskParity: (covariance) =>
      hierarchicalRiskParity({
        covariance,
        correlation: squareOf([
          [1, 0],
          [0, 1],
        ]),
        columns,
        parameters: { distance: 'd', linkage: 'ward', leafOrder: 'plain' },
      }),
  };

  describe.each(Object.keys(solvers))('%s', (name) => {
    const solve = solvers[name]!;

    test.each([
      [
        'not symmetric',
        [
          [1, 0.2],
          [0.3, 1],
        ],
      ],
      [
        'indefinite',
        [
          [1, 1.1],
          [1.1, 1],
        ],
      ],
      [
        'of negative variance',
        [
          [1, 0],
          [0, -1],
        ],
      ],
      [
        'not finite',
        [
          [1, Number.NaN],
          [Number.NaN, 1],
        ],
      ],
      [
        'infinite',
        [
          [Infinity, 0],
          [0, 1],
        ],
      ],
    ])('refuses a matrix that is %s', (_, rows) => {
      expect(() => solve(squareOf(rows))).toThrow(expect.objectContaining({ code: 'NotACovariance' }));
    });

    test('refuses a matrix of another size', () => {
      expect(() => solve(Float64Array.of(1))).toThrow(expect.objectContaining({ code: 'NotACovariance' }));
    });

    test('names a column without variance', () => {
      expect(() =>
        solve(
          squareOf([
            [1, 0],
            [0, 0],
          ]),
        ),
      ).toThrow(expect.objectContaining({ code: 'SolverFailed', evidence: { columns: ['b'] } }));
    });
  });

  test('asymmetry and negative eigenvalues within rounding are not a fault', () => {
    expect(
      largestGap(
        weightsOf(
          riskParity({
            covariance: squareOf([
              [1, 0.3],
              [0.3 + 1e-14, 1],
            ]),
            columns,
          }).weights,
        ),
        [0.5, 0.5],
      ),
    ).toBeLessThan(1e-12);
    expect(
      largestGap(
        weightsOf(
          riskParity({
            covariance: squareOf([
              [1, 1 + 1e-15],
              [1 + 1e-15, 1],
            ]),
            columns,
          }).weights,
        ),
        [0.5, 0.5],
      ),
    ).toBeLessThan(1e-12);
  });

  test('a singular matrix has no condition number; minimum variance certifies a corner, and a hedge without variance', () => {
    const twins = squareOf([
      [1, 1],
      [1, 1],
    ]);
    expect(riskParity({ covariance: twins, columns }).certificate.conditionNumber).toBeNull();
    const corner = minVariance({ covariance: twins, columns, ridge: 0 });
    expect(weightsOf(corner.weights)).toEqual([1, 0]);
    expect(corner.certificate).toMatchObject({ conditionNumber: null, conditionNumberMethod: null, kktResidual: 0 });
    const hedge = squareOf([
      [1, -1],
      [-1, 1],
    ]);
    const hedged = minVariance({ covariance: hedge, columns, ridge: 0 });
    expect(weightsOf(hedged.weights)).toEqual([0.5, 0.5]);
    expect(hedged.certificate.conditionNumber).toBeNull();
  });

  test('one name twice, means that are missing and budgets that do not sum to one are refused', () => {
    const covariance = squareOf([
      [1, 0],
      [0, 1],
    ]);
    const refused = expect.objectContaining({ code: 'SchemaViolation' });
    expect(() => minVariance({ covariance, columns: ['a', 'a'], ridge: 0 })).toThrow(refused);
    expect(() => maxSharpe({ covariance, means: [1], columns })).toThrow(refused);
    expect(() => riskParity({ covariance, columns, budgets: [0.5, 0.6] })).toThrow(refused);
  });
});
