import { describe, expect, test } from '@jest/globals';
import { linkage } from '../../../../domain/risk/linkage.ts';
import { sampleCorrelation } from '../../../../domain/risk/covariance.ts';
import { condensedOffset } from '../../../../domain/risk/distance.ts';
import { clusterStreams, fittingLookbacks, meanCorrelation } from '../../../../domain/risk/clustered/stream-clusters.ts';
import { rawStreams } from '../../../../domain/returns/streams.ts';
import { flatClusters } from '../../../../domain/risk/clustered/flat-clusters.ts';
import { quotasOf } from '../../../../domain/selection/quotas.ts';
import { seeded } from '../../../support/figures.ts';
import { expectClose } from '../../../support/worked-example.ts';
import { matrixOf } from '../../selection/pools.ts';
import { usual } from '../../../support/selection-settings.ts';

const options = { lookbacks: [60, 120, 200], shrinkage: 0.01, threshold: 0.5 };

/** Returns of some columns with a common factor; a share of them exactly zero. */
function columnsOf(count: number, rows: number, zeroShare: number, seed = 5): Record<string, number[]> {
  const random = seeded(seed);
  const factor = Array.from({ length: rows }, () => random() - 0.5);
  return Object.fromEntries(
    Array.from({ length: count }, (_, column) => [
      `C${String(column).padStart(2, '0')}`,
      factor.map((common) => (random() < zeroShare ? 0 : 0.01 * (0.7 * common + random() - 0.5))),
    ]),
  );
}

/** Correlation over the rows in which neither is zero, in two passes. */
function plainCorrelation(left: readonly number[], right: readonly number[], rowsMin: number): number {
  const rows = left.flatMap((value, row) => (value === 0 || right[row] === 0 ? [] : [row]));
  if (rows.length < rowsMin) return 0;
  const mean = (values: readonly number[]): number => rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
  const [meanLeft, meanRight] = [mean(left), mean(right)];
  const sum = (term: (row: number) => number): number => rows.reduce((total, row) => total + term(row), 0);
  const crossed = sum((row) => (left[row]! - meanLeft) * (right[row]! - meanRight));
  const scale = Math.sqrt(sum((row) => (left[row]! - meanLeft) ** 2) * sum((row) => (right[row]! - meanRight) ** 2));
  return scale < 1e-15 ? 0 : crossed / scale;
}

describe('correlations', () => {
  test.each([0, 0.01, 0.2, 0.6])('with a share of %d of exact zeros are those of the rows that a pair has in common', (zeroShare) => {
    const columns = columnsOf(12, 60, zeroShare);
    const names = Object.keys(columns);
    const { correlations } = clusterStreams(rawStreams(matrixOf(columns)), options);
    names.forEach((left, i) => {
      for (let j = i + 1; j < names.length; j++) {
        const expected = 0.99 * plainCorrelation(columns[left]!, columns[names[j]!]!, 20);
        expect(correlations[condensedOffset(names.length, i) + j]).toBeCloseTo(expected, 12);
      }
    });
  });

  test('without a zero are the sample correlations of the covariance', () => {
    const matrix = matrixOf(columnsOf(6, 60, 0));
    const { correlations } = clusterStreams(rawStreams(matrix), { ...options, shrinkage: 0 });
    const sample = sampleCorrelation(matrix);
    for (let i = 0; i < 6; i++)
      for (let j = i + 1; j < 6; j++) expectClose(correlations[condensedOffset(6, i) + j]!, sample[i * 6 + j]!, 1e-12);
  });

  test('are 0 with a column that does not vary where both have a value', () => {
    const { A, B } = { A: Array.from({ length: 60 }, (_, row) => (row % 2 === 0 ? 0.01 : 0)), B: columnsOf(1, 60, 0)['C00']! };
    const { correlations, distances } = clusterStreams(rawStreams(matrixOf({ A, B })), options);
    expect([correlations[0], distances[0]]).toEqual([0, Math.sqrt(0.5)]);
  });

  test('of one hundred columns in one dense product are those of two hundred rows in pairs', () => {
    const columns = columnsOf(100, 200, 0.01);
    const names = Object.keys(columns);
    const { correlations, lookbacks } = clusterStreams(rawStreams(matrixOf(columns)), { ...options, lookbacks: [200] });
    expect(lookbacks.used).toEqual([200]);
    const gaps = names.slice(1).map((name, k) => {
      const expected = 0.99 * plainCorrelation(columns[names[0]!]!, columns[name]!, 20);
      return Math.abs(correlations[condensedOffset(100, 0) + k + 1]! - expected);
    });
    expect(Math.max(...gaps)).toBeLessThan(1e-12);
  });
});

