import { invariant, LedgerError } from '../shared/errors.ts';
import type { ReturnMatrix, SymbolWeight } from '../returns/series.ts';
import { barbell } from './barbell.ts';
import { certify, type Certified } from './certificate.ts';
import { conditionOf } from './cholesky.ts';
import { nameOrder, selectColumns, sortColumns } from './columns.ts';
import {
  columnMeans,
  columnStandardDeviations,
  correlationFrom,
  covarianceFrom,
  estimateCovariance,
  momentsOf,
  requireRows,
  type CovarianceEstimate,
  type EstimatorParameters,
  type Moments,
} from './covariance.ts';
import { equalWeight } from './equal-weight.ts';
import { hierarchicalWeights } from './hierarchical-risk-parity.ts';
import { maxSharpeLongOnly } from './max-sharpe.ts';
import { minVarianceLongOnly } from './min-variance.ts';
import { equalBudgets, riskParityOf } from './risk-parity.ts';
import type { Attempt, EstimateRecord, RiskProfile, SolveParameters, SolveResult } from './schemas.ts';
import { currentSolvePolicy, type SolvePolicy } from './solve-policy.ts';

export { riskProfiles, type RiskProfile, type SolveParameters, type SolveResult } from './schemas.ts';

export interface SolveRequest {
  readonly risk: RiskProfile;
  /** Simple daily returns; for `market`, those of the benchmark symbols. */
  readonly training: ReturnMatrix;
  readonly parameters: SolveParameters;
  /** Columns in the order that the user gave, for hrp's `plain` leaf order; that of the training rows when left out. */
  readonly givenOrder?: readonly string[];
  /** As the rules of the run have it; the current one when left out. */
  readonly policy?: SolvePolicy;
}

export const defaultSolveParameters: SolveParameters = {
  estimator: 'ledoit_wolf',
  correlationShrinkage: 0.01,
  annualisationDays: 252,
  ridge: 1e-6,
  hrp: { distance: 'd', linkage: 'ward', leafOrder: 'optimal' },
  aggressorFraction: 0.1,
};

/** Daily standard deviation at or below which a column is constant for an optimiser. */
export const standardDeviationFloor = 1e-9;
/** Correlation shrinkages tried in turn after the one asked for has failed. */
export const shrinkageLadder = [0.15, 0.5, 0.95] as const;
/** Of a solve that needed more correlation shrinkage than was asked for. */
export const hardenedFlag = 'hardened';

type PolicedRequest = SolveRequest & Required<Pick<SolveRequest, 'policy'>>;

type Part = Certified & Partial<Pick<SolveResult, 'fallback' | 'detail' | 'flags'>> & { readonly estimate: CovarianceEstimate | null };

/** Annualised covariance, columns in code-unit order of their names: what reported risk is measured with. */
export function covarianceOf(matrix: ReturnMatrix, parameters: EstimatorParameters): CovarianceEstimate {
  return estimateCovariance(sortColumns(matrix), parameters);
}

function minVarianceFallback(estimate: CovarianceEstimate, parameters: SolveParameters, policy: SolvePolicy): Part {
  return {
    ...minVarianceLongOnly(estimate.covariance, estimate.columns, parameters.ridge, policy),
    estimate,
    fallback: {
      from: 'max_sharpe',
      to: 'min_variance',
      reason: 'no column has a positive mean return, so the ratio of mean to volatility is no criterion',
    },
    flags: ['max_sharpe_undefined'],
  };
}

function optimise({ risk, training, parameters, policy }: PolicedRequest, moments: Moments): Part {
  if (risk === 'barbell') return barbell(training, parameters);
  const estimate = covarianceFrom(moments, parameters);
  const { covariance, columns } = estimate;
  const size = columns.length;
  switch (risk) {
    case 'min_variance':
      return { ...minVarianceLongOnly(covariance, columns, parameters.ridge, policy), estimate };
    case 'hrp': {
      const { weights, linkage, leafOrder } = hierarchicalWeights(covariance, correlationFrom(moments), columns, parameters.hrp);
      return {
        ...certify('hrp', columns, weights, { conditionNumber: conditionOf(covariance, size) }),
        estimate,
        detail: { linkage, leafOrder },
      };
    }
    case 'risk_parity':
      return {
        ...riskParityOf(covariance, columns, equalBudgets(size), { policy, conditionNumber: conditionOf(covariance, size) }),
        estimate,
      };
    case 'max_sharpe': {
      const means = columnMeans(training).map((mean) => mean * parameters.annualisationDays);
      const solved = maxSharpeLongOnly(covariance, means, columns, { policy, conditionNumber: conditionOf(covariance, size) });
      return solved === undefined ? minVarianceFallback(estimate, parameters, policy) : { ...solved, estimate };
    }
    default:
      throw new LedgerError('Internal', `${risk} is not an optimised profile`);
  }
}

