/** Profiles, projections to bounds and what they are made of give the results and refusals that were recorded, bit for bit. */
import { expect, test } from '@jest/globals';
import type { ReturnMatrix } from '../../../domain/returns/series.ts';
import { adjustedSkewness, antifragility, meanAboveQuantile } from '../../../domain/risk/antifragility.ts';
import { aggressorCount, barbell } from '../../../domain/risk/barbell.ts';
import { projectToBounds } from '../../../domain/risk/bounds.ts';
import { columnCapOf, projectedToCap } from '../../../domain/risk/cap.ts';
import { certify } from '../../../domain/risk/certificate.ts';
import { clusterTree, treeOfSolve } from '../../../domain/risk/cluster-tree.ts';
import { nameOrder, selectColumns, selectSquare, sortColumns, squareOf } from '../../../domain/risk/columns.ts';
import { diversificationRatio, effectiveNumber, riskContributions } from '../../../domain/risk/contribution.ts';
import {
  columnMeans,
  columnStandardDeviations,
  ledoitWolfIntensity,
  momentsOf,
  sampleCorrelation,
} from '../../../domain/risk/covariance.ts';
import { grossFault, requireGross } from '../../../domain/risk/gross.ts';
import { climb } from '../../../domain/risk/ladder.ts';
import { betaLimitOf } from '../../../domain/risk/market-neutral.ts';
import { defaultSolveParameters, riskProfiles, type SolveParameters, solveColumns, solveProfile } from '../../../domain/risk/profiles.ts';
import * as schemas from '../../../domain/risk/schemas.ts';
import { complete, flagsOf, recordOf, unsolved } from '../../../domain/risk/solve-record.ts';
import { currentSolvePolicy, solvePolicyOf } from '../../../domain/risk/solve-policy.ts';
import { spectrumOf } from '../../../domain/risk/spectrum.ts';
import { usableColumns } from '../../../domain/risk/usable-columns.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { seeded } from '../../support/figures.ts';
import { bitsOfCases, outcomeOf, recordedBits } from '../../support/recorded-bits.ts';
import { matrixOf, names } from './fixtures.ts';
import { madeReturns } from './recorded-solves.ts';

/** A matrix with some columns set to one value each, and its columns in another order than that of their names. */
function withConstants(matrix: ReturnMatrix, constant: readonly number[], value = 0.001): ReturnMatrix {
  const count = matrix.columns.length;
  const values = matrix.values.map((held, at) => (constant.includes(at % count) ? value : held));
  return { ...matrix, columns: matrix.columns.toReversed(), values };
}

const one = madeReturns(1, 12, 1, false);
const markets: readonly ReturnMatrix[] = [
  one,
  madeReturns(2, 3, 2, false),
  madeReturns(2, 40, 3, false),
  madeReturns(3, 300, 4, true),
  madeReturns(6, 8, 5, false),
  withConstants(madeReturns(6, 25, 6, false), [0, 3]),
  withConstants(madeReturns(3, 25, 7, false), [0, 1]),
  withConstants(madeReturns(2, 25, 8, false), [0, 1]),
  madeReturns(12, 60, 9, false),
  madeReturns(16, 60, 10, false),
  madeReturns(21, 30, 11, true),
  madeReturns(3, 1, 12, false),
  madeReturns(3, 2, 13, false),
  { ...madeReturns(3, 9, 14, false), columns: ['A', 'B', 'A'] },
  { dates: ['x', 'y'], columns: [], values: new Float64Array(0) },
  { ...madeReturns(2, 9, 15, false), values: new Float64Array(17) },
  matrixOf(
    ['A', 'B'],
    [
      [0.1, Number.NaN],
      [0.2, 0.1],
      [0.1, 0.3],
    ],
  ),
  { ...madeReturns(4, 50, 16, false), values: madeReturns(4, 50, 16, false).values.map((value) => value - 0.02) },
];

const parameters: readonly SolveParameters[] = [
  defaultSolveParameters,
  { ...defaultSolveParameters, estimator: 'sample', correlationShrinkage: 0, ridge: 0, aggressorFraction: 0.3 },
  { ...defaultSolveParameters, correlationShrinkage: 0.5, hrp: { distance: 'euclidean_of_d', linkage: 'average', leafOrder: 'plain' } },
];

const poolOf = ({ dates }: ReturnMatrix, size: number): Float64Array => {
  const random = seeded(size);
  return Float64Array.from(dates, () => size * (random() - 0.45));
};

