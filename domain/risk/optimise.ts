import type { ReturnMatrix, SymbolWeight } from '../returns/series.ts';
import { LedgerError } from '../shared/errors.ts';
import { barbell } from './barbell.ts';
import { type ColumnCap, projectedToCap } from './cap.ts';
import { certify, type Certified } from './certificate.ts';
import { conditionOf } from './cholesky.ts';
import { columnMeans, correlationFrom, covarianceFrom, type CovarianceEstimate, type Moments } from './covariance.ts';
import { hierarchicalWeights } from './hierarchical-risk-parity.ts';
import { maxSharpeCapped, maxSharpeLongOnly } from './max-sharpe.ts';
import { minVarianceCapped, minVarianceLongOnly } from './min-variance.ts';
import { equalBudgets, riskParityOf } from './risk-parity.ts';
import type { RiskProfile, SolveParameters, SolveResult } from './schemas.ts';
import type { SolvePolicy } from './solve-policy.ts';

/** Columns that are not constant, in the order of the arithmetic. */
export interface OptimisationRequest {
  readonly risk: RiskProfile;
  readonly training: ReturnMatrix;
  readonly parameters: SolveParameters;
  readonly policy: SolvePolicy;
  /** Null: no column is capped. */
  readonly cap: ColumnCap | null;
}

export type Part = Certified &
  Partial<Pick<SolveResult, 'fallback' | 'detail' | 'flags'>> & {
    readonly estimate: CovarianceEstimate | null;
    /** Weights that a projection would have brought, or has brought, under their cap. */
    readonly uncapped?: readonly SymbolWeight[];
  };

/** A cap that can act inside an optimiser; null where there is none, or where it leaves no choice or every choice. */
function actingCap(cap: ColumnCap | null): number | null {
  return cap === null || cap.determines || cap.effective >= 1 ? null : cap.effective;
}

function determined(solver: string, columns: readonly string[]): Certified {
  return certify(solver, columns, new Float64Array(columns.length).fill(1 / columns.length), { bindingSymbols: columns });
}

function minVariance({ parameters, policy, cap }: OptimisationRequest, { covariance, columns }: CovarianceEstimate): Certified {
  if (cap?.determines === true) return determined('min_variance', columns);
  const acting = actingCap(cap);
  return acting === null
    ? minVarianceLongOnly(covariance, columns, parameters.ridge, policy)
    : minVarianceCapped(covariance, columns, parameters.ridge, acting, policy);
}

function maxSharpe(request: OptimisationRequest, estimate: CovarianceEstimate): Part {
  const { training, parameters, policy, cap } = request;
  const { covariance, columns } = estimate;
  if (cap?.determines === true) return { ...determined('max_sharpe', columns), estimate };
  const means = columnMeans(training).map((mean) => mean * parameters.annualisationDays);
  const manner = { policy, conditionNumber: conditionOf(covariance, columns.length) };
  const acting = actingCap(cap);
  const solved =
    acting === null ? maxSharpeLongOnly(covariance, means, columns, manner) : maxSharpeCapped(covariance, means, columns, acting, manner);
  if (solved !== undefined) return { ...solved, estimate };
  return {
    ...minVariance(request, estimate),
    estimate,
    fallback: {
      from: 'max_sharpe',
      to: 'min_variance',
      reason: 'no column has a positive mean return, so the ratio of mean to volatility is no criterion',
    },
    flags: ['max_sharpe_undefined'],
  };
}

/** Weights that are brought under the cap after they were solved for; the certificate is that of the solve. */
function projected(part: Part, cap: ColumnCap | null): Part {
  return cap === null ? part : { ...part, weights: projectedToCap(part.weights, cap).weights, uncapped: part.weights };
}

/**
 * One of the five optimised profiles at one correlation shrinkage. A cap is a constraint of minimum variance and maximum Sharpe; hrp and
 * equal risk contribution are projected. The barbell has none here, for its core is capped in itself.
 */
export function optimise(request: OptimisationRequest, moments: Moments): Part {
  const { risk, training, parameters, policy, cap } = request;
  if (risk === 'barbell') return barbell(training, parameters);
  const estimate = covarianceFrom(moments, parameters);
  const { covariance, columns } = estimate;
  const size = columns.length;
  switch (risk) {
    case 'min_variance':
      return { ...minVariance(request, estimate), estimate };
    case 'hrp': {
      const { weights, linkage, leafOrder } = hierarchicalWeights(covariance, correlationFrom(moments), columns, parameters.hrp);
      const certified = certify('hrp', columns, weights, { conditionNumber: conditionOf(covariance, size) });
      return projected({ ...certified, estimate, detail: { linkage, leafOrder } }, cap);
    }
    case 'risk_parity': {
      const manner = { policy, conditionNumber: conditionOf(covariance, size) };
      return projected({ ...riskParityOf(covariance, columns, equalBudgets(size), manner), estimate }, cap);
    }
    case 'max_sharpe':
      return maxSharpe(request, estimate);
    default:
      throw new LedgerError('Internal', `${risk} is not an optimised profile`);
  }
}
