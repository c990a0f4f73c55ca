import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { projectToBounds } from '../../../domain/risk/bounds.ts';
import { squareOf } from '../../../domain/risk/columns.ts';
import { portfolioVolatility } from '../../../domain/risk/contribution.ts';
import { hierarchicalRiskParity } from '../../../domain/risk/hierarchical-risk-parity.ts';
import { maxSharpe } from '../../../domain/risk/max-sharpe.ts';
import { minVariance } from '../../../domain/risk/min-variance.ts';
import { defaultSolveParameters, solveProfile } from '../../../domain/risk/profiles.ts';
import { riskParity } from '../../../domain/risk/risk-parity.ts';
import golden from '../../golden/risk/published.json' with { type: 'json' };
import { needs } from '../../support/needs.ts';
import { sharedDirectory } from '../../support/reference.ts';
import { largestGap, names, weightsOf } from './fixtures.ts';

const describeWithShared = needs('reference data').describe;

const closed = 1e-9;
const iterative = 1e-6;

describe('hierarchical risk parity', () => {
  test('Lopez de Prado 2016: weights, order and linkage of the ten simulated series', () => {
    const { cov, corr, hrp, order1based, linkage_matrix: rows } = golden.ldp2016_hrp10;
    const found = hierarchicalRiskParity({
      covariance: squareOf(cov),
      correlation: squareOf(corr),
      columns: names(10),
      parameters: { distance: 'euclidean_of_d', linkage: 'single', leafOrder: 'plain' },
    });
    expect(largestGap(weightsOf(found.weights), hrp)).toBeLessThan(closed);
    expect(found.leafOrder).toEqual(order1based.map((k) => names(10)[k - 1]));
    // The printed correlations are a last bit short of 1 on the diagonal, which the paper's code turns into d_ii = 1e-8.
    rows.forEach((row, k) => expect(largestGap(found.linkage[k]!, row)).toBeLessThan(1e-8));
  });

  test('Riskfolio-Lib: single linkage with the optimal leaf order', () => {
    const { cov, corr, assets, order, hrp_variance: weights } = golden.riskfolio_hrp10;
    const found = hierarchicalRiskParity({
      covariance: squareOf(cov),
      correlation: squareOf(corr),
      columns: assets,
      parameters: { distance: 'd', linkage: 'single', leafOrder: 'optimal' },
    });
    expect(found.weights.map(({ symbol }) => symbol)).toEqual(assets);
    expect(largestGap(weightsOf(found.weights), weights)).toBeLessThan(closed);
    expect(found.leafOrder).toEqual(order.map((i) => assets[i]));
  });

  test('PyPortfolioOpt: single linkage, plain leaf order, twenty stocks', () => {
    const { cov_pairwise: cov, corr_pairwise: corr, assets, order, hrp } = golden.pypfopt_hrp20;
    const found = hierarchicalRiskParity({
      covariance: squareOf(cov),
      correlation: squareOf(corr),
      columns: assets,
      parameters: { distance: 'd', linkage: 'single', leafOrder: 'plain' },
    });
    expect(largestGap(weightsOf(found.weights), hrp)).toBeLessThan(closed);
    expect(found.leafOrder).toEqual(order.map((i) => assets[i]));
  });
});

describe('programs', () => {
  test('Riskfolio-Lib: minimum variance, equal risk contribution and maximum Sharpe ratio of ten stocks', () => {
    const { cov, mean, assets, minvar, erc, maxsharpe_rf0: sharpe } = golden.riskfolio_classic10;
    const covariance = squareOf(cov);
    expect(largestGap(weightsOf(minVariance({ covariance, columns: assets, ridge: 0 }).weights), minvar)).toBeLessThan(iterative);
    expect(largestGap(weightsOf(riskParity({ covariance, columns: assets }).weights), erc)).toBeLessThan(iterative);
    expect(largestGap(weightsOf(maxSharpe({ covariance, means: mean, columns: assets })!.weights), sharpe)).toBeLessThan(iterative);
  });

  test('Lopez de Prado 2016: long-only minimum variance', () => {
    const { cov, minvar_longonly: expected } = golden.ldp2016_hrp10;
    expect(largestGap(weightsOf(minVariance({ covariance: squareOf(cov), columns: names(10), ridge: 0 }).weights), expected)).toBeLessThan(
      iterative,
    );
  });

  test('Bailey and Lopez de Prado 2013: the critical line ends at minimum variance and passes the maximum Sharpe ratio', () => {
    const { cov, mu, gmv, max_sharpe_rf0: sharpe, sharpe: ratio } = golden.papers.bailey_ldp_cla10;
    const covariance = squareOf(cov);
    const least = weightsOf(minVariance({ covariance, columns: names(10), ridge: 0 }).weights);
    expect(largestGap(least, gmv)).toBeLessThan(closed);
    const { return: mean, risk } = golden.cla_last_turning_point;
    expect(Math.abs(portfolioVolatility(covariance, least) - risk)).toBeLessThanOrEqual(0.0005);
    expect(Math.abs(least.reduce((sum, weight, i) => sum + weight * mu[i]!, 0) - mean)).toBeLessThanOrEqual(0.0005);
    const best = weightsOf(maxSharpe({ covariance, means: mu, columns: names(10) })!.weights);
    expect(largestGap(best, sharpe)).toBeLessThan(closed);
    expect(
      Math.abs(best.reduce((sum, weight, i) => sum + weight * mu[i]!, 0) / portfolioVolatility(covariance, best) - ratio),
    ).toBeLessThanOrEqual(0.00005);
  });

  test('Maillard, Roncalli and Teiletche 2010: uncorrelated assets are held in inverse proportion to volatility', () => {
    const { cov, erc, tol } = golden.papers.maillard_erc_1;
    expect(largestGap(weightsOf(riskParity({ covariance: squareOf(cov), columns: names(4) }).weights), erc)).toBeLessThan(tol);
  });

  test('Richard and Roncalli 2019, Table 9: equal risk contribution of eight assets, as printed', () => {
    const { cov, erc_pct: percents } = golden.papers.richard_roncalli_t9;
    const found = weightsOf(riskParity({ covariance: squareOf(cov), columns: names(8) }).weights);
    expect(
      largestGap(
        found.map((weight) => weight * 100),
        percents,
      ),
    ).toBeLessThanOrEqual(0.00005);
  });

  test('Roncalli: minimum variance under bounds, as printed', () => {
    const { cov, gmv, gmv_min10: atLeast10, gmv_min20: atLeast20, gmv_max50: atMost50 } = golden.papers.roncalli_bounds_gmv;
    const within = (low: number, high: number): number[] =>
      weightsOf(
        minVariance({
          covariance: squareOf(cov),
          columns: names(4),
          ridge: 0,
          lower: Array.from({ length: 4 }, () => low),
          upper: Array.from({ length: 4 }, () => high),
        }).weights,
      );
    expect(largestGap(within(0, 1), gmv)).toBeLessThanOrEqual(0.000005);
    expect(largestGap(within(0.1, 1), atLeast10)).toBeLessThanOrEqual(0.000005);
    expect(largestGap(within(0.2, 1), atLeast20)).toBeLessThan(closed);
    expect(largestGap(within(0, 0.5), atMost50)).toBeLessThan(closed);
  });

  test('Kwan and Yuan: their matrix is not a covariance and every function that takes one refuses it', () => {
    const { cov, mu } = golden.papers.kwan_yuan_msr;
    const request = { covariance: squareOf(cov), columns: names(6) };
    // The matrix as printed is not a covariance: its smallest eigenvalue is -.00099.
    const refused = expect.objectContaining({
      code: 'NotACovariance',
      evidence: expect.objectContaining({ eigenvalueMin: expect.closeTo(-0.00099, 5) }),
    });
    expect(() => maxSharpe({ ...request, means: mu })).toThrow(refused);
    expect(() => minVariance({ ...request, ridge: 0 })).toThrow(refused);
    expect(() => riskParity(request)).toThrow(refused);
    expect(() => hierarchicalRiskParity({ ...request, correlation: request.covariance, parameters: defaultSolveParameters.hrp })).toThrow(
      refused,
    );
  });
});

