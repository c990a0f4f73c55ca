/**
 * Resampled weights and combinatorial splits of a portfolio. The oracle: hrp of two columns is inverse variance, so that every weight can
 * be had by hand from the rows it was learned from; 1e-12.
 */
import { describe, expect, test } from '@jest/globals';
import { combinatorialTest, embargoRowsOf } from '../../../domain/backtest/combinatorial-test.ts';
import type { Deciding } from '../../../domain/backtest/decisions.ts';
import { bootstrapWeights } from '../../../domain/backtest/weight-bands.ts';
import { solveParametersOf } from '../../../domain/manifest/solve-parameters.ts';
import { replicateRows } from '../../../domain/metrics/block-bootstrap.ts';
import { addDays } from '../../../domain/returns/days.ts';
import { linearQuantile } from '../../../domain/returns/quantile.ts';
import type { ReturnMatrix } from '../../../domain/returns/series.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { portfolioOf } from '../../support/backtests.ts';
import { seeded } from '../../support/figures.ts';

const settings = {
  backtest: { train_window: 20, test_window: 5, step_size: 5 },
  risk: { estimator: 'sample', ridge: 0 },
  features: { default_shrinkage_intensity: 0 },
} as const;
const bounds = { meta_allocation: { min_weight: 0, max_weight: 1 } } as const;
const ab = [
  { id: 'a', profile: 'a' },
  { id: 'b', profile: 'b' },
];
const node = portfolioOf({ whole: { sleeves: ab, ...bounds } }, settings);
const work: Deciding = {
  risk: 'hrp',
  options: { join: null, projection: null },
  rules: rulesInForce,
  parameters: solveParametersOf(node.blocks, 252),
};

const random = seeded(11);
const rows = 240;
const joined: ReturnMatrix = {
  dates: Array.from({ length: rows }, (_, row) => addDays('2024-01-01', row)),
  columns: ['a', 'b'],
  values: Float64Array.from({ length: rows * 2 }, (_, cell) => (0.01 + 0.01 * (cell % 2)) * (random() + random() - 0.98)),
};
const valuesOf = (column: number, taken: Iterable<number>): number[] => [...taken].map((row) => joined.values[row * 2 + column]!);

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (values.length - 1);
}

/** Weight of `a` by inverse variance of the rows. */
function byHand(taken: readonly number[]): number {
  const [a, b] = [1 / variance(valuesOf(0, taken)), 1 / variance(valuesOf(1, taken))];
  return a / (a + b);
}

test('bands of weights are the quantiles of what is decided on resampled rows, the same rows for all sleeves', () => {
  const plan = { blockRows: 5, replicates: 40, seed: 3n };
  const found = bootstrapWeights(work, node, joined, plan);
  const drawn = Array.from({ length: 40 }, (_, replicate) => byHand([...replicateRows({ ...plan, rows }, replicate)]));
  const sorted = Float64Array.from(drawn).toSorted();
  expect(Object.keys(found)).toEqual(['a', 'b']);
  for (const [name, quantile] of Object.entries({ low: 0.05, middle: 0.5, high: 0.95 } as const)) {
    expect(Math.abs(found['a']![name as 'low'] - linearQuantile(sorted, quantile))).toBeLessThan(1e-12);
    expect(Math.abs(found['b']![name as 'low'] - (1 - linearQuantile(sorted, 1 - quantile)))).toBeLessThan(1e-12);
  }
  expect(found['a']!.undefinedIn).toBe(0);
});

test('a history on which nothing can be decided has no weights in that repetition', () => {
  const still: ReturnMatrix = { ...joined, values: new Float64Array(rows * 2) };
  expect(bootstrapWeights({ ...work, risk: 'risk_parity' }, node, still, { blockRows: 5, replicates: 3, seed: 1n })).toEqual({
    a: null,
    b: null,
  });
});

describe('combinatorial splits', () => {
  const found = combinatorialTest(work, node, joined);

  test('decide on the rows that are left by purge and embargo, and on no others', () => {
    expect(found).toMatchObject({ label: 'not walk-forward', groups: 6, testGroups: 2, purgeRows: 0, embargoRows: 25, trainRowsMin: 20 });
    expect(found.splits).toHaveLength(15);
    for (const { testGroups, trainRows, testRows, weights } of found.splits) {
      // Groups of 40 rows; 25 rows after a test are not learned from.
      const isNear = (row: number): boolean => testGroups.some((group) => row >= 40 * group && row < 40 * (group + 1) + 25);
      const train = joined.dates.flatMap((_, row) => (isNear(row) ? [] : [row]));
      expect([trainRows, testRows]).toEqual([train.length, 80]);
      expect(Math.abs(weights![0]! - byHand(train))).toBeLessThan(1e-12);
    }
  });

  test('make up five whole histories: the k-th split that tests a group gives the k-th its rows', () => {
    expect([found.paths.length, found.pathsAtMost]).toEqual([5, 5]);
    const wealth = (path: number): number =>
      [0, 1, 2, 3, 4, 5].reduce((grown, group) => {
        const { weights } = found.splits.filter(({ testGroups }) => testGroups.includes(group))[path]!;
        const taken = Array.from({ length: 40 }, (_, row) => 40 * group + row);
        const [a, b] = [valuesOf(0, taken), valuesOf(1, taken)];
        return a.reduce((product, value, row) => product * (1 + weights![0]! * value + weights![1]! * b[row]!), grown);
      }, 1);
    found.paths.forEach(({ rows: held, total }, path) => {
      expect(held).toBe(rows);
      expect(Math.abs(total - (wealth(path) - 1))).toBeLessThan(1e-12);
    });
  });

  test('are listed and not run below a training window, and then make up fewer histories', () => {
    const short: ReturnMatrix = { ...joined, dates: joined.dates.slice(0, 72), values: joined.values.subarray(0, 144) };
    const few = combinatorialTest(work, node, short);
    const notRun = few.splits.filter(({ weights }) => weights === null);
    expect(notRun.length).toBeGreaterThan(0);
    for (const { trainRows, reason } of notRun) expect([trainRows < 20, reason]).toEqual([true, 'too few rows to learn from']);
    expect(few.paths.length).toBeLessThan(few.pathsAtMost);
  });

  test('keep clear of a test by the longest window behind it, a portfolio below adding its own', () => {
    const nested = portfolioOf(
      {
        inner: { sleeves: ab },
        whole: {
          sleeves: [
            { id: 'inner', meta_profile: 'inner' },
            { id: 'c', profile: 'a' },
          ],
          ...bounds,
        },
      },
      settings,
    );
    expect(embargoRowsOf(node)).toBe(25);
    expect(embargoRowsOf(nested)).toBe(50);
  });
});
