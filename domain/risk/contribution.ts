import { LedgerError } from '../shared/errors.ts';
import { dot } from './cross-products.ts';

export interface RiskContributions {
  /** sqrt(w' covariance w), in the covariance's own period. */
  readonly volatility: number;
  /** RC_i = w_i (covariance w)_i / volatility; they sum to the volatility. Null where it is 0. */
  readonly contributions: number[] | null;
  /** RC_i / volatility; they sum to one. Null where the volatility is 0. */
  readonly shares: number[] | null;
}

function requireShape(covariance: Float64Array, weights: readonly number[]): void {
  if (covariance.length !== weights.length * weights.length) {
    throw new LedgerError(
      'SchemaViolation',
      `${weights.length} weights need a covariance of ${weights.length * weights.length} entries, it has ${covariance.length}`,
      {
        evidence: { weights: weights.length, entries: covariance.length },
      },
    );
  }
}

/** Euler's decomposition of volatility by position; covariance n x n row-major in the order of the weights. */
export function riskContributions(covariance: Float64Array, weights: readonly number[]): RiskContributions {
  requireShape(covariance, weights);
  const size = weights.length;
  const w = Float64Array.from(weights);
  const products = weights.map((weight, i) => weight * dot(covariance, i * size, w, 0, size));
  let variance = 0;
  for (const product of products) variance += product;
  const volatility = Math.sqrt(Math.max(0, variance));
  if (volatility === 0) return { volatility: 0, contributions: null, shares: null };
  return {
    volatility,
    contributions: products.map((product) => product / volatility),
    shares: products.map((product) => product / variance),
  };
}

/** sqrt(w' covariance w), in the covariance's own period. */
export function portfolioVolatility(covariance: Float64Array, weights: readonly number[]): number {
  return riskContributions(covariance, weights).volatility;
}

/** Weighted mean of the volatilities over the volatility of the whole (Choueifaty and Coignard 2008); null where that is 0. */
export function diversificationRatio(covariance: Float64Array, weights: readonly number[]): number | null {
  const { volatility } = riskContributions(covariance, weights);
  let mean = 0;
  weights.forEach((weight, i) => (mean += weight * Math.sqrt(covariance[i * weights.length + i]!)));
  return volatility === 0 ? null : mean / volatility;
}

/** N_eff = 1 / sum of squared weights: the number of equal positions that would be as concentrated. Null where all are 0. */
export function effectiveNumber(weights: readonly number[]): number | null {
  let squares = 0;
  for (const weight of weights) squares += weight * weight;
  return squares === 0 ? null : 1 / squares;
}
