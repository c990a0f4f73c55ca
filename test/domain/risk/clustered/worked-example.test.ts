/*
 * Worked example of the reference (cluster_profiles.json): nine ETFs and a short one over 60 rows. Behind its numbers stand SciPy's linkage
 * and fcluster, and optimisers polished on their active sets. Closed forms to 1e-9; 1e-7 where a quadratic program decides; projections
 * to 1e-8.
 */
import { describe, expect, test } from '@jest/globals';
import { aggressorFraction } from '../../../../domain/regime/adaptive.ts';
import { type ClusteredProblem, solveClustered } from '../../../../domain/risk/clustered/solve-clustered.ts';
import { defaultSolveParameters, type RiskProfile, type SolveResult } from '../../../../domain/risk/profiles.ts';
import { type RegimeLabel, regimeLabelSchema } from '../../../../domain/risk/regime-names.ts';
import { expectClose, workedExample } from '../../../support/worked-example.ts';
import { matrixOf } from '../../selection/pools.ts';

interface Notes {
  readonly clusters: Readonly<Record<string, readonly string[]>>;
  readonly effective_cap: number;
  readonly uncapped?: Readonly<Record<string, number>>;
  readonly cluster_weights?: Readonly<Record<string, number>>;
  readonly caps_determine?: boolean;
  readonly at_cap?: readonly string[];
  readonly leaders?: Readonly<Record<string, string>>;
  readonly aggressors?: readonly string[];
  readonly beta: Readonly<Record<string, number>>;
  readonly limit: number;
  readonly portfolio_beta: number;
}

interface Expected {
  readonly weights: Readonly<Record<string, number>> | null;
  readonly notes: Notes;
  readonly streams_short?: readonly string[];
}

const { inputs, expected } = workedExample('cluster_profiles') as {
  readonly inputs: { readonly returns: Readonly<Record<string, readonly number[]>>; readonly long_columns: readonly string[] };
  readonly expected: Readonly<Record<string, Expected>>;
};
const tolerances: Readonly<Partial<Record<RiskProfile, number>>> = {
  hrp: 1e-8,
  min_variance: 1e-7,
  max_sharpe: 1e-7,
  market_neutral: 1e-7,
};

function problemOf(
  risk: RiskProfile,
  columns: Readonly<Record<string, readonly number[]>>,
  change: Partial<ClusteredProblem>,
): ClusteredProblem {
  return {
    risk,
    training: matrixOf(columns),
    parameters: defaultSolveParameters,
    clustering: { lookbacks: [60, 120, 200], threshold: 0.5, shrinkage: 0.01 },
    clusterCap: 0.25,
    regime: null,
    pool: Float64Array.from(inputs.returns['AMEX:SPY']!),
    ...change,
  };
}

const long = Object.fromEntries(inputs.long_columns.map((symbol) => [symbol, inputs.returns[symbol]!]));

function expectWeights({ weights }: SolveResult, { weights: wanted }: Expected, tolerance: number): void {
  expect(weights.map(({ symbol }) => symbol)).toEqual(Object.keys(wanted!).toSorted());
  for (const { symbol, weight } of weights) expectClose(weight, wanted![symbol]!, tolerance, symbol);
}

const capped = (['hrp', 'min_variance', 'risk_parity', 'max_sharpe', 'equal_weight', 'barbell'] as const).flatMap((risk) =>
  [['0.25', 0.25] as const, ['0.4', 0.4] as const, ['1.0', 1] as const].map(([name, cap]) => [risk, name, cap] as const),
);