/** The shrinkages to try: the one asked for, then the rungs above it. */
function rungsFrom(first: number): number[] {
  return [first, ...shrinkageLadder.filter((rung) => rung > first)];
}

/** Climbs the ladder on solver failure only; each attempt is recorded, and the last failure is the answer. */
function climb(
  request: PolicedRequest,
  moments: Moments,
): {
  part: Part;
  attempts: Attempt[];
  correlationShrinkage: number;
} {
  const { risk, parameters } = request;
  const attempts: Attempt[] = [];
  for (const correlationShrinkage of rungsFrom(parameters.correlationShrinkage)) {
    try {
      const part = optimise({ ...request, parameters: { ...parameters, correlationShrinkage } }, moments);
      attempts.push({ correlationShrinkage, outcome: 'solved' });
      return { part, attempts, correlationShrinkage };
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== 'SolverFailed') throw error;
      attempts.push({ correlationShrinkage, outcome: error.message });
    }
  }
  throw new LedgerError(
    'SolverFailed',
    `${risk}: every correlation shrinkage failed (${attempts.map(({ correlationShrinkage }) => correlationShrinkage).join(', ')})`,
    {
      evidence: { reason: 'HARDENING_EXHAUSTED', risk, attempts },
    },
  );
}

function recordOf(estimate: CovarianceEstimate | null, parameters: SolveParameters, correlationShrinkage: number): EstimateRecord | null {
  if (estimate === null) return null;
  return {
    estimator: parameters.estimator,
    ledoitWolfIntensity: estimate.ledoitWolfIntensity,
    correlationShrinkage,
    saturated: estimate.saturated,
  };
}

/** Weights of every column given, in the order of their names; 0 for those left out. `kept` tells which column each solved weight is of. */
function complete(
  columns: readonly string[],
  byName: readonly number[],
  kept: readonly number[],
  solved: readonly SymbolWeight[],
): SymbolWeight[] {
  const weights = new Float64Array(columns.length);
  solved.forEach(({ weight }, k) => (weights[kept[k]!] = weight));
  return byName.map((i) => ({ symbol: columns[i]!, weight: weights[i]! }));
}

/** By how much the variance of a column must exceed that of a constant one before the rounding of its sum has no say. */
const clearVariance = 1 + 1e-6;

/** What an optimiser works on: the columns that are not constant, in the order of the arithmetic. */
interface Usable {
  readonly kept: readonly number[];
  readonly training: ReturnMatrix;
  /** Null where fewer than two columns are left. */
  readonly moments: Moments | null;
}

/** Whether the cross products alone show that no column is constant. */
function variesThroughout({ products, columns, rows }: Moments): boolean {
  const floor = (rows - 1) * standardDeviationFloor * standardDeviationFloor * clearVariance;
  return columns.every((_, i) => products[i * columns.length + i]! > floor);
}

/** Takes the moments first, for nearly always every column is kept; deviations are taken where one may be constant. */
function usableColumns(given: ReturnMatrix, order: readonly number[]): Usable {
  requireRows(given);
  const means = columnMeans(given);
  if (order.length > 1) {
    const training = selectColumns(given, order);
    const moments = momentsOf(
      training,
      means.map((_, k) => means[order[k]!]!),
    );
    if (variesThroughout(moments)) return { kept: order, training, moments };
  }
  const deviations = columnStandardDeviations(given);
  const kept = order.filter((i) => deviations[i]! > standardDeviationFloor);
  const training = selectColumns(given, kept);
  return { kept, training, moments: kept.length > 1 ? momentsOf(training) : null };
}

