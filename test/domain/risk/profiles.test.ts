import { describe, expect, test } from '@jest/globals';
import {
  covarianceOf,
  defaultSolveParameters,
  solveProfile,
  type SolveResult,
  standardDeviationFloor,
} from '../../../domain/risk/profiles.ts';
import { selectColumns } from '../../../domain/risk/columns.ts';
import {
  columnMeans,
  columnStandardDeviations,
  estimateCovariance,
  sampleCorrelation,
  sampleCovariance,
} from '../../../domain/risk/covariance.ts';
import { conditionOf } from '../../../domain/risk/cholesky.ts';
import { maxSharpeLongOnly } from '../../../domain/risk/max-sharpe.ts';
import { riskParity, riskParityOf } from '../../../domain/risk/risk-parity.ts';
import { currentSolvePolicy } from '../../../domain/risk/solve-policy.ts';
import { hierarchicalRiskParity } from '../../../domain/risk/hierarchical-risk-parity.ts';
import { matrixRiskProfiles, solveParametersSchema, solveResultSchema } from '../../../domain/risk/schemas.ts';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { solvePolicyOf } from '../../../domain/risk/solve-policy.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import golden from '../../golden/risk/returns.json' with { type: 'json' };
import { largestGap, matrixOf, sum, weightsOf } from './fixtures.ts';

const [twenty, five] = golden.cases.map(({ columns, returns }) => matrixOf(columns, returns)) as [
  ReturnType<typeof matrixOf>,
  ReturnType<typeof matrixOf>,
];
const optimised = ['min_variance', 'hrp', 'risk_parity', 'max_sharpe', 'barbell'] as const;
const equal = ['equal_weight', 'market', 'benchmark', 'raw_pool_ew'] as const;
const parameters = defaultSolveParameters;

/** The same columns with one that never moves and one that barely does. */
function withConstants(): ReturnType<typeof matrixOf> {
  const rows = golden.cases[1]!.returns.map((row, k) => [0.0001, ...row, k % 2 === 0 ? 1e-10 : 0]);
  return matrixOf(['ZERO', ...five.columns, 'AXED'], rows);
}

// market_neutral, which needs a pool, has its own tests.
describe.each(matrixRiskProfiles.filter((risk) => risk !== 'market_neutral'))('%s', (risk) => {
  test.each([
    ['5 columns', five],
    ['20 columns', twenty],
  ])('on %s gives certified weights of every column, by name, as plain JSON that its schema admits', (_, training) => {
    const result = solveProfile({ risk, training, parameters });
    expect(solveResultSchema.parse(JSON.parse(canonicalJson(result)))).toEqual(result);
    expect(result.weights.map(({ symbol }) => symbol)).toEqual(training.columns);
    expect(Math.abs(sum(weightsOf(result.weights)) - 1)).toBeLessThanOrEqual(1e-12);
    expect(Math.min(...weightsOf(result.weights))).toBeGreaterThanOrEqual(0);
    for (const { value, limit } of result.certificate.postConditions) expect(value).toBeLessThanOrEqual(limit);
  });

  test('a column named twice is refused', () => {
    expect(() =>
      solveProfile({
        risk,
        training: matrixOf(
          ['a', 'a'],
          [
            [0.01, 0.02],
            [0, 0.01],
            [0.02, 0],
          ],
        ),
        parameters,
      }),
    ).toThrow(expect.objectContaining({ code: 'SchemaViolation' }));
  });
});

