import { describe, expect, test } from '@jest/globals';
import type { ReturnMatrix } from '../../../../domain/returns/series.ts';
import { type ClusteredProblem, solveClustered } from '../../../../domain/risk/clustered/solve-clustered.ts';
import { defaultSolveParameters, type RiskProfile, solveProfile, type SolveResult } from '../../../../domain/risk/profiles.ts';
import { solveResultSchema } from '../../../../domain/risk/schemas.ts';
import { canonicalJson } from '../../../../domain/shared/canonical-json.ts';
import { seeded } from '../../../support/figures.ts';
import { matrixOf } from '../../selection/pools.ts';

const profiles = ['min_variance', 'hrp', 'risk_parity', 'max_sharpe', 'barbell', 'equal_weight'] as const;

/** Groups of streams that move together: `a0`, `a1` of the first group, `b0` of the second, and so on. */
function grouped(sizes: readonly number[], { mean = 0.0005, rows = 60 } = {}): Record<string, number[]> {
  const random = seeded(11);
  return Object.fromEntries(
    sizes.flatMap((size, group) => {
      const common = Array.from({ length: rows }, () => 0.02 * (random() - 0.5));
      return Array.from({ length: size }, (_, k) => [
        `${'abcdefghijklmnopqrst'[group]!}${k}`,
        common.map((value) => mean + (k + 1) * (value + 0.004 * (random() - 0.5))),
      ]);
    }),
  );
}

function solve(
  risk: RiskProfile,
  columns: Readonly<Record<string, readonly number[]>>,
  change: Partial<ClusteredProblem> = {},
): SolveResult {
  const training: ReturnMatrix = matrixOf(columns);
  const clustering = { lookbacks: [60], threshold: 0.5, shrinkage: 0.01 };
  return solveClustered({
    risk,
    training,
    parameters: defaultSolveParameters,
    clustering,
    clusterCap: 0.25,
    regime: null,
    pool: null,
    ...change,
  });
}

const weightOf = ({ weights }: SolveResult, symbol: string): number => weights.find((one) => one.symbol === symbol)!.weight;
const membersOf = ({ clustering }: SolveResult): string[][] =>
  clustering!.clusters.map(({ members }) => members.map(({ symbol }) => symbol));

describe.each(profiles)('%s on clusters', (risk) => {
  test('is plain JSON that its schema admits, with certificates of clusters and columns', () => {
    const result = solve(risk, grouped([2, 3, 1, 2, 1]));
    expect(solveResultSchema.parse(JSON.parse(canonicalJson(result)))).toEqual(result);
    expect(membersOf(result)).toEqual([['a0', 'a1'], ['b0', 'b1', 'b2'], ['c0'], ['d0', 'd1'], ['e0']]);
    expect(result.clustering!.clusters.map(({ id }) => id)).toEqual(['w1', 'w2', 'w3', 'w4', 'w5']);
    const names = result.certificate.postConditions.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['weightSumError', 'negativeWeight', 'columnWeightSumError', 'columnNegativeWeight']));
    for (const { value, limit } of result.certificate.postConditions) expect(value).toBeLessThanOrEqual(limit);
    for (const id of result.certificate.bindingSymbols) expect(id).toMatch(/^w[1-5]$/);
  });

  test('is inverse variance where there is one cluster, and says so', () => {
    const result = solve(risk, grouped([3]));
    expect(result.flags).toEqual(
      expect.arrayContaining(['single_cluster', 'caps_determine'].filter((flag) => risk !== 'barbell' || flag === 'single_cluster')),
    );
    const shares = result.clustering!.clusters[0]!.members;
    for (const { symbol, share } of shares) expect(weightOf(result, symbol)).toBe(share);
    expect(shares[0]!.share).toBeGreaterThan(4 * shares[2]!.share);
  });

  test('holds one winner whole', () => {
    expect(solve(risk, grouped([1])).weights).toEqual([{ symbol: 'a0', weight: 1 }]);
  });

  test('is refused where nothing has won', () => {
    const { dates } = matrixOf(grouped([1]));
    const clustering = { lookbacks: [60], threshold: 0.5, shrinkage: 0.01 };
    const nothing = { dates, columns: [], values: new Float64Array() };
    const rest = { parameters: defaultSolveParameters, clustering, clusterCap: 0.25, regime: null, pool: null };
    expect(() => solveClustered({ risk, training: nothing, ...rest })).toThrow(expect.objectContaining({ code: 'SolverFailed' }));
  });
});