describe('the profiles of the worked example', () => {
  test.each(capped)('%s at a cap of %s', (risk, name, clusterCap) => {
    const wanted = expected[`${risk} cap ${name}`]!;
    const { notes } = wanted;
    const result = solveClustered(problemOf(risk, long, { clusterCap }));
    const clustering = result.clustering!;
    const tolerance = tolerances[risk] ?? 1e-9;
    expectWeights(result, wanted, tolerance);
    expect(Object.fromEntries(clustering.clusters.map(({ id, members }) => [id.slice(1), members.map(({ symbol }) => symbol)]))).toEqual(
      notes.clusters,
    );
    for (const { id, weight, uncapped } of clustering.clusters) {
      if (notes.cluster_weights !== undefined) expectClose(weight, notes.cluster_weights[id.slice(1)]!, tolerance, id);
      if (risk === 'barbell') continue;
      expect(uncapped === null).toBe(notes.uncapped === undefined);
      if (uncapped !== null) expectClose(uncapped, notes.uncapped![id.slice(1)]!, 1e-9, `${id} uncapped`);
    }
    if (risk === 'barbell') return;
    expect(clustering).toMatchObject({ effectiveCap: notes.effective_cap, capsDetermine: notes.caps_determine });
    const atCap = clustering.clusters.filter(({ weight }) => Math.abs(weight - notes.effective_cap) < 1e-9);
    expect(atCap.map(({ id }) => id.slice(1))).toEqual(notes.at_cap);
    expect(clustering.projected).toBe(notes.uncapped !== undefined && Object.values(notes.uncapped).some((weight) => weight > clusterCap));
  });

  test('the barbell names its leaders and aggressors, and caps its core before it is scaled', () => {
    const { notes } = expected['barbell cap 0.25']!;
    const { clustering, detail } = solveClustered(problemOf('barbell', long, {}));
    expect(Object.fromEntries(clustering!.clusters.map(({ id, leader }) => [id.slice(1), leader]))).toEqual(notes.leaders);
    expect(detail).toMatchObject({
      aggressors: notes.aggressors!.toSorted(),
      regime: 'NORMAL',
      regimeAssumed: true,
      coreMethod: 'equal_weight',
    });
    expect(clustering!.effectiveCap).toBe(1 / 3);
  });

  test.each(regimeLabelSchema.options.flatMap((label) => [[label, 'code'] as const, [label, 'specification'] as const]))(
    'the barbell in regime %s by the table of the %s',
    (label: RegimeLabel, table) => {
      const parameters = { ...defaultSolveParameters, aggressorFraction: aggressorFraction(label, table) };
      const result = solveClustered(problemOf('barbell', long, { parameters, regime: { label, table } }));
      expectWeights(result, expected[`barbell ${label} ${table === 'code' ? 'code' : 'spec'}`]!, 1e-9);
      expect(result.detail).toMatchObject({ regime: label, regimeAssumed: false, aggressorTable: table });
    },
  );
});

describe('market_neutral of the worked example', () => {
  test.each(['long only', 'with shorts'])('%s', (name) => {
    const wanted = expected[`market_neutral ${name}`]!;
    const short = new Set(wanted.streams_short);
    const columns = Object.fromEntries(
      Object.entries(inputs.returns).map(([symbol, returns]) => [
        symbol,
        short.has(symbol) ? returns.map((r) => -Math.min(r, 1)) : returns,
      ]),
    );
    const result = solveClustered(problemOf('market_neutral', columns, {}));
    expectWeights(result, wanted, 1e-7);
    const detail = result.detail as { betas: { symbol: string; beta: number }[]; betaLimit: number; portfolioBeta: number };
    expect(detail.betaLimit).toBe(wanted.notes.limit);
    expectClose(detail.portfolioBeta, wanted.notes.portfolio_beta, 1e-7);
    for (const { symbol, beta } of detail.betas) expectClose(beta, wanted.notes.beta[symbol]!, 1e-9, symbol);
  });

  test('fails by name where no long-only portfolio keeps the limit', () => {
    const { notes } = expected['market_neutral infeasible']!;
    const columns = Object.fromEntries(Object.keys(notes.beta).map((symbol) => [symbol, inputs.returns[symbol]!]));
    expect(() => solveClustered(problemOf('market_neutral', columns, {}))).toThrow(
      expect.objectContaining({
        code: 'ProfileInfeasible',
        evidence: expect.objectContaining({ limit: notes.limit, columns: 3 }) as unknown,
      }),
    );
  });
});
