/** Figures of streams, and their refusals, are as they were recorded, bit for bit. */
import { expect, test } from '@jest/globals';
import { activityOf } from '../../../domain/metrics/activity.ts';
import { overfittingOf } from '../../../domain/metrics/backtest-overfitting.ts';
import { compareWithBenchmark } from '../../../domain/metrics/benchmark.ts';
import { bootstrapBands, bootstrapMetrics, replicateRows } from '../../../domain/metrics/block-bootstrap.ts';
import { growthPerCalendarYear, isAnnualisationSuspected, rowsPerCalendarYear } from '../../../domain/metrics/calendar-year.ts';
import { combinations, combinatorialSplits } from '../../../domain/metrics/combinatorial-splits.ts';
import { compareOnCommonDates, onCommonDates } from '../../../domain/metrics/common-dates.ts';
import { commonRows, pairMoments } from '../../../domain/metrics/common-rows.ts';
import { jointShares, multipliedShares, optimiserShares, pathVariance, realisedShares } from '../../../domain/metrics/contribution.ts';
import { conventions } from '../../../domain/metrics/conventions.ts';
import { deflatedSharpe, distinctTrials, observedSharpe } from '../../../domain/metrics/deflated-sharpe.ts';
import { averageLengthOf, drawdownsOf, worstDrawdowns } from '../../../domain/metrics/drawdowns.ts';
import { calendarReturns, sessionBefore } from '../../../domain/metrics/months.ts';
import { normalDensity, normalProbability, normalQuantile } from '../../../domain/metrics/normal.ts';
import { performanceOf, stabilityOf } from '../../../domain/metrics/performance.ts';
import { averageRanks, correlationOfPairs, spearman } from '../../../domain/metrics/ranks.ts';
import { rankStability } from '../../../domain/metrics/rank-stability.ts';
import { RealisedShares } from '../../../domain/metrics/realised-shares.ts';
import { rollingFigures } from '../../../domain/metrics/rolling.ts';
import { rowBlocks } from '../../../domain/metrics/row-blocks.ts';
import { sampleShapeOf, shapeOf } from '../../../domain/metrics/shape.ts';
import { isWithinNoise, sharpeDifference } from '../../../domain/metrics/sharpe-difference.ts';
import { uniformAt } from '../../../domain/metrics/splitmix64.ts';
import { compareStartOffsets } from '../../../domain/metrics/start-offsets.ts';
import { allocationStability, allocationTurnover, tradesBySpan } from '../../../domain/metrics/turnover.ts';
import { addDays } from '../../../domain/returns/days.ts';
import type { ReturnSeries } from '../../../domain/returns/series.ts';
import { seeded } from '../../support/figures.ts';
import { bitsOfCases, outcomeOf, recordedBits } from '../../support/recorded-bits.ts';

const opened = '2023-12-29';
/** Sessions are all days but every sixth and seventh. */
const isSession = (date: string): boolean => !/[67]$/.test(date);

function stream(rows: number, seed: number, kind: number): ReturnSeries {
  const random = seeded(seed);
  const dates: string[] = [];
  for (let date = addDays(opened, 1); dates.length < rows; date = addDays(date, 1)) if (kind === 3 || isSession(date)) dates.push(date);
  const values = Float64Array.from(dates, () => {
    const bell = random() + random() + random() - 1.5;
    if (kind === 0) return 0.02 * bell;
    if (kind === 1) return Math.round(2 * bell) / 50;
    if (kind === 2) return 0.01;
    if (kind === 4) return Math.abs(0.01 * bell);
    if (kind === 5) return -Math.abs(0.01 * bell);
    if (kind === 6) return random() < 0.05 ? -1 : 0.1 * bell;
    return 0.01 * bell + 0.001;
  });
  return { dates, values };
}

const kinds = [0, 1, 2, 3, 4, 5, 6];
const streams = [1, 2, 3, 4, 5, 15, 16, 29, 30, 31, 62, 63, 64, 90, 160].flatMap((rows) =>
  kinds.map((kind) => stream(rows, 10 * rows + kind, kind)),
);
const ofStreams =
  (compute: (series: ReturnSeries, k: number) => unknown): (() => unknown) =>
  () =>
    streams.map((series, k) => outcomeOf(() => compute(series, k)));
