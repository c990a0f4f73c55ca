import type { ReturnMatrix } from '../returns/series.ts';
import { LedgerError } from '../shared/errors.ts';
import { certify, type Certified } from './certificate.ts';
import { conditionOf } from './cholesky.ts';
import { nameOrder } from './columns.ts';
import { covarianceFrom } from './covariance.ts';
import { climb } from './ladder.ts';
import { minVarianceLongOnly, withRidge } from './min-variance.ts';
import { solveDual } from './program/dual-active-set.ts';
import type { SolveParameters, SolveResult } from './schemas.ts';
import { currentSolvePolicy, type SolvePolicy } from './solve-policy.ts';
import { complete, flagsOf, recordOf, unsolved } from './solve-record.ts';
import { refuseConstant, usableColumns } from './usable-columns.ts';

export interface MarketNeutralRequest {
  /** Simple daily returns of the assets' streams, those of shorts turned. */
  readonly training: ReturnMatrix;
  readonly parameters: SolveParameters;
  readonly policy?: SolvePolicy;
  /** Mean daily return of the raw pool over the same rows. */
  readonly pool?: Float64Array | null;
}

/** From this many columns on, the limit is the narrow one. */
const manyColumns = 15;
const narrowLimit = 0.05;
const wideLimit = 0.15;

export function betaLimitOf(columns: number): number {
  return columns >= manyColumns ? narrowLimit : wideLimit;
}

/** Covariance of each column with the pool over the variance of the pool. */
function betasTo(pool: Float64Array, { dates, columns, values }: ReturnMatrix): Float64Array {
  const rows = dates.length;
  const mean = pool.reduce((sum, value) => sum + value, 0) / rows;
  const centred = pool.map((value) => value - mean);
  const variance = centred.reduce((sum, value) => sum + value * value, 0);
  if (!(variance > 0))
    throw new LedgerError('SolverFailed', 'market_neutral: the returns of the pool are constant', { evidence: { rows } });
  return Float64Array.from(columns, (_, column) => {
    let product = 0;
    for (let row = 0; row < rows; row++) product += centred[row]! * values[row * columns.length + column]!;
    return product / variance;
  });
}

function portfolioBeta(betas: Float64Array, weights: Certified['weights']): number {
  return weights.reduce((sum, { weight }, i) => sum + weight * betas[i]!, 0);
}

/** Every beta that a long-only portfolio can have lies between those of its columns. */
function requireFeasible(columns: readonly string[], betas: Float64Array, limit: number): void {
  const [least, most] = [Math.min(...betas), Math.max(...betas)];
  if (least <= limit && most >= -limit) return;
  throw new LedgerError(
    'ProfileInfeasible',
    `market_neutral: no long-only portfolio of the ${columns.length} streams has |beta| <= ${limit}; their betas are ${least} to ${most}`,
    { evidence: { columns: columns.length, limit, betaMin: least, betaMax: most } },
  );
}

/** Least variance with the portfolio's beta held at a value; weights sum to one, none negative. */
function atBeta(
  quadratic: Float64Array,
  columns: readonly string[],
  betas: Float64Array,
  beta: number,
  conditionNumber: number | null,
): Certified {
  const size = columns.length;
  const { x, kktResidual, rounding, iterations } = solveDual({
    quadratic,
    size,
    equalities: [
      { normal: new Float64Array(size).fill(1), bound: 1 },
      { normal: betas, bound: beta },
    ],
    inequalities: columns.map((_, i) => {
      const normal = new Float64Array(size);
      normal[i] = 1;
      return { normal, bound: 0 };
    }),
  });
  const held = x.map((value) => (value <= Number.EPSILON ? 0 : value));
  const total = held.reduce((sum, value) => sum + value, 0);
  const weights = held.map((value) => value / total);
  return certify('market_neutral', columns, weights, {
    kktResidual,
    kktRounding: rounding,
    iterations,
    conditionNumber,
    bindingSymbols: columns.filter((_, i) => weights[i] === 0),
    betaExcess: Math.max(0, Math.abs(weights.reduce((sum, weight, i) => sum + weight * betas[i]!, 0)) - Math.abs(beta)),
  });
}

/** Least variance; where its beta is beyond the limit, least variance at the limit on that side. */
function leastVariance(
  covariance: Float64Array,
  columns: readonly string[],
  betas: Float64Array,
  limit: number,
  { ridge, policy }: { readonly ridge: number; readonly policy: SolvePolicy },
): Certified {
  const free = minVarianceLongOnly(covariance, columns, ridge, policy);
  const beta = portfolioBeta(betas, free.weights);
  if (Math.abs(beta) <= limit) return free;
  const quadratic = withRidge(covariance, columns.length, ridge);
  return atBeta(quadratic, columns, betas, beta > 0 ? limit : -limit, conditionOf(quadratic, columns.length));
}

/**
 * Minimum variance of asset streams with |w'beta| at most .05 (15 columns or more) or .15, beta to the mean return of the raw pool
 * (docs/explanation/profiles.md#market-neutral). Weights sum to one, none negative; no cap acts.
 *
 * Errors: `ProfileNotAvailable` without a pool; `ProfileInfeasible` with the range of betas; `SolverFailed`, `HistoryTooShort`.
 */
export function solveMarketNeutral({ training: given, parameters, policy = currentSolvePolicy, pool }: MarketNeutralRequest): SolveResult {
  const risk = 'market_neutral';
  if (pool === undefined || pool === null)
    throw new LedgerError('ProfileNotAvailable', `${risk} is computed for a sleeve that selects, by its beta to the raw pool`, {
      at: { path: risk },
    });
  const byName = nameOrder(given.columns);
  const { kept, training, moments } = usableColumns(given, byName);
  const { columns } = training;
  const droppedColumns = byName.filter((i) => !kept.includes(i)).map((i) => given.columns[i]!);
  if (kept.length === 0) refuseConstant(risk, droppedColumns);
  const betas = betasTo(pool, training);
  const limit = betaLimitOf(columns.length);
  requireFeasible(columns, betas, limit);
  const solved = climb(risk, parameters.correlationShrinkage, (correlationShrinkage) => {
    if (moments === null) return { ...certify(risk, columns, [1], {}), estimate: null };
    const estimate = covarianceFrom(moments, { ...parameters, correlationShrinkage });
    return { ...leastVariance(estimate.covariance, columns, betas, limit, { ridge: parameters.ridge, policy }), estimate };
  });
  const { part, attempts, correlationShrinkage } = solved;
  return {
    ...unsolved,
    risk,
    weights: complete(given.columns, byName, kept, part.weights),
    certificate: part.certificate,
    droppedColumns,
    flags: flagsOf(columns.length === 1 ? ['single_column'] : [], part.estimate, attempts, policy),
    attempts,
    estimate: recordOf(part.estimate, parameters, correlationShrinkage),
    detail: {
      betas: columns.map((symbol, i) => ({ symbol, beta: betas[i]! })),
      betaLimit: limit,
      portfolioBeta: portfolioBeta(betas, part.weights),
    },
  };
}