function ofMarkets(compute: (training: ReturnMatrix) => unknown): () => unknown {
  return () => markets.map((training) => outcomeOf(() => compute(training)));
}

function boundsDrawn(): { weights: number[]; lower: number[]; upper: number[] }[] {
  const random = seeded(77);
  return Array.from({ length: 150 }, (_, k) => {
    const size = 1 + (k % 7);
    const step = k % 3 === 0 ? 10 : 1e6;
    const rounded = (value: number): number => Math.round(value * step) / step;
    const lower = Array.from({ length: size }, () => rounded((random() * 0.9) / size));
    const upper = lower.map((low) => (k % 11 === 0 ? Infinity : rounded(low + (random() * 2.2) / size)));
    return { weights: lower.map(() => rounded(random() * 1.5 - (k % 4 === 0 ? 0.5 : 0))), lower, upper };
  });
}

const limitsOfBounds: [number[], number[], number[]][] = [
  [
    [0.5, 0.5],
    [0.5, 0.5],
    [0.5, 0.5],
  ],
  [
    [0.5, 0.5 + 1e-12],
    [0, 0],
    [1, 1],
  ],
  [
    [0.5, 0.5 + 3e-12],
    [0, 0],
    [1, 1],
  ],
  [
    [0.6, 0.4 - 1e-9],
    [0.4, 0.4 - 1e-9],
    [1, 1],
  ],
  [
    [0.6, 0.4],
    [0.4 - 1e-9, 0],
    [0.6, 0.6 + 1e-9],
  ],
  [
    [1, 0, 0],
    [0, 0, 0],
    [1, 0, 0],
  ],
  [
    [0.2, 0.3, 0.5],
    [0.2, 0.3, 0.5 - 5e-10],
    [1, 1, 1],
  ],
  [
    [0.2, 0.3, 0.5],
    [0, 0, 0],
    [0.2, 0.3, 0.5 + 5e-10],
  ],
  [
    [0.2, 0.3, 0.5],
    [0, 0, 0],
    [0.2, 0.3, 0.5 + 2e-9],
  ],
  [
    [0.2, 0.8],
    [0, 0],
    [0.4, 0.5],
  ],
  [
    [0.2, 0.8],
    [0.6, 0.7],
    [1, 1],
  ],
  [
    [0.2, 0.8],
    [0.6, 0.6],
    [1, 1],
  ],
  [
    [0.2, 0.8],
    [-0, 0],
    [1, Number.NaN],
  ],
  [
    [0.2, 0.8],
    [Number.NaN, 0],
    [1, 1],
  ],
  [
    [0.2, 0.8],
    [Infinity, 0],
    [Infinity, 1],
  ],
  [
    [0.2, Infinity],
    [0, 0],
    [1, 1],
  ],
  [[0.2], [0, 0], [1]],
  [[0.2], [0], [1, 1]],
  [[], [], []],
];

const failing =
  (code: 'SolverFailed' | 'SchemaViolation', times: number): (() => (shrinkage: number) => number) =>
  () => {
    let left = times;
    return (shrinkage) => {
      if (left-- > 0) throw new LedgerError(code, `no solution at ${shrinkage}`, { evidence: {} });
      return shrinkage * 2;
    };
  };