const benchmarkOf = ({ dates }: ReturnSeries, k: number): ReturnSeries => {
  const other = stream(dates.length + 3, k + 1, [3, 0, 2, 1, 4][k % 5]!);
  return k % 6 === 0 ? { dates: ['2023-01-01'], values: Float64Array.of(0.1) } : other;
};
const closesOf = ({ dates }: ReturnSeries, k: number) => {
  const random = seeded(k);
  const all = [opened, ...dates, '2031-01-01'];
  return {
    id: 'other',
    dates: all.filter((_, row) => row % 7 !== 3),
    closes: Float64Array.from(all, () => (random() < 0.1 ? Number.NaN : 50 + 10 * random())),
  };
};
const annual = { annualisationDays: 252, opened };
const columns = (count: number, rows: number, seed: number): Float64Array[] =>
  Array.from({ length: count }, (_, k) => stream(rows, seed + k, k % 2).values);
const observed = observedSharpe(stream(100, 5, 0).values);

const cases: Readonly<Record<string, () => unknown>> = {
  performance: ofStreams((series) => [252, 365].map((annualisationDays) => performanceOf(series, { annualisationDays, opened }))),
  stability: ofStreams(({ values }) => [stabilityOf(values), shapeOf(values), sampleShapeOf(values), activityOf(values)]),
  drawdowns: ofStreams((series) => {
    const found = drawdownsOf(series, opened);
    return [found, worstDrawdowns(found, 3), averageLengthOf(found.episodes)];
  }),
  benchmarks: ofStreams((series, k) => [
    compareWithBenchmark(series, benchmarkOf(series, k), 252),
    commonRows(series, benchmarkOf(series, k)),
  ]),
  pairs: ofStreams(({ values }, k) => {
    const right = stream(values.length, k + 400, [0, 1, 2][k % 3]!).values;
    const difference = sharpeDifference(values, right);
    return [
      pairMoments(values, right),
      difference,
      isWithinNoise(difference),
      sharpeDifference(values, values),
      correlationOfPairs(values, right),
      spearman(values, right),
      averageRanks(right),
    ];
  }),
  noise: () => [null, 0, 1.95, 1.96, -1.96, -1.9, 2].map((z) => isWithinNoise({ z })),
  'common dates': ofStreams((series, k) => [
    onCommonDates({ opened, series }, closesOf(series, k)),
    compareOnCommonDates({ opened, series }, closesOf(series, k), 252),
  ]),
  rolling: ofStreams((series, k) =>
    [2, 20].flatMap((windowRows) =>
      [null, benchmarkOf(series, k)].map((benchmark) => rollingFigures(series, benchmark, { windowRows, annualisationDays: 252 })),
    ),
  ),
  calendar: ofStreams((series) =>
    [opened, '2023-12-31', addDays(series.dates[0]!, -1)].map((from) => calendarReturns(series, { opened: from, isSession })),
  ),
  sessions: () => [
    sessionBefore('2024-01-08', isSession),
    sessionBefore('2024-01-09', isSession),
    sessionBefore('2024-03-01', () => false),
    sessionBefore('2024-03-01', (date) => date <= '2024-01-30'),
    sessionBefore('2024-03-01', (date) => date <= '2024-01-29'),
  ],
  'calendar years': () =>
    [240, 252, 264, 265, 239, 365].map((rows) => [
      rowsPerCalendarYear(rows, 365),
      isAnnualisationSuspected(rows, 252),
      growthPerCalendarYear(rows / 1000, 400),
    ]),
  bootstrap: ofStreams((series, k) =>
    k % 5 === 0 ? bootstrapMetrics(series, 252, { blockRows: Math.min(4, series.values.length), replicates: 12, seed: BigInt(k) }) : null,
  ),
  'replicates and plans': () => [
    [1, 3, 7, 10].map((blockRows) => [0, 1, 5].map((replicate) => replicateRows({ rows: 10, blockRows, seed: 99n }, replicate))),
    [
      [0, 1, 1],
      [10, 0, 1],
      [10, 10, 1],
      [10, 11, 1],
      [10, 5, 0],
      [10, 2.5, 1],
      [1.5, 1, 1],
      [5, 2, 3],
    ].map(([rows, blockRows, replicates]) =>
      outcomeOf(() =>
        bootstrapBands({ rows: rows!, blockRows: blockRows!, replicates: replicates!, seed: 1n }, (drawn) => ({
          sum: drawn.reduce((all, row) => all + row, 0),
          some: drawn[0]! > 1 ? drawn[0]! : null,
          none: null,
        })),
      ),
    ),
    [0, 1, 2, 1000].map((k) => [1n, 2n ** 63n].map((seed) => uniformAt(seed, k))),
    [
      [10, 3],
      [16, 16],
      [5, 8],
      [0, 2],
    ].map(([rows, blocks]) => rowBlocks(rows!, blocks!)),
  ],
  overfitting: () => [
    ...[
      [1, 40],
      [2, 40],
      [3, 41],
      [5, 64],
      [3, 7],
      [3, 8],
    ].map(([count, rows]) => outcomeOf(() => overfittingOf(columns(count!, rows!, 31), 8))),
    outcomeOf(() => overfittingOf([])),
    outcomeOf(() => overfittingOf([...columns(2, 40, 3), new Float64Array(40).fill(0.01)], 8)),
    outcomeOf(() =>
      overfittingOf(
        columns(2, 40, 3).map((values) => values.map((value, row) => (row < 15 ? 0.01 : value))),
        8,
      ),
    ),
    outcomeOf(() =>
      overfittingOf(
        columns(2, 40, 3).map((values) => values.map((value, row) => (row < 20 ? 0.01 : value))),
        8,
      ),
    ),
    outcomeOf(() => overfittingOf([columns(1, 40, 3)[0]!, columns(1, 40, 3)[0]!, columns(1, 40, 4)[0]!], 4)),
  ],
  'rank stability': () =>
    [
      [],
      ...[
        [1, 40],
        [2, 15],
        [2, 16],
        [4, 100],
        [3, 90],
      ].map(([count, rows]) => columns(count!, rows!, 8)),
      [new Float64Array(40), ...columns(1, 40, 2)],
    ].map(rankStability),
  splits: () => [
    [
      [4, 0],
      [4, 1],
      [4, 2],
      [5, 3],
      [4, 4],
      [3, 4],
    ].map(([size, taken]) => combinations(size!, taken!)),
    [
      {},
      { rows: 23 },
      { purgeRows: 3 },
      { embargoRows: 4 },
      { trainRowsMin: 6 },
      { trainRowsMin: 7 },
      { trainRowsMin: 20 },
      { testGroups: 0 },
      { testGroups: 4 },
      { testGroups: 5 },
      { groups: 21 },
      { groups: 20 },
      { rows: 2.5 },
      { purgeRows: -1 },
      { embargoRows: 0.5 },
      { rows: 40, groups: 40, testGroups: 20 },
      { rows: 142, groups: 142, testGroups: 2 },
    ].map((change) =>
      outcomeOf(() => {
        const { splits, ...others } = combinatorialSplits({
          rows: 20,
          groups: 5,
          testGroups: 2,
          purgeRows: 1,
          embargoRows: 1,
          trainRowsMin: 5,
          ...change,
        });
        return [others, splits.slice(0, 12)];
      }),
    ),
  ],
  'deflated Sharpe ratios': () => [
    ...[1, 2, 3, 10, 1000, 0, 1.5, -1].flatMap((count) =>
      [0, 0.01, -1, Number.NaN].map((varianceOfSharpes) => outcomeOf(() => deflatedSharpe(observed, { count, varianceOfSharpes }))),
    ),
    ...streams.slice(0, 60).map(({ values }) => outcomeOf(() => observedSharpe(values))),
    outcomeOf(() => observedSharpe(new Float64Array(0))),
  ],
  trials: () => {
    const all = [
      trial('a', 's', 'x'),
      trial('a', 's', 'y', 0.2),
      trial('b', 's', 'x', 0.3),
      trial('b', 't', 'z', 0.4),
      trial('c', 't', null),
      trial('b', 's', 'w', 0.5),
      { ...trial('a', 's', 'v', 0.9), profile: 'barbell' },
    ];
    return all.map((_, end) => distinctTrials(all.slice(0, end))).concat([distinctTrials(all), distinctTrials(all.toReversed())]);
  },
  'normal distribution': () => [
    [-40, -9, -6, -5.66, -5.65, -2, -0.67, -0.66, -0.1, -0, 0, 0.3, 0.7, 1, 5.7, 8, 40].map((x) => [
      normalProbability(x),
      normalDensity(x),
    ]),
    [0, 1e-300, 1e-12, 1e-11, 0.01, 0.074, 0.075, 0.0751, 0.3, 0.5, 0.7, 0.925, 0.926, 0.99, 1 - 1e-12, 1].map(normalQuantile),
  ],
  'start offsets': () => {
    const all = [0, 5, 10].map((offset) => ({
      offset,
      series: { dates: stream(60, 1, 0).dates.slice(offset), values: stream(60, offset + 1, 0).values.slice(offset) },
    }));
    const settings = { annualisationDays: 252, openedBefore: (first: string) => addDays(first, -1) };
    const apart = { offset: 9, series: { dates: ['2031-01-01'], values: Float64Array.of(0.1) } };
    return [
      all,
      all.toReversed(),
      all.slice(0, 1),
      all.slice(1),
      [...all, apart],
      all.map((one, k) => (k === 1 ? { ...one, series: stream(60, 7, 4) } : one)),
      [all[0]!, { ...all[0]!, offset: 1 }],
    ].map((some) => outcomeOf(() => compareStartOffsets(some, settings)));
  },
  turnover: () => [
    [
      [[1, 0]],
      [
        [0.5, -0.5],
        [0, 1],
      ],
      [
        [0.2, 0.8],
        [0.3, 0.7],
        [1, 0],
      ],
      [],
      [[1, 0], [1]],
    ].map((decisions) => [
      outcomeOf(() => allocationTurnover(decisions)),
      decisions.length === 2 ? null : outcomeOf(() => allocationStability(decisions)),
    ]),
    tradesBySpan(
      ['2024-01-01', '2024-01-02', '2024-01-03', '2024-01-04'].map((date, k) => ({
        date,
        turnoverTwoSided: k + 1,
        costFraction: (k + 1) / 100,
      })),
      [
        { from: '2024-01-01', before: '2024-01-03' },
        { from: '2024-01-03', before: '2024-01-04' },
        { from: '2025-01-01', before: '2026-01-01' },
      ],
    ),
  ],
  'shares of risk': () => {
    const covariance = Float64Array.of(0.04, 0.01, 0.01, 0.09);
    const sleeves = [
      { id: 'a', weight: 0.6, symbols: ['X', 'Y'], holding: [0.5, 0.5], covariance },
      { id: 'b', weight: 0.4, symbols: ['Y'], holding: [1], covariance: Float64Array.of(0.09) },
    ];
    const still = { ...sleeves[1]!, holding: [0] };
    const paths = [
      ['a', 'X', 0.3],
      ['a', 'Y', 0.3],
      ['b', 'Y', 0.4],
    ].map(([sleeve, symbol, weight]) => ({ sleeve: String(sleeve), symbol: String(symbol), weight: Number(weight) }));
    const [first, second, third] = columns(3, 20, 60);
    return [
      optimiserShares(sleeves, covariance),
      optimiserShares([sleeves[0]!, still], covariance),
      optimiserShares([sleeves[0]!, { ...still, weight: 0 }], covariance),
      optimiserShares(sleeves, new Float64Array(4)),
      jointShares(paths, ['X', 'Y'], covariance),
      jointShares(paths, ['X', 'Y'], new Float64Array(4)),
      outcomeOf(() => jointShares(paths, ['X'], Float64Array.of(1))),
      pathVariance(Float64Array.of(1, 1), Int32Array.of(0, 0), Float64Array.of(2.5e-291), 1),
      pathVariance(Float64Array.of(1, 1), Int32Array.of(0, 0), Float64Array.of(2.6e-291), 1),
      realisedShares({ paths, pnl: [first!, second!, third!] }),
      realisedShares({ paths, pnl: [first!, first!.map((value) => -value), first!.map(() => 0)] }),
      outcomeOf(() => realisedShares({ paths, pnl: [first!] })),
      outcomeOf(() => realisedShares({ paths: [], pnl: [] })),
      multipliedShares([
        { share: 0.5, size: 2, within: [0.25, 0.75] },
        { share: 0, size: 1, within: null },
        { share: 0.5, size: 1, within: [1] },
      ]),
      multipliedShares([{ share: 0.1, size: 1, within: null }]),
      [1, 2, 5].map((periods) => {
        const shares = new RealisedShares(2);
        for (let period = 0; period < periods; period++) {
          shares.add(1, Float64Array.of(0.5, 0.5), Float64Array.of(first![period]!, second![period]!));
          shares.add(1.1, Float64Array.of(0.4, 0.6), Float64Array.of(second![period]!, third![period]!));
          shares.close(first![period]! + third![period]!);
        }
        return shares.shares();
      }),
    ];
  },
  conventions: () => conventions,
  settings: () => annual,
};

const trial = (data: string, settings: string, text: string | null, sharpePerRow = 0.1) => ({
  data,
  settings,
  profile: 'hrp',
  stream: text === null ? null : { text, sharpePerRow },
});

test('every figure is as it was recorded, bit for bit', () => {
  const found = bitsOfCases(cases);
  expect(found).toEqual(recordedBits('figures', found));
});