describe('projections of the source documents', () => {
  const cases = Object.entries(golden.projection).flatMap(([name, one]) => (typeof one === 'string' ? [] : [{ name, ...one }]));

  test.each(cases)('$name: Euclidean, and proportional as the documents have it', ({ w, lo, hi, l2, origin }) => {
    const lower = w.map(() => lo);
    const upper = w.map(() => hi);
    expect(largestGap(projectToBounds(w, lower, upper, 'euclidean').weights, l2)).toBeLessThan(1e-12);
    expect(largestGap(projectToBounds(w, lower, upper, 'proportional').weights, origin)).toBeLessThan(1e-12);
  });
});

describeWithShared('profiles of the source documents on their own series', () => {
  const halfUnit = 0.0000005;
  const { origin_profiles: origin } = golden;
  const cases = [
    { name: 'crypto_meta_2sleeve', ...origin.crypto_meta_2sleeve },
    { name: 'futures_six_2sleeve', ...origin.futures_six_2sleeve },
    { name: 'futures_5asset_504', ...origin.futures_5asset_504 },
  ];

  test.each(cases)(
    '$name: four profiles to the sixth decimal, and the Ledoit-Wolf intensity',
    ({ name, annualisationDays, columns, ledoitWolfIntensity, leafOrder, weights }) => {
      const [, ...lines] = readFileSync(`${sharedDirectory}/reference/${name}.csv`, 'utf8').trim().split('\n');
      const rows = lines.map((line) => line.trim().split(',').slice(1).map(Number));
      const training = { dates: rows.map((_, row) => String(row)), columns, values: Float64Array.from(rows.flat()) };
      // The documents' minimum variance has no ridge.
      const parameters = {
        ...defaultSolveParameters,
        annualisationDays,
        ridge: 0,
        hrp: { ...defaultSolveParameters.hrp, leafOrder: 'plain' },
      } as const;
      const solve = (risk: 'hrp' | 'min_variance' | 'risk_parity' | 'max_sharpe') => solveProfile({ risk, training, parameters });
      const given = (result: ReturnType<typeof solve>): number[] =>
        columns.map((column) => result.weights.find(({ symbol }) => symbol === column)!.weight);
      const hrp = solve('hrp');
      expect(largestGap(given(hrp), weights.hrp_ward)).toBeLessThanOrEqual(halfUnit);
      expect(hrp.detail).toMatchObject({ leafOrder });
      expect(Math.abs(hrp.estimate!.ledoitWolfIntensity! - ledoitWolfIntensity)).toBeLessThan(1e-12);
      expect(largestGap(given(solve('min_variance')), weights.min_variance_pure)).toBeLessThanOrEqual(iterative);
      expect(largestGap(given(solve('risk_parity')), weights.erc_true)).toBeLessThanOrEqual(iterative);
      const sharpe = solve('max_sharpe');
      const ratio = (weights as { max_sharpe_ratio?: number[] }).max_sharpe_ratio;
      if (ratio !== undefined) expect(largestGap(given(sharpe), ratio)).toBeLessThanOrEqual(iterative);
      else expect(sharpe).toMatchObject({ fallback: { from: 'max_sharpe', to: 'min_variance' }, flags: ['max_sharpe_undefined'] });
    },
  );
});