describe.each(optimised)('%s', (risk) => {
  test('drops constant columns, lists them by name and weighs the others as if they were not there', () => {
    const result = solveProfile({ risk, training: withConstants(), parameters });
    expect(result.droppedColumns).toEqual(['AXED', 'ZERO']);
    expect(result.weights.filter(({ symbol }) => symbol === 'AXED' || symbol === 'ZERO').map(({ weight }) => weight)).toEqual([0, 0]);
    const without = solveProfile({ risk, training: five, parameters });
    expect(result.weights.filter(({ symbol }) => five.columns.includes(symbol))).toEqual(without.weights);
  });

  test.each([0, 1e-15, -1e-15, 1e-7, -1e-7, 1e-3, -1e-3])(
    'a deviation that misses the floor by %d of itself is judged by itself',
    (share) => {
      const scale = (1 + share) * 1e-9;
      const alternating = Array.from({ length: 26 }, (_, k) => (k % 2 === 0 ? 1 : -1) * Math.sqrt(25 / 26) * scale);
      const rows = golden.cases[1]!.returns.slice(0, 26).map((row, k) => [...row, alternating[k]!]);
      const training = matrixOf([...five.columns, 'AXED'], rows);
      const deviation = columnStandardDeviations(training)[five.columns.length]!;
      expect(Math.abs(deviation / 1e-9 - 1 - share)).toBeLessThan(1e-14);
      expect(solveProfile({ risk, training, parameters }).droppedColumns).toEqual(deviation > standardDeviationFloor ? [] : ['AXED']);
    },
  );

  test('one column left gets everything, with a flag', () => {
    const result = solveProfile({
      risk,
      training: matrixOf(
        ['b', 'a'],
        [
          [0.01, 0],
          [0.02, 0],
          [0.05, 0],
        ],
      ),
      parameters,
    });
    expect(result).toMatchObject({
      weights: [
        { symbol: 'a', weight: 0 },
        { symbol: 'b', weight: 1 },
      ],
      droppedColumns: ['a'],
      flags: ['single_column'],
      estimate: null,
    });
  });

  test('no column left fails, naming the profile and what was dropped', () => {
    const constant = matrixOf(
      ['b', 'a'],
      [
        [0.01, 0],
        [0.01, 0],
        [0.01, 0],
      ],
    );
    expect(() => solveProfile({ risk, training: constant, parameters })).toThrow(
      expect.objectContaining({ code: 'SolverFailed', evidence: { risk, droppedColumns: ['a', 'b'] } }),
    );
  });

  test('a value that is not finite is refused by column, never dropped', () => {
    const holed = matrixOf(
      ['a', 'b', 'c'],
      [
        [0.01, 0, 0.01],
        [0.02, Number.NaN, 0.03],
        [0.05, 0.01, 0],
      ],
    );
    expect(() => solveProfile({ risk, training: holed, parameters })).toThrow(
      expect.objectContaining({ code: 'SchemaViolation', evidence: { column: 'b' } }),
    );
  });

  test('of several columns that are not finite the first one given is named', () => {
    const holed = matrixOf(
      ['c', 'b', 'a'],
      [
        [0.01, 0, Number.NaN],
        [Number.NaN, 0.02, 0.03],
      ],
    );
    expect(() => solveProfile({ risk, training: holed, parameters })).toThrow(
      expect.objectContaining({ code: 'SchemaViolation', evidence: { column: 'c' } }),
    );
  });
});

describe.each(equal)('%s', (risk) => {
  test('is 1/n over the columns given, constant ones included, with no estimate', () => {
    const result = solveProfile({ risk, training: withConstants(), parameters });
    expect(weightsOf(result.weights)).toEqual(Array.from({ length: 7 }, () => 1 / 7));
    expect(result).toMatchObject({ droppedColumns: [], estimate: null, attempts: [], fallback: null, detail: null });
  });

  test('fails without a column', () => {
    expect(() => solveProfile({ risk, training: matrixOf([], []), parameters })).toThrow(expect.objectContaining({ code: 'SolverFailed' }));
  });
});

describe('what the result records', () => {
  test('the estimator, its intensity and the shrinkage, and a flag where the intensity is above one half', () => {
    const shrunk = solveProfile({ risk: 'min_variance', training: twenty, parameters });
    expect(shrunk.estimate).toMatchObject({ estimator: 'ledoit_wolf', correlationShrinkage: 0.01, saturated: false });
    expect(shrunk.estimate!.ledoitWolfIntensity).toBeCloseTo(golden.cases[0]!.ledoitWolfIntensity, 12);
    expect(shrunk.attempts).toEqual([{ correlationShrinkage: 0.01, outcome: 'solved' }]);
    const sample = solveProfile({ risk: 'min_variance', training: twenty, parameters: { ...parameters, estimator: 'sample' } });
    expect(sample.estimate).toMatchObject({ estimator: 'sample', ledoitWolfIntensity: null });
    // Independent columns of equal variance over few rows: nothing but noise to estimate.
    const noise = matrixOf(
      ['a', 'b', 'c', 'd'],
      Array.from({ length: 20 }, (_, row) => [1, 2, 3, 4].map((k) => Math.sin(row * 7.3 * k + k * k))),
    );
    const saturated = solveProfile({ risk: 'hrp', training: noise, parameters });
    expect(saturated.estimate!.ledoitWolfIntensity).toBeGreaterThan(0.5);
    expect(saturated.flags).toEqual(['ledoit_wolf_saturated']);
  });

  test('hrp: the tree and the order of its leaves', () => {
    const { detail } = solveProfile({ risk: 'hrp', training: five, parameters });
    if (detail === null || !('leafOrder' in detail)) throw new Error('no tree');
    expect(detail.linkage).toHaveLength(4);
    expect(detail.leafOrder.toSorted()).toEqual([...five.columns]);
  });

  test('max_sharpe without a positive mean is min_variance, and says so', () => {
    const losing = matrixOf(
      five.columns,
      golden.cases[1]!.returns.map((row) => row.map((value) => value - 0.05)),
    );
    const result = solveProfile({ risk: 'max_sharpe', training: losing, parameters });
    expect(result.fallback).toEqual({ from: 'max_sharpe', to: 'min_variance', reason: expect.stringContaining('positive mean') });
    expect(result.flags).toContain('max_sharpe_undefined');
    expect(result.weights).toEqual(solveProfile({ risk: 'min_variance', training: losing, parameters }).weights);
  });

  test('the ridge acts on min_variance and on nothing else', () => {
    const ridged = { ...parameters, ridge: 0.5 };
    const weights = (risk: (typeof optimised)[number], with_: typeof parameters): number[] =>
      weightsOf(solveProfile({ risk, training: twenty, parameters: with_ }).weights);
    expect(weights('min_variance', ridged)).not.toEqual(weights('min_variance', parameters));
    for (const risk of ['hrp', 'risk_parity', 'max_sharpe', 'barbell'] as const)
      expect(weights(risk, ridged)).toEqual(weights(risk, parameters));
  });
});

