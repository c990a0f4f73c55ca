/** Profiles on clusters of streams give the results that were recorded, bit for bit. */
import { expect, test } from '@jest/globals';
import { rawStreams } from '../../../../domain/returns/streams.ts';
import type { ReturnMatrix } from '../../../../domain/returns/series.ts';
import { treeOfSolve } from '../../../../domain/risk/cluster-tree.ts';
import { clusteredStreams } from '../../../../domain/risk/clustered/cluster-streams.ts';
import { clusteredBarbell } from '../../../../domain/risk/clustered/clustered-barbell.ts';
import { flatClusters } from '../../../../domain/risk/clustered/flat-clusters.ts';
import { solveClustered } from '../../../../domain/risk/clustered/solve-clustered.ts';
import { clusterStreams, fittingLookbacks, meanCorrelation } from '../../../../domain/risk/clustered/stream-clusters.ts';
import { addCorrelations } from '../../../../domain/risk/clustered/zero-aware-correlation.ts';
import { linkage } from '../../../../domain/risk/linkage.ts';
import { defaultSolveParameters, type RiskProfile } from '../../../../domain/risk/profiles.ts';
import { solvePolicyOf } from '../../../../domain/risk/solve-policy.ts';
import { seeded } from '../../../support/figures.ts';
import { bitsOfCases, outcomeOf, recordedBits } from '../../../support/recorded-bits.ts';
import { madeReturns } from '../recorded-solves.ts';

/** Returns with exact zeros here and there, still columns, and columns that hardly vary beside their zeros. */
function withZeros(size: number, rows: number, seed: number, share: number): ReturnMatrix {
  const random = seeded(seed);
  const made = madeReturns(size, rows, seed, seed % 2 === 0);
  const values = made.values.map((value, at) => {
    const column = at % size;
    if (column === 4) return 0;
    if (column === 5) return at < size * (rows - 3) ? 0.001 : value;
    return random() < share * (1 + (column % 3)) ? 0 : value;
  });
  return { ...made, columns: made.columns.map((name, i) => (i % 2 === 0 ? name : `0${name}`)), values };
}

const markets = [
  withZeros(4, 60, 1, 0),
  withZeros(7, 60, 2, 0.1),
  withZeros(8, 24, 3, 0.2),
  withZeros(32, 45, 4, 0.05),
  withZeros(1, 30, 5, 0),
  withZeros(6, 12, 6, 0.1),
  withZeros(18, 300, 7, 0.02),
];
const options = [
  { lookbacks: [10, 20, 40], shrinkage: 0.1, threshold: 0.5 },
  { lookbacks: [1000], shrinkage: 0, threshold: 0.05 },
  { lookbacks: [20, 24], shrinkage: 0.5, threshold: 2 },
];
const profiles: readonly RiskProfile[] = [
  'min_variance',
  'hrp',
  'risk_parity',
  'max_sharpe',
  'barbell',
  'equal_weight',
  'market',
  'benchmark',
  'market_neutral',
  'raw_pool_ew',
  'adaptive',
];
const ofMarkets =
  (compute: (training: ReturnMatrix, clustering: (typeof options)[number]) => unknown): (() => unknown) =>
  () =>
    markets.flatMap((training) => options.map((clustering) => outcomeOf(() => compute(training, clustering))));

const cases: Readonly<Record<string, () => unknown>> = {
  ...Object.fromEntries(
    profiles.map((risk) => [
      risk,
      ofMarkets((training, clustering) =>
        [0.3, 0.6].flatMap((clusterCap) =>
          [1, 3].map((rules) =>
            outcomeOf(() => {
              const regime = clusterCap === 0.3 ? null : ({ label: 'CRISIS', table: 'code' } as const);
              const hrp = { ...defaultSolveParameters.hrp, leafOrder: rules === 1 ? ('plain' as const) : ('optimal' as const) };
              const parameters = { ...defaultSolveParameters, hrp };
              const pool = Float64Array.from(training.dates, (_, row) => training.values[row * training.columns.length]!);
              const givenOrder = training.columns.toReversed();
              const result = solveClustered({
                risk,
                training,
                parameters,
                clustering,
                clusterCap,
                regime,
                pool,
                givenOrder,
                policy: solvePolicyOf(rules),
              });
              return [result, risk === 'hrp' ? outcomeOf(() => treeOfSolve(training, hrp, result)) : null];
            }),
          ),
        ),
      ),
    ]),
  ),
  'without columns and without a policy': () =>
    profiles.map((risk) =>
      [0, 3].map((size) =>
        outcomeOf(() =>
          solveClustered({
            risk,
            training: size === 0 ? { dates: ['x', 'y', 'z'], columns: [], values: new Float64Array(0) } : madeReturns(3, 30, 9, false),
            parameters: defaultSolveParameters,
            clustering: options[0]!,
            clusterCap: 0.5,
            regime: null,
            pool: null,
          }),
        ),
      ),
    ),
  'clusters and their returns': ofMarkets((training, clustering) => [
    clusterStreams(rawStreams(training), clustering),
    clusteredStreams(training, clustering, 252),
  ]),
  'barbells of clusters': ofMarkets((training, clustering) =>
    clusteredBarbell(clusteredStreams(training, clustering, 252), defaultSolveParameters, { clusterCap: 0.4, regime: null }),
  ),
  correlations: () =>
    markets.flatMap((training) =>
      [2, 5, 12].flatMap((rows) =>
        [1, 3, 8].map((rowsMin) => {
          const length = (training.columns.length * (training.columns.length - 1)) / 2;
          const [distances, correlations] = [new Float64Array(length), new Float64Array(length)];
          addCorrelations(rawStreams(training), { rows, rowsMin, shrinkage: 0.2 }, distances, correlations);
          return [distances, correlations];
        }),
      ),
    ),
  'flat clusters': () =>
    [2, 5, 25, 26, 27, 40].flatMap((size) => {
      const random = seeded(size);
      const distances = Float64Array.from({ length: (size * (size - 1)) / 2 }, () => Math.ceil(6 * random()) / 6);
      const rows = linkage(distances, size, 'average');
      return [0, 0.1, rows[0]![2], rows[Math.floor(rows.length / 2)]![2], 0.5, 9].map((threshold) => flatClusters(rows, size, threshold));
    }),
  lookbacks: () => [fittingLookbacks([19, 20, 21, 40, 41], 40), fittingLookbacks([50], 40), fittingLookbacks([], 19)],
  'mean correlations': () =>
    [[], [1], [0, 2], [0, 1, 3], [0, 1, 2, 3]].map((members) => meanCorrelation(Float64Array.of(1, 2, 4, 8, 16, 32), 4, members)),
};

test('every profile on clusters is solved as it was recorded, bit for bit', () => {
  const found = bitsOfCases(cases);
  expect(found).toEqual(recordedBits('clusters', found));
});