const cases: Readonly<Record<string, () => unknown>> = {
  ...Object.fromEntries(
    riskProfiles.map((risk) => [
      `profile ${risk}`,
      ofMarkets((training) =>
        [1, 2, 3].flatMap((rules) =>
          parameters.map((some) =>
            outcomeOf(() => solveProfile({ risk, training, parameters: some, policy: solvePolicyOf(rules), pool: poolOf(training, 0.02) })),
          ),
        ),
      ),
    ]),
  ),
  'market neutral by pool': ofMarkets((training) =>
    [null, 0.001, 0.01, 0.1].map((size) =>
      outcomeOf(() =>
        solveProfile({
          risk: 'market_neutral',
          training,
          parameters: defaultSolveParameters,
          pool:
            size === null
              ? null
              : Float64Array.from(training.dates, (_, row) => (training.values[row * training.columns.length] ?? 0) / size / 20),
        }),
      ),
    ),
  ),
  'market neutral without a pool or with a still one': () => [
    outcomeOf(() => solveProfile({ risk: 'market_neutral', training: markets[2]!, parameters: defaultSolveParameters })),
    outcomeOf(() =>
      solveProfile({ risk: 'market_neutral', training: markets[2]!, parameters: defaultSolveParameters, pool: new Float64Array(40) }),
    ),
    [1, 14, 15, 16].map(betaLimitOf),
  ],
  'columns under a cap': ofMarkets((training) =>
    (['min_variance', 'max_sharpe', 'hrp', 'risk_parity'] as const).flatMap((risk) =>
      [0.05, 0.2, 0.34, 0.5, 0.9, 1].map((cap) =>
        outcomeOf(() => solveColumns({ risk, training, parameters: defaultSolveParameters }, cap)),
      ),
    ),
  ),
  'given orders': ofMarkets((training) =>
    [training.columns.toReversed(), training.columns].map((givenOrder) =>
      outcomeOf(() => solveProfile({ risk: 'hrp', training, parameters: parameters[2]!, givenOrder: [...givenOrder, 'beside'] })),
    ),
  ),
  moments: ofMarkets((training) => [
    outcomeOf(() => columnMeans(training)),
    outcomeOf(() => columnStandardDeviations(training)),
    outcomeOf(() => [momentsOf(training).products, ledoitWolfIntensity(momentsOf(training))]),
    outcomeOf(() => sampleCorrelation(training)),
    outcomeOf(() => usableColumns(training, training.columns.map((_, i) => i).toReversed())),
  ]),
  columns: ofMarkets((training) => [
    outcomeOf(() => nameOrder(training.columns)),
    outcomeOf(() => sortColumns(training)),
    outcomeOf(() =>
      selectColumns(
        training,
        training.columns.map((_, i) => i).filter((i) => i % 2 === 0),
      ),
    ),
    outcomeOf(() => selectColumns(training, [0])),
  ]),
  squares: () => [
    selectSquare(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), 3, [2, 0]),
    selectSquare(Float64Array.of(1, 2, 3, 4), 2, [1, 0]),
    selectSquare(Float64Array.of(1, 2, 3, 4), 2, [0, 1]),
    selectSquare(Float64Array.of(1, 2, 3, 4), 2, [0]),
    outcomeOf(() =>
      squareOf([
        [1, 2],
        [3, 4],
      ]),
    ),
    outcomeOf(() => squareOf([[1, 2], [3]])),
    spectrumOf(Float64Array.of(2, 1, 1, 3), 2),
    spectrumOf(Float64Array.of(1, 1, 1, 1), 2),
  ],
  antifragility: ofMarkets((training) => antifragility(training)),
  'skewness and tails': () => {
    const rows = [
      Float64Array.of(1, 2, 4),
      Float64Array.of(1, 1, 1, 2),
      Float64Array.of(-3, 0, 0, 1, 2),
      Float64Array.from({ length: 40 }, (_, i) => Math.floor(i / 3)),
    ];
    return rows.map((values) => [
      adjustedSkewness(values),
      meanAboveQuantile(values, 0.95),
      meanAboveQuantile(values, 1),
      meanAboveQuantile(values, 0.5),
    ]);
  },
  barbells: ofMarkets((training) => parameters.map((some) => outcomeOf(() => barbell(training, some)))),
  'barbells around ten columns in the core': () =>
    [10, 11, 12, 13, 14, 15, 16].map((size) => barbell(madeReturns(size, 40, size, false), defaultSolveParameters)),
  'aggressor counts': () => Array.from({ length: 20 }, (_, i) => aggressorCount(i + 1)),
  'projections to bounds': () =>
    (['euclidean', 'proportional'] as const).flatMap((method) =>
      boundsDrawn().map(({ weights, lower, upper }) =>
        outcomeOf(() => projectToBounds(weights, lower, upper, method, ['first', 'second'])),
      ),
    ),
  'projections at their limits': () =>
    (['euclidean', 'proportional'] as const).flatMap((method) =>
      limitsOfBounds.map(([weights, lower, upper]) => outcomeOf(() => projectToBounds(weights, lower, upper, method))),
    ),
  caps: () =>
    [0.1, 0.25, 0.25 + 1e-11, 0.3, 0.5, 1, 2].flatMap((cap) =>
      [1, 2, 4].map((count) => {
        const weights = names(count).map((symbol, i) => ({ symbol, weight: count === 1 ? 1 : i === 0 ? 0.7 : 0.3 / (count - 1) }));
        return [columnCapOf(cap, count), projectedToCap(weights, columnCapOf(cap, count))];
      }),
    ),
  certificates: () =>
    [
      {},
      { kktResidual: 1e-9 },
      { kktResidual: 1.1e-9 },
      { kktResidual: 1e-6, kktRounding: 1e-6 },
      { kktResidual: Number.NaN },
      { kktResidual: Infinity, kktRounding: Infinity },
      { riskContributionError: 1e-6, conditionNumber: 3, iterations: 4, bindingSymbols: ['A00'] },
      { riskContributionError: 2e-6, conditionNumber: null },
      { riskContributionError: 2e-6, riskContributionRounding: 1e-5 },
      { capExcess: 1e-12, betaExcess: 1e-12 },
      { capExcess: 2e-12 },
      { betaExcess: 2e-12 },
    ].flatMap((proof) =>
      [
        [0.4, 0.6],
        [0.4, 0.6 + 1e-12],
        [0.4, 0.6 + 2e-12],
        [-1e-300, 1],
        [Number.NaN, 1],
        [0, 1],
      ].map((values) => outcomeOf(() => certify('some', names(2), values, proof))),
    ),
  contributions: () =>
    [
      [0.5, 0.5],
      [1, 0],
      [1, -1],
      [0, 0],
      [0.3, 0.7, 0],
    ].map((weights) => {
      const covariance = Float64Array.of(0.04, 0.04, 0.04, 0.04);
      const other = Float64Array.of(0.04, 0.01, 0.01, 0.09);
      return [covariance, other].map((matrix) => [
        outcomeOf(() => riskContributions(matrix, weights)),
        outcomeOf(() => diversificationRatio(matrix, weights)),
        effectiveNumber(weights),
      ]);
    }),
  gross: () =>
    [[], [1e-6], [9e-7], [1.05 + 1e-9], [1.05 + 2e-9], [95], [94.9], [105], [105.1], [150, -50], [160, -55], [200], [201], [-100]].flatMap(
      (values) =>
        [1.05, 2].map((most) => [
          grossFault(values, most),
          outcomeOf(() =>
            requireGross(
              values.map((weight, i) => ({ symbol: `s${i}`, weight })),
              most,
              'these',
              { path: 'here' },
            ),
          ),
        ]),
    ),
  ladder: () =>
    [0, 0.15, 0.2, 0.5, 0.95, 1].flatMap((first) =>
      [0, 1, 2, 9].flatMap((times) =>
        (['SolverFailed', 'SchemaViolation'] as const).map((code) => outcomeOf(() => climb('hrp', first, failing(code, times)()))),
      ),
    ),
  records: () => {
    const estimate = { columns: ['A'], covariance: Float64Array.of(1), ledoitWolfIntensity: 0.7, saturated: true };
    const attempts = [1, 2].map((correlationShrinkage) => ({ correlationShrinkage, outcome: 'solved' }));
    return [
      unsolved,
      recordOf(null, defaultSolveParameters, 0.1),
      recordOf(estimate, defaultSolveParameters, 0.1),
      [1, 2, 3].map((rules) => [
        flagsOf(['own'], estimate, attempts, solvePolicyOf(rules)),
        flagsOf([], { ...estimate, saturated: false }, attempts.slice(1), solvePolicyOf(rules)),
        flagsOf([], null, attempts, solvePolicyOf(rules)),
      ]),
      complete(
        ['B', 'A', 'C'],
        [1, 0, 2],
        [0, 2],
        [
          { symbol: 'B', weight: 0.3 },
          { symbol: 'C', weight: 0.7 },
        ],
      ),
      [0, 1, 2, 3, 4, 9].map(solvePolicyOf),
      currentSolvePolicy,
      defaultSolveParameters,
      schemas.matrixRiskProfiles,
      schemas.riskProfiles,
    ];
  },
  trees: () =>
    markets.slice(0, 12).map((training) =>
      parameters.map((some) =>
        outcomeOf(() => {
          const result = solveProfile({ risk: 'hrp', training, parameters: some });
          const detail = schemas.hrpDetailSchema.safeParse(result.detail);
          return [treeOfSolve(training, some.hrp, result), detail.success ? clusterTree(training, some.hrp, detail.data) : null];
        }),
      ),
    ),
};

test('every profile is solved, or refused, as it was recorded, bit for bit', () => {
  const found = bitsOfCases(cases);
  expect(found).toEqual(recordedBits('profiles', found));
});