describe('lookbacks', () => {
  test.each([
    [[60, 120, 200], 60, [60], [120, 200]],
    [[5, 60, 120, 200], 20, [20], [5, 60, 120, 200]],
    [[60, 120, 200], 252, [60, 120, 200], []],
    [[], 30, [30], []],
    [[60], 12, [12], [60]],
  ])('%j on %d rows', (asked, rows, used, leftOut) => {
    expect(fittingLookbacks(asked, rows)).toEqual({ used, leftOut });
  });

  test('are averaged, distances by themselves and correlations by themselves', () => {
    const streams = rawStreams(matrixOf(columnsOf(3, 120, 0)));
    const [both, short, long] = [[60, 120], [60], [120]].map((lookbacks) => clusterStreams(streams, { ...options, lookbacks }));
    expectClose(both!.distances[1]!, (short!.distances[1]! + long!.distances[1]!) / 2, 1e-14);
    expectClose(both!.correlations[1]!, (short!.correlations[1]! + long!.correlations[1]!) / 2, 1e-14);
  });
});

/* scipy 1.17: fcluster(linkage(d, 'ward'), ...) of |i² - j²| over 30 leaves, clusters numbered by their first leaf. */
describe('a cut', () => {
  const size = 30;
  const distances = Float64Array.from(
    Array.from({ length: size }, (_, i) => Array.from({ length: size - i - 1 }, (_2, k) => (i + k + 1) * (i + k + 1) - i * i)).flat(),
  );
  const rows = linkage(distances, size, 'ward');

  test('at a distance joins what joins at or below it', () => {
    const { labels, cut } = flatClusters(rows, size, 200);
    expect(cut).toEqual({ criterion: 'distance', value: 200, height: 200 });
    expect([...labels]).toEqual(scipyAt200);
  });

  test('that leaves more than 25 clusters is raised until at most 25 are left', () => {
    const { labels, cut, count } = flatClusters(rows, size, 0.5);
    expect(cut).toMatchObject({ criterion: 'maxclust', value: 25 });
    expect(count).toBe(25);
    expect([...labels]).toEqual(scipyOf25);
  });

  test('of equal heights goes through all of them', () => {
    const flat = linkage(new Float64Array(435).fill(1), size, 'single');
    expect(flatClusters(flat, size, 0.5)).toMatchObject({ count: 1, cut: { criterion: 'maxclust', height: 1 } });
  });

  test('of a single leaf is that leaf', () => {
    expect(flatClusters([], 1, 0.5)).toMatchObject({ count: 1, cut: { criterion: 'distance' } });
  });
});

const scipyAt200 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 5];
const scipyOf25 = [0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24];

const quota = (meanOf: number, topN: number, more: Partial<typeof usual> = {}): number => {
  const clusters = {
    ...clusterStreams(rawStreams(matrixOf(columnsOf(2, 30, 0))), { ...options, threshold: 2 }),
    correlations: Float64Array.of(meanOf),
  };
  return quotasOf(clusters, { ...usual, top_n: topN, ...more })[0]!.winnersMax;
};

describe('the quota of a cluster', () => {
  test('is half a winner rounded up of what is not alike', () => {
    expect([quota(1, 3), quota(0.9, 3), quota(0.5, 3), quota(0.51, 3), quota(0, 3), quota(-0.5, 3)]).toEqual([1, 1, 2, 2, 4, 5]);
  });

  test('is top_n without dynamic selection, or at least 5 by name', () => {
    expect(quota(0.9, 3, { dynamic_selection: false })).toBe(3);
    expect(quota(0.9, 3, { dynamic_selection: false, reading: { ...usual.reading, quota_floor: 'max5' } })).toBe(5);
    expect(quota(0.9, 8, { dynamic_selection: false, reading: { ...usual.reading, quota_floor: 'max5' } })).toBe(8);
  });

  test('rests on the mean over pairs', () => {
    expect(meanCorrelation(Float64Array.of(0.1, 0.2, 0.6), 3, [0, 1, 2])).toBeCloseTo(0.3, 15);
    expect(meanCorrelation(Float64Array.of(0.1, 0.2, 0.6), 3, [1, 2])).toBe(0.6);
    expect(meanCorrelation(Float64Array.of(0.1, 0.2, 0.6), 3, [1])).toBeNull();
  });
});
