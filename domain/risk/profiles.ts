import { invariant, LedgerError } from '../shared/errors.ts';
import type { ReturnMatrix, SymbolWeight } from '../returns/series.ts';
import { type ColumnCap, columnCapOf } from './cap.ts';
import { certify } from './certificate.ts';
import { nameOrder, sortColumns } from './columns.ts';
import { type CovarianceEstimate, type EstimatorParameters, estimateCovariance } from './covariance.ts';
import { equalWeight } from './equal-weight.ts';
import { climb } from './ladder.ts';
import { solveMarketNeutral } from './market-neutral.ts';
import { optimise } from './optimise.ts';
import type { RiskProfile, SolveParameters, SolveResult } from './schemas.ts';
import { complete, flagsOf, recordOf, unsolved } from './solve-record.ts';
import { currentSolvePolicy, type SolvePolicy } from './solve-policy.ts';
import { refuseConstant, usableColumns } from './usable-columns.ts';

export { hardenedFlag } from './ladder.ts';
export { riskProfiles, type RiskProfile, type SolveParameters, type SolveResult } from './schemas.ts';
export { standardDeviationFloor } from './usable-columns.ts';

export interface SolveRequest {
  readonly risk: RiskProfile;
  /** Simple daily returns; for `market`, those of the benchmark symbols, for `raw_pool_ew` those of the raw pool. */
  readonly training: ReturnMatrix;
  readonly parameters: SolveParameters;
  /** Columns in the order that the user gave, for hrp's `plain` leaf order; that of the training rows when left out. */
  readonly givenOrder?: readonly string[];
  /** As the rules of the run have it; the current one when left out. */
  readonly policy?: SolvePolicy;
  /** Mean daily return of the raw pool over the training rows: what `market_neutral` measures beta to. */
  readonly pool?: Float64Array | null;
}

export const defaultSolveParameters: SolveParameters = {
  estimator: 'ledoit_wolf',
  correlationShrinkage: 0.01,
  annualisationDays: 252,
  ridge: 1e-6,
  hrp: { distance: 'd', linkage: 'ward', leafOrder: 'optimal' },
  aggressorFraction: 0.1,
};

/** Annualised covariance, columns in code-unit order of their names: what reported risk is measured with. */
export function covarianceOf(matrix: ReturnMatrix, parameters: EstimatorParameters): CovarianceEstimate {
  return estimateCovariance(sortColumns(matrix), parameters);
}

/** 1/n over the columns given, constant ones included: equal_weight, market, benchmark and raw_pool_ew. */
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

export interface SolvedColumns {
  readonly result: SolveResult;
  /** How many columns were not constant. */
  readonly kept: number;
  /** Null without a cap. */
  readonly cap: ColumnCap | null;
  /** Weights before they were projected to the cap; null where the profile is not projected. */
  readonly uncapped: readonly SymbolWeight[] | null;
}

/**
 * One of the five optimised profiles, with no column above `columnCap` (1/n where that is more; null: no cap). See `solveProfile`. The
 * barbell takes no cap.
 */
export function solveColumns(request: SolveRequest, columnCap: number | null): SolvedColumns {
  const { risk, parameters, policy = currentSolvePolicy } = request;
  if (risk === 'adaptive')
    throw new LedgerError('ProfileNotAvailable', 'adaptive is solved as the profile that a regime chooses, and none was read here');
  const { columns } = request.training;
  const byName = nameOrder(columns);
  const keepsOrder = risk === 'hrp' && parameters.hrp.leafOrder === 'plain';
  const order = keepsOrder ? orderAsGiven(columns, policy.usesGivenOrder ? request.givenOrder : undefined) : byName;
  const { kept, training, moments } = usableColumns(request.training, order);
  const droppedColumns = kept.length === columns.length ? [] : byName.filter((i) => !kept.includes(i)).map((i) => columns[i]!);
  if (kept.length === 0) refuseConstant(risk, droppedColumns);
  const cap = columnCap === null ? null : columnCapOf(columnCap, kept.length);
  if (moments === null) {
    const only = certify(risk, [columns[kept[0]!]!], [1], {});
    const weights = complete(columns, byName, kept, only.weights);
    const result = { ...unsolved, risk, weights, certificate: only.certificate, droppedColumns, flags: ['single_column'] };
    return { result, kept: 1, cap, uncapped: null };
  }
  const { part, attempts, correlationShrinkage } = climb(risk, parameters.correlationShrinkage, (shrinkage) =>
    optimise({ risk, training, parameters: { ...parameters, correlationShrinkage: shrinkage }, policy, cap }, moments),
  );
  const result: SolveResult = {
    risk,
    weights: complete(columns, byName, kept, part.weights),
    certificate: part.certificate,
    droppedColumns,
    flags: flagsOf(part.flags ?? [], part.estimate, attempts, policy),
    attempts,
    fallback: part.fallback ?? null,
    estimate: recordOf(part.estimate, parameters, correlationShrinkage),
    detail: part.detail ?? null,
  };
  return { result, kept: kept.length, cap, uncapped: part.uncapped ?? null };
}

/**
 * Weights of one risk profile on a training window; plain JSON throughout.
 *
 * Columns are sorted by name before any arithmetic (except for hrp's `plain` leaf order), so their order changes no bit.
 * The optimised profiles drop columns of standard deviation <= 1e-9 and list them; one column left gets [1] and a
 * flag. A failed solve is tried again with stronger correlation shrinkage, each attempt recorded and the
 * result flagged `hardened`.
 *
 * Errors: `SolverFailed` when nothing is left to allocate to or the ladder is exhausted (evidence.reason
 * `HARDENING_EXHAUSTED`), `HistoryTooShort`, `SchemaViolation` for a column named twice; `ProfileInfeasible` where `market_neutral` has no
 * weights within its limit, `ProfileNotAvailable` where it has no pool.
 */
export function solveProfile(request: SolveRequest): SolveResult {
  const { risk, training } = request;
  switch (risk) {
    case 'equal_weight':
    case 'market':
    case 'benchmark':
    case 'raw_pool_ew':
      return solveEqually(risk, training);
    case 'market_neutral':
      return solveMarketNeutral(request);
    default:
      return solveColumns(request, null).result;
  }
}
