import { certify, inGivenOrder, type Certified } from './certificate.ts';
import { nameOrder, selectSquare } from './columns.ts';
import { checkCovariance, requireVariances } from './covariance-check.ts';
import { LedgerError } from '../shared/errors.ts';
import { projectToBounds } from './bounds.ts';
import { type ConstrainedSolution, type ConstraintRow, solveDual } from './program/dual-active-set.ts';
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

/** Weights up to a cap that have the greatest mean: the cap on the best columns, the rest on the next; the first of equals. */
function greatestMean(means: Float64Array, cap: number): { weights: Float64Array; mean: number } {
  const weights = new Float64Array(means.length);
  let left = 1;
  let mean = 0;
  for (const i of Array.from(means.keys()).toSorted((a, b) => means[b]! - means[a]! || a - b)) {
    weights[i] = Math.min(cap, left);
    mean += weights[i] * means[i]!;
    left = Math.max(0, left - cap);
  }
  return { weights, mean };
}

function unit(size: number, at: number): Float64Array {
  const row = new Float64Array(size);
  row[at] = 1;
  return row;
}

export interface CappedMaxSharpe extends Certified {
  readonly flags: string[];
}

/** The ratio problem in the variables of Charnes and Cooper: least y'(covariance)y with means'y = 1, y >= 0, y_i <= cap (sum of y). */
function cappedRatio(covariance: Float64Array, means: Float64Array, cap: number, largest: number): ConstrainedSolution {
  const size = means.length;
  const rows = Array.from(means, (_, i): ConstraintRow[] => [
    { normal: unit(size, i), bound: 0 },
    { normal: unit(size, i).map((value) => cap - value), bound: 0 },
  ]);
  const normal = means.map((mean) => mean / largest);
  return solveDual({ quadratic: covariance, size, equalities: [{ normal, bound: 1 }], inequalities: rows.flat() });
}

/**
 * The greatest ratio with no weight above a cap. `undefined` where no mean is positive. Where one is, and no weights up to the cap have a
 * positive mean, the ratio would reward variance: then it is the greatest mean, to which the ratio leads as that mean falls to zero
 * (docs/decisions/0086), flagged. Columns times the cap exceed 1.
 *
 * Errors: `SolverFailed` for a covariance that is singular to rounding.
 */
export function maxSharpeCapped(
  covariance: Float64Array,
  means: Float64Array,
  columns: readonly string[],
  cap: number,
  manner: Pick<SolveManner, 'conditionNumber'>,
): CappedMaxSharpe | undefined {
  const largest = means.reduce((most, mean) => Math.max(most, mean), 0);
  if (largest === 0) return undefined;
  const greatest = greatestMean(means, cap);
  const solved = greatest.mean > 0 ? cappedRatio(covariance, means, cap, largest) : null;
  const total = solved?.x.reduce((sum, value) => sum + value, 0) ?? 1;
  // Rounding leaves weights a few last digits beside their bounds.
  const { weights, binding } = projectToBounds(
    Array.from(solved?.x ?? greatest.weights, (value) => value / total),
    columns.map(() => 0),
    columns.map(() => cap),
    'euclidean',
    columns,
  );
  const proof = solved === null ? {} : { kktResidual: solved.kktResidual, kktRounding: solved.rounding, iterations: solved.iterations };
  const certified = certify('max_sharpe', columns, weights, {
    ...proof,
    conditionNumber: manner.conditionNumber,
    bindingSymbols: columns.filter((_, i) => binding[i] !== null),
    capExcess: Math.max(0, Math.max(...weights) - cap),
  });
  return { ...certified, flags: solved === null ? ['no_positive_mean_under_cap'] : [] };
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
