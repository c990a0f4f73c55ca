/** Laws of the profiles on clusters, over random streams: few and many, related and alike, with twins, mirrors and columns that rest. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { ReturnMatrix } from '../../domain/returns/series.ts';
import { type ClusteredProblem, solveClustered } from '../../domain/risk/clustered/solve-clustered.ts';
import { selectColumns } from '../../domain/risk/columns.ts';
import { estimateCovariance, columnMeans } from '../../domain/risk/covariance.ts';
import { minVariance } from '../../domain/risk/min-variance.ts';
import { maxSharpeCapped } from '../../domain/risk/max-sharpe.ts';
import { defaultSolveParameters, type RiskProfile, type SolveResult } from '../../domain/risk/profiles.ts';
import { solveDual } from '../../domain/risk/program/dual-active-set.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { seeded } from '../support/figures.ts';
import { propertyRuns } from '../support/property-runs.ts';

const runs = { numRuns: propertyRuns(40) };
const optimised = ['hrp', 'min_variance', 'risk_parity', 'max_sharpe'] as const;
const onClusters = [...optimised, 'equal_weight', 'barbell'] as const;

interface Drawn {
  readonly seed: number;
  readonly size: number;
  readonly rows: number;
  readonly groups: number;
  readonly oddity: 'none' | 'twin' | 'mirror' | 'still';
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  seed: fc.integer(),
  size: fc.integer({ min: 1, max: 24 }),
  rows: fc.integer({ min: 25, max: 90 }),
  groups: fc.integer({ min: 1, max: 8 }),
  oddity: fc.constantFrom('none', 'none', 'twin', 'mirror', 'still'),
});

function matrixOf({ seed, size, rows, groups, oddity }: Drawn): ReturnMatrix {
  const random = seeded(seed);
  const values = new Float64Array(rows * size);
  const mean = 0.004 * (random() - 0.4);
  for (let row = 0; row < rows; row++) {
    const common = Array.from({ length: groups }, () => random() - 0.5);
    for (let column = 0; column < size; column++)
      values[row * size + column] = mean + 0.02 * (common[column % groups]! + 0.7 * (random() - 0.5));
    const first = values[row * size]!;
    const last = row * size + size - 1;
    if (oddity === 'twin') values[last] = first;
    if (oddity === 'mirror') values[last] = -first;
    if (oddity === 'still') values[last] = 0.0001;
  }
  return {
    dates: Array.from({ length: rows }, (_, row) => `day ${row}`),
    columns: Array.from({ length: size }, (_, k) => `S${k}`),
    values,
  };
}

function problemOf(risk: RiskProfile, training: ReturnMatrix, change: Partial<ClusteredProblem> = {}): ClusteredProblem {
  const width = training.columns.length;
  const pool = Float64Array.from(
    training.dates,
    (_, row) => training.values.subarray(row * width, (row + 1) * width).reduce((a, b) => a + b, 0) / width,
  );
  return {
    risk,
    training,
    pool,
    parameters: defaultSolveParameters,
    clustering: { lookbacks: [20, 60], threshold: 0.5, shrinkage: 0.01 },
    clusterCap: 0.25,
    regime: null,
    ...change,
  };
}

/** The result, or the code of the refusal. */
function outcome(problem: ClusteredProblem): SolveResult | string {
  try {
    return solveClustered(problem);
  } catch (error) {
    if (error instanceof LedgerError) return error.code;
    throw error;
  }
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

describe('a profile on clusters', () => {
  test.each(onClusters)('%s sums to one, holds nothing negative, and multiplies out from cluster and share', (risk) => {
    fc.assert(
      fc.property(drawn, fc.constantFrom(0.1, 0.25, 0.4, 1), (one, clusterCap) => {
        const result = outcome(problemOf(risk, matrixOf(one), { clusterCap }));
        if (typeof result === 'string') {
          // Columns that all stand still, or clusters that hedge one another wholly.
          expect(result).toBe('SolverFailed');
          expect(one.oddity).not.toBe('none');
          return;
        }
        const weights = result.weights.map(({ weight }) => weight);
        expect(Math.abs(sumOf(weights) - 1)).toBeLessThanOrEqual(1e-12);
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
        const { clusters, effectiveCap } = result.clustering!;
        const made = new Map(clusters.flatMap(({ weight, members }) => members.map(({ symbol, share }) => [symbol, weight * share])));
        for (const { symbol, weight } of result.weights) expect(weight).toBe(made.get(symbol) ?? 0);
        if (risk === 'barbell' || risk === 'equal_weight') return;
        for (const { weight } of clusters) expect(weight).toBeLessThanOrEqual(effectiveCap + 1e-12);
      }),
      runs,
    );
  });

  test.each([...onClusters, 'market_neutral', 'benchmark', 'raw_pool_ew'] as const)(
    '%s: the order of the columns changes no bit',
    (risk) => {
      fc.assert(
        fc.property(drawn, fc.integer(), (one, seed) => {
          const matrix = matrixOf(one);
          const random = seeded(seed);
          const keys = matrix.columns.map(() => random());
          const order = matrix.columns.map((_, i) => i).toSorted((a, b) => keys[a]! - keys[b]!);
          const problem = problemOf(risk, matrix);
          expect(outcome({ ...problem, training: selectColumns(matrix, order) })).toEqual(outcome(problem));
        }),
        runs,
      );
    },
  );

  test.each(optimised)('%s is equal over k clusters where k times the cap is at most one, and says so', (risk) => {
    fc.assert(
      fc.property(drawn, (one) => {
        const result = outcome(problemOf(risk, matrixOf({ ...one, oddity: 'none' }), { clusterCap: 0.04 })) as SolveResult;
        const { clusters, capsDetermine } = result.clustering!;
        for (const { weight } of clusters) expect(weight).toBe(1 / clusters.length);
        expect(capsDetermine).toBe(true);
        expect(result.flags).toContain('caps_determine');
      }),
      runs,
    );
  });
});

/** A covariance and means of columns, annual. */
function estimated(one: Drawn): { covariance: Float64Array; means: Float64Array; columns: readonly string[] } {
  const matrix = matrixOf({ ...one, oddity: 'none', size: Math.max(3, one.size) });
  const { covariance, columns } = estimateCovariance(matrix, defaultSolveParameters);
  return { covariance, columns, means: columnMeans(matrix).map((mean) => mean * 252) };
}

describe('a capped programme', () => {
  const cap = 0.4;

  test('by the dual method has the minimum variance that the primal method finds', () => {
    fc.assert(
      fc.property(drawn, (one) => {
        const { covariance, columns } = estimated(one);
        const size = columns.length;
        const unit = (at: number, sign: number): Float64Array => Float64Array.from(columns, (_, i) => (i === at ? sign : 0));
        const { x, kktResidual } = solveDual({
          quadratic: covariance,
          size,
          equalities: [{ normal: new Float64Array(size).fill(1), bound: 1 }],
          inequalities: columns.flatMap((_, i) => [
            { normal: unit(i, 1), bound: 0 },
            { normal: unit(i, -1), bound: -cap },
          ]),
        });
        const upper = columns.map(() => cap);
        const { weights } = minVariance({ covariance, columns, ridge: 0, lower: columns.map(() => 0), upper });
        expect(kktResidual).toBeLessThanOrEqual(1e-12);
        weights.forEach(({ weight }, i) => expect(Math.abs(weight - x[i]!)).toBeLessThanOrEqual(1e-9));
      }),
      runs,
    );
  });

  test('of maximum Sharpe has a ratio that no other weights up to the cap exceed', () => {
    fc.assert(
      fc.property(drawn, fc.integer(), (one, seed) => {
        const { covariance, columns, means } = estimated(one);
        const solved = maxSharpeCapped(covariance, means, columns, cap, { conditionNumber: null });
        if (solved === undefined) return expect(Math.max(...means)).toBeLessThanOrEqual(0);
        const ratioOf = (w: readonly number[]): { ratio: number; mean: number } => {
          const variance = sumOf(w.map((left, i) => left * sumOf(w.map((right, j) => right * covariance[i * w.length + j]!))));
          const mean = sumOf(w.map((weight, i) => weight * means[i]!));
          return { ratio: mean / Math.sqrt(variance), mean };
        };
        const found = ratioOf(solved.weights.map(({ weight }) => weight));
        const isBelowZero = solved.flags.includes('no_positive_mean_under_cap');
        expect(found.mean > 0).toBe(!isBelowZero);
        const random = seeded(seed);
        for (let trial = 0; trial < 20; trial++) {
          const drawnWeights = columns.map(() => random() * random());
          const total = sumOf(drawnWeights);
          const other = drawnWeights.map((weight) => weight / total);
          if (Math.max(...other) > cap) continue;
          const { ratio, mean } = ratioOf(other);
          expect(isBelowZero ? mean : ratio).toBeLessThanOrEqual((isBelowZero ? found.mean : found.ratio) + 1e-12);
        }
      }),
      runs,
    );
  });
});

describe('market_neutral', () => {
  test('keeps its limit and sums to one, or fails by name where every beta is beyond it', () => {
    fc.assert(
      fc.property(drawn, fc.boolean(), (one, hasShorts) => {
        const matrix = matrixOf({ ...one, oddity: 'none' });
        const width = matrix.columns.length;
        const { pool } = problemOf('market_neutral', matrix);
        const values = matrix.values.map((value, at) => (hasShorts && (at % width) % 2 === 1 ? -Math.min(value, 1) : value));
        const result = outcome(problemOf('market_neutral', { ...matrix, values }, { pool }));
        if (typeof result === 'string') return expect(result).toBe('ProfileInfeasible');
        const { betas, betaLimit, portfolioBeta } = result.detail as {
          betas: { beta: number }[];
          betaLimit: number;
          portfolioBeta: number;
        };
        expect(betaLimit).toBe(width >= 15 ? 0.05 : 0.15);
        expect(Math.abs(portfolioBeta)).toBeLessThanOrEqual(betaLimit + 1e-12);
        expect(sumOf(result.weights.map(({ weight }, i) => weight * betas[i]!.beta))).toBeCloseTo(portfolioBeta, 12);
        expect(Math.abs(sumOf(result.weights.map(({ weight }) => weight)) - 1)).toBeLessThanOrEqual(1e-12);
      }),
      runs,
    );
  });
});