test('hrp with plain leaf order takes the columns in the order given, the others by name', () => {
  const given = [...twenty.columns.slice(7), ...twenty.columns.slice(0, 7)];
  const plain = { ...parameters, estimator: 'sample', correlationShrinkage: 0, hrp: { ...parameters.hrp, leafOrder: 'plain' } } as const;
  const inOrder = selectColumns(
    twenty,
    given.map((name) => twenty.columns.indexOf(name)),
  );
  const direct = hierarchicalRiskParity({
    covariance: sampleCovariance(inOrder),
    correlation: sampleCorrelation(inOrder),
    columns: inOrder.columns,
    parameters: plain.hrp,
  });
  const solved = solveProfile({ risk: 'hrp', training: twenty, parameters: plain, givenOrder: given });
  const byName = new Map(solved.weights.map(({ symbol, weight }) => [symbol, weight]));
  expect(
    largestGap(
      given.map((name) => byName.get(name)!),
      weightsOf(direct.weights),
    ),
  ).toBeLessThan(1e-14);
  const before = solveProfile({ risk: 'hrp', training: twenty, parameters: plain, givenOrder: given, policy: solvePolicyOf(1) });
  expect(before.weights).toEqual(solveProfile({ risk: 'hrp', training: twenty, parameters: plain }).weights);
  expect(before.weights).not.toEqual(solved.weights);
});

describe('the ladder of correlation shrinkages', () => {
  // Two columns that hedge each other to the last bit: the sample covariance is singular on both.
  const hedged = matrixOf(
    ['a', 'b'],
    [
      [0.02, 0],
      [-0.01, 0.03],
      [0.03, -0.01],
      [0.01, 0.01],
    ],
  );
  const bare = { ...parameters, estimator: 'sample', correlationShrinkage: 0, ridge: 0 } as const;

  test('is climbed on failure only, and each attempt is recorded', () => {
    const result = solveProfile({ risk: 'min_variance', training: hedged, parameters: bare, policy: solvePolicyOf(1) });
    expect(result.attempts).toEqual([
      { correlationShrinkage: 0, outcome: expect.stringContaining('singular') },
      { correlationShrinkage: 0.15, outcome: 'solved' },
    ]);
    expect(result.estimate!.correlationShrinkage).toBe(0.15);
    expect(result.flags).toEqual([]);
    const stronger = { ...bare, correlationShrinkage: 0.15 };
    const direct = solveProfile({ risk: 'min_variance', training: hedged, parameters: stronger, policy: solvePolicyOf(1) });
    expect(result.weights).toEqual(direct.weights);
  });

  test('a solve that climbed says so by a flag, and one that did not has none', () => {
    const climbed = solveProfile({ risk: 'risk_parity', training: hedged, parameters: bare });
    expect(climbed.attempts.map(({ correlationShrinkage }) => correlationShrinkage)).toEqual([0, 0.15]);
    expect(climbed.flags).toEqual(['hardened']);
    const solved = solveProfile({ risk: 'min_variance', training: hedged, parameters: bare });
    expect(solved.attempts).toEqual([{ correlationShrinkage: 0, outcome: 'solved' }]);
    expect(solved.flags).toEqual([]);
  });

  test('ends in an explicit failure that lists every attempt', () => {
    const boundless = matrixOf(
      ['a', 'b'],
      [
        [1e200, 1],
        [-1e200, -1],
        [1e200, 2],
      ],
    );
    let error: unknown;
    try {
      solveProfile({ risk: 'risk_parity', training: boundless, parameters });
    } catch (thrown) {
      error = thrown;
    }
    if (!(error instanceof LedgerError)) throw new Error('solved');
    expect(error.code).toBe('SolverFailed');
    expect(error.evidence).toMatchObject({
      reason: 'HARDENING_EXHAUSTED',
      attempts: [0.01, 0.15, 0.5, 0.95].map((correlationShrinkage) => ({ correlationShrinkage })),
    });
  });
});

