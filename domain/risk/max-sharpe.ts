import { certify, inGivenOrder, type Certified } from './certificate.ts';
import { nameOrder, selectSquare } from './columns.ts';
import { checkCovariance, requireVariances } from './covariance-check.ts';
import { LedgerError } from '../shared/errors.ts';
import { settle } from './program/quadratic-program.ts';
import { currentSolvePolicy } from './solve-policy.ts';
import { solveLongOnly, type SolveManner } from './program/solve-program.ts';

/** The allocation without the check of its matrix; `undefined` where no mean is positive. */
export function maxSharpeLongOnly(
  covariance: Float64Array,
  means: Float64Array,
  columns: readonly string[],
  manner: SolveManner,
): Certified | undefined {
  const size = columns.length;
  let largest = 0;
  for (const mean of means) if (mean > largest) largest = mean;
  if (largest === 0) return undefined;
  const budget = means.map((mean) => mean / largest);
  const solution = solveLongOnly(covariance, size, budget, manner);
  const { weights, bindingSymbols } = settle(solution, columns);
  return certify('max_sharpe', columns, weights, {
    kktResidual: solution.kktResidual,
    kktRounding: solution.rounding,
    iterations: solution.iterations,
    conditionNumber: manner.conditionNumber,
    bindingSymbols,
  });
}

/**
 * Greatest ratio of mean to volatility, long-only, risk-free rate 0, as the convex program of Charnes and Cooper (1962):
 * least y'(covariance)y with means'y = 1, y >= 0, then scaled to sum to one. Means and covariance over the same period.
 * `undefined` where no mean is positive: the ratio is then no criterion, and the caller says what it does instead.
 *
 * Errors: `NotACovariance`; `SolverFailed` for columns without variance.
 */
export function maxSharpe(request: {
  readonly covariance: Float64Array;
  readonly means: ArrayLike<number>;
  readonly columns: readonly string[];
  /** Part of the record only: problems given as a covariance are solved as given. */
  readonly ridge?: 0;
}): Certified | undefined {
  const size = request.columns.length;
  const order = nameOrder(request.columns);
  const columns = order.map((i) => request.columns[i]!);
  const covariance = selectSquare(request.covariance, size, order);
  const { conditionNumber } = checkCovariance(covariance, columns);
  requireVariances(covariance, columns);
  const means = Float64Array.from(order, (i) => request.means[i]!);
  const missing = means.findIndex((mean) => !Number.isFinite(mean));
  if (missing >= 0 || request.means.length !== size) {
    throw new LedgerError('SchemaViolation', `${size} finite means are needed`, {
      evidence: { columns: size, means: request.means.length, column: columns[missing] ?? null },
    });
  }
  const solved = maxSharpeLongOnly(covariance, means, columns, { policy: currentSolvePolicy, conditionNumber });
  return solved === undefined ? undefined : inGivenOrder(solved, order);
}