const unsolved = { droppedColumns: [], flags: [], attempts: [], fallback: null, estimate: null, detail: null };

/** 1/n over the columns given, constant ones included: equal_weight, market and benchmark. */
function solveEqually(risk: RiskProfile, training: ReturnMatrix): SolveResult {
  if (training.columns.length === 0)
    throw new LedgerError('SolverFailed', `${risk}: there is no column to allocate to`, { evidence: { risk } });
  const { weights, certificate } = equalWeight(nameOrder(training.columns).map((i) => training.columns[i]!));
  return { ...unsolved, risk, weights, certificate, flags: weights.length === 1 ? ['single_column'] : [] };
}

/** Indices of the columns in a given order, which names each of them; in their own without one. */
function orderAsGiven(columns: readonly string[], given: readonly string[] | undefined): number[] {
  if (given === undefined) return columns.map((_, i) => i);
  const order = given.map((name) => columns.indexOf(name)).filter((i) => i >= 0);
  invariant(new Set(order).size === columns.length, 'a given order names every column once', { columns: [...columns], given: [...given] });
  return order;
}

/**
 * Weights of one risk profile on a training window; plain JSON throughout.
 *
 * Columns are sorted by name before any arithmetic (except for hrp's `plain` leaf order), so their order changes no bit.
 * The five optimised profiles drop columns of standard deviation <= 1e-9 and list them; one column left gets [1] and a
 * flag. A failed solve is tried again with stronger correlation shrinkage, each attempt recorded and the
 * result flagged `hardened`.
 *
 * Errors: `SolverFailed` when nothing is left to allocate to or the ladder is exhausted (evidence.reason
 * `HARDENING_EXHAUSTED`), `HistoryTooShort`, `SchemaViolation` for a column named twice, `ProfileNotAvailable` for `adaptive`, which
 * `solveAdaptive` solves (domain/regime/adaptive.ts).
 */
export function solveProfile(request: SolveRequest): SolveResult {
  const { risk, parameters, policy = currentSolvePolicy } = request;
  if (risk === 'adaptive')
    throw new LedgerError('ProfileNotAvailable', 'adaptive is solved as the profile that a regime chooses, and none was read here');
  if (risk === 'equal_weight' || risk === 'market' || risk === 'benchmark') return solveEqually(risk, request.training);
  const { columns } = request.training;
  const byName = nameOrder(columns);
  const keepsOrder = risk === 'hrp' && parameters.hrp.leafOrder === 'plain';
  const order = keepsOrder ? orderAsGiven(columns, policy.usesGivenOrder ? request.givenOrder : undefined) : byName;
  const { kept, training, moments } = usableColumns(request.training, order);
  const droppedColumns = kept.length === columns.length ? [] : byName.filter((i) => !kept.includes(i)).map((i) => columns[i]!);
  if (kept.length === 0) {
    throw new LedgerError(
      'SolverFailed',
      `${risk}: no column has a standard deviation above ` +
        `${standardDeviationFloor}${columns.length === 0 ? '' : `; dropped: ${droppedColumns.join(', ')}`}`,
      {
        evidence: { risk, droppedColumns },
      },
    );
  }
  if (moments === null) {
    const only = certify(risk, [columns[kept[0]!]!], [1], {});
    return {
      ...unsolved,
      risk,
      weights: complete(columns, byName, kept, only.weights),
      certificate: only.certificate,
      droppedColumns,
      flags: ['single_column'],
    };
  }
  const { part, attempts, correlationShrinkage } = climb({ risk, training, parameters, policy }, moments);
  const isHardened = policy.flagsHardening && attempts.length > 1;
  return {
    risk,
    weights: complete(columns, byName, kept, part.weights),
    certificate: part.certificate,
    droppedColumns,
    flags: [
      ...(part.flags ?? []),
      ...(part.estimate?.saturated === true ? ['ledoit_wolf_saturated'] : []),
      ...(isHardened ? [hardenedFlag] : []),
    ],
    attempts,
    fallback: part.fallback ?? null,
    estimate: recordOf(part.estimate, parameters, correlationShrinkage),
    detail: part.detail ?? null,
  };
}