describe('covarianceOf', () => {
  test('sorts columns by name and measures as the profiles do', () => {
    const turned = matrixOf(
      ['b', 'a'],
      [
        [0.02, 0.01],
        [-0.01, 0],
        [0.03, 0.02],
      ],
    );
    const { columns, covariance } = covarianceOf(turned, parameters);
    expect(columns).toEqual(['a', 'b']);
    const straight = covarianceOf(
      matrixOf(
        ['a', 'b'],
        [
          [0.01, 0.02],
          [0, -0.01],
          [0.02, 0.03],
        ],
      ),
      parameters,
    );
    expect(largestGap(Array.from(covariance), Array.from(straight.covariance))).toBe(0);
  });
});

test('the defaults are those of docs/explanation/profiles.md', () => {
  expect(solveParametersSchema.parse(defaultSolveParameters)).toEqual({
    estimator: 'ledoit_wolf',
    correlationShrinkage: 0.01,
    annualisationDays: 252,
    ridge: 1e-6,
    hrp: { distance: 'd', linkage: 'ward', leafOrder: 'optimal' },
    aggressorFraction: 0.1,
  });
});

test('schemas refuse a key that they do not know', () => {
  const result: SolveResult = solveProfile({ risk: 'equal_weight', training: five, parameters });
  expect(solveResultSchema.safeParse({ ...result, verdict: true }).success).toBe(false);
});

test('max_sharpe weighs means of a year against the covariance of a year, to the last bit', () => {
  const sample = { ...parameters, estimator: 'sample', correlationShrinkage: 0 } as const;
  let apart = 0;
  for (let count = 2; count <= twenty.columns.length; count++) {
    const training = selectColumns(
      twenty,
      Array.from({ length: count }, (_, i) => i),
    );
    const { covariance } = estimateCovariance(training, sample);
    const { columns } = training;
    const solved = (means: Float64Array): readonly number[] | undefined => {
      const found = maxSharpeLongOnly(covariance, means, columns, {
        policy: currentSolvePolicy,
        conditionNumber: conditionOf(covariance, columns.length),
      });
      return found && weightsOf(found.weights);
    };
    const weights = weightsOf(solveProfile({ risk: 'max_sharpe', training, parameters: sample }).weights);
    expect(weights).toEqual(solved(columnMeans(training).map((mean) => mean * 252)));
    if (JSON.stringify(solved(columnMeans(training).map((mean) => mean / 252))) !== JSON.stringify(weights)) apart++;
  }
  expect(apart).toBeGreaterThan(0);
});

const independent = (variances: readonly number[]): Float64Array =>
  Float64Array.from({ length: variances.length ** 2 }, (_, at) =>
    at % (variances.length + 1) === 0 ? variances[at / (variances.length + 1)]! : 0,
  );

describe('risk parity', () => {
  const columns = ['A', 'B', 'C', 'D'];

  test('starts at the inverse of the volatilities, scaled by the budgets: of columns without correlation this is the solution', () => {
    const even = riskParity({ covariance: independent([0.01, 0.04, 0.09, 0.16]), columns });
    const tilted = riskParity({ covariance: independent([0.01, 0.04, 0.09, 0.16]), columns, budgets: [0.7, 0.1, 0.1, 0.1] });
    const flat = riskParity({ covariance: independent([1, 1, 1, 1]), columns });
    expect([even, tilted, flat].map(({ certificate }) => certificate.iterations)).toEqual([1, 1, 1]);
  });

  test('certifies each contribution against its own budget', () => {
    // In 16 digits alone: a certificate that fails would be tried again in 32.
    const manner = { policy: { ...currentSolvePolicy, refinesContributions: false }, conditionNumber: 16 };
    const tilted = riskParityOf(independent([0.01, 0.04, 0.09, 0.16]), columns, Float64Array.of(0.7, 0.1, 0.1, 0.1), manner);
    const error = tilted.certificate.postConditions.find(({ name }) => /contribution/i.test(name));
    expect(error!.value).toBeLessThan(1e-12);
  });
});