describe('constant streams', () => {
  const columns = { ...grouped([2, 2, 2, 2, 2]), still: Array.from({ length: 60 }, () => 0.0001) };

  test.each(profiles.filter((risk) => risk !== 'equal_weight'))('get nothing of %s and are listed', (risk) => {
    const result = solve(risk, columns);
    expect(result.droppedColumns).toEqual(['still']);
    expect(weightOf(result, 'still')).toBe(0);
    expect(membersOf(result).flat()).not.toContain('still');
  });

  test('stay in equal_weight, which leaves nothing out', () => {
    expect(weightOf(solve('equal_weight', columns), 'still')).toBeGreaterThan(0);
  });

  test('that are all there is are refused by name', () => {
    expect(() => solve('hrp', { still: columns.still })).toThrow(
      expect.objectContaining({ code: 'SolverFailed', evidence: { risk: 'hrp', droppedColumns: ['still'] } }),
    );
  });
});

describe('caps', () => {
  test('that cannot bind leave the profile of the cluster streams alone', () => {
    for (const risk of ['min_variance', 'hrp', 'risk_parity', 'max_sharpe'] as const) {
      const columns = grouped([1, 1, 1, 1, 1]);
      const { weights, flags } = solve(risk, columns, { clusterCap: 1 });
      const plain = solveProfile({ risk, training: matrixOf(columns), parameters: defaultSolveParameters });
      expect(weights).toEqual(plain.weights);
      expect(flags).toEqual(plain.flags);
    }
  });

  test('under which no mean is positive lead maximum Sharpe to the greatest mean, flagged', () => {
    const falling = Object.fromEntries(
      Object.entries(grouped([1, 1, 1, 1, 1])).map(([symbol, returns], k) => [
        symbol,
        returns.map((value) => value + (k === 2 ? 0.0002 : -0.01 * (k + 1))),
      ]),
    );
    const result = solve('max_sharpe', falling);
    expect(result.flags).toContain('no_positive_mean_under_cap');
    expect(result.fallback).toBeNull();
    expect(result.weights.map(({ weight }) => weight)).toEqual([0.25, 0.25, 0.25, 0.25, 0]);
  });

  test('of minimum variance act where it stands in for maximum Sharpe', () => {
    const result = solve('max_sharpe', grouped([1, 1, 1, 1, 1], { mean: -0.02 }));
    expect(result.fallback).toMatchObject({ from: 'max_sharpe', to: 'min_variance' });
    expect(result.weights).toEqual(solve('min_variance', grouped([1, 1, 1, 1, 1], { mean: -0.02 })).weights);
  });
});

describe('the barbell', () => {
  test('takes its core by hrp from ten clusters on, capped in itself', () => {
    const result = solve('barbell', grouped(Array.from({ length: 16 }, () => 1)), { clusterCap: 0.1 });
    const { clusters, effectiveCap } = result.clustering!;
    expect(result.detail).toMatchObject({ coreMethod: 'hrp' });
    expect(result.estimate).not.toBeNull();
    const core = clusters.filter(({ uncapped }) => uncapped !== null);
    expect(core).toHaveLength(11);
    expect(effectiveCap).toBe(0.1);
    for (const { weight } of core) expect(weight).toBeLessThanOrEqual(0.1 * 0.9 + 1e-15);
    expect(core.reduce((sum, { uncapped }) => sum + uncapped!, 0)).toBeCloseTo(1, 12);
  });

  test('gives the other members of an aggressor nothing', () => {
    const result = solve('barbell', grouped([3, 3]));
    const { aggressors } = result.detail as { aggressors: string[] };
    const cluster = membersOf(result).find((members) => members.includes(aggressors[0]!))!;
    expect(cluster.map((symbol) => weightOf(result, symbol)).toSorted((a, b) => a - b)).toEqual([0, 0, 0.1]);
    expect(result.flags).toContain('single_cluster_core');
  });
});

describe('profiles that do not act on clusters', () => {
  test.each(['benchmark', 'raw_pool_ew', 'market'] as const)('%s is one over the number of columns', (risk) => {
    const result = solve(risk, grouped([2, 2]));
    expect(result.weights.map(({ weight }) => weight)).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(result.clustering).toBeUndefined();
  });

  test('market_neutral without a pool, or with one that stands still, is refused', () => {
    expect(() => solve('market_neutral', grouped([2, 2]))).toThrow(expect.objectContaining({ code: 'ProfileNotAvailable' }));
    expect(() => solve('market_neutral', grouped([2, 2]), { pool: new Float64Array(60) })).toThrow(
      expect.objectContaining({ code: 'SolverFailed' }),
    );
  });
});

test('hrp with plain leaf order takes the clusters in the order that the user gave', () => {
  const columns = grouped([1, 1, 1, 1, 1]);
  const parameters = { ...defaultSolveParameters, hrp: { ...defaultSolveParameters.hrp, leafOrder: 'plain' as const } };
  const given = ['c0', 'a0', 'e0', 'b0', 'd0'];
  const { weights } = solve('hrp', columns, { parameters, givenOrder: given, clusterCap: 1 });
  expect(weights).toEqual(solveProfile({ risk: 'hrp', training: matrixOf(columns), parameters, givenOrder: given }).weights);
});
