import { checkBounds } from './bounds.ts';
import { certify, inGivenOrder, type Certified } from './certificate.ts';
import { nameOrder, selectSquare } from './columns.ts';
import { conditionOf } from './cholesky.ts';
import { checkCovariance, requireVariances } from './covariance-check.ts';
import { type BoundedQuadratic, gradientOf, type QuadraticSolution, settle } from './program/quadratic-program.ts';
import { currentSolvePolicy, type SolvePolicy } from './solve-policy.ts';
import { startLongOnly, startWithin } from './program/start.ts';
import { solveLongOnly, type SolveManner, solveProgram } from './program/solve-program.ts';

/** Covariance with the ridge on its diagonal; a copy unless the ridge is 0. */
export function withRidge(covariance: Float64Array, size: number, ridge: number): Float64Array {
  if (ridge === 0) return covariance;
  const ridged = Float64Array.from(covariance);
  for (let i = 0; i < size; i++) ridged[i * size + i] = ridged[i * size + i]! + ridge;
  return ridged;
}

function equalShares(size: number): Float64Array {
  return new Float64Array(size).fill(1);
}

function certifySolution(solution: QuadraticSolution, columns: readonly string[], conditionNumber: number | null): Certified {
  const { weights, bindingSymbols } = settle(solution, columns);
  return certify('min_variance', columns, weights, {
    kktResidual: solution.kktResidual,
    kktRounding: solution.rounding,
    iterations: solution.iterations,
    conditionNumber,
    bindingSymbols,
  });
}

/** The allocation without the check of its matrix: columns in the order of the arithmetic, long-only. */
export function minVarianceLongOnly(covariance: Float64Array, columns: readonly string[], ridge: number, policy: SolvePolicy): Certified {
  const size = columns.length;
  const quadratic = withRidge(covariance, size, ridge);
  const conditionNumber = conditionOf(quadratic, size);
  return certifySolution(solveLongOnly(quadratic, size, equalShares(size), { policy, conditionNumber }), columns, conditionNumber);
}

/**
 * A start with one free weight at most: from the lower bounds, fill to the upper ones what a long-only start holds, then what it lacks
 * least.
 */
function fillInOrder({ quadratic, size, lower, upper }: BoundedQuadratic, longOnly: Float64Array): Float64Array {
  const gradient = gradientOf(quadratic, size, longOnly);
  const order = Array.from(lower.keys()).toSorted((a, b) => longOnly[b]! - longOnly[a]! || gradient[a]! - gradient[b]! || a - b);
  const start = Float64Array.from(lower);
  let remaining = 1 - lower.reduce((sum, bound) => sum + bound, 0);
  for (const i of order) {
    if (remaining <= 0) break;
    const room = Math.min(upper[i]! - lower[i]!, remaining);
    start[i] = room === remaining ? lower[i]! + room : upper[i]!;
    remaining -= room;
  }
  return start;
}

function minVarianceInBounds(
  quadratic: Float64Array,
  columns: readonly string[],
  manner: SolveManner,
  lower: readonly number[],
  upper: readonly number[],
): Certified {
  const size = columns.length;
  checkBounds(lower, upper, (index) => columns[index]!);
  const budget = equalShares(size);
  const program = { quadratic, size, budget, lower: Float64Array.from(lower), upper: Float64Array.from(upper) };
  const longOnly = startLongOnly(program);
  const vertex = (): Float64Array => fillInOrder(program, longOnly);
  const solution = solveProgram({ ...program, start: startWithin(program, longOnly, vertex) }, vertex, manner);
  return certifySolution(solution, columns, manner.conditionNumber);
}

/** The allocation with no weight above a cap, without the check of its matrix. Columns times the cap exceed 1. */
export function minVarianceCapped(
  covariance: Float64Array,
  columns: readonly string[],
  ridge: number,
  cap: number,
  policy: SolvePolicy,
): Certified {
  const size = columns.length;
  const quadratic = withRidge(covariance, size, ridge);
  const manner = { policy, conditionNumber: conditionOf(quadratic, size) };
  return minVarianceInBounds(
    quadratic,
    columns,
    manner,
    columns.map(() => 0),
    columns.map(() => cap),
  );
}

/**
 * Least variance w'(covariance + ridge I)w with weights that sum to one, long-only or within bounds given per column.
 * Solved exactly by an active set; stationarity is certified to 1e-9 of the multiplier, or to what rounding makes of
 * covariance times weights where that is more. Any positive semi-definite covariance is solved, a singular one included. Covariance n x n
 * row-major; columns are sorted by name before any arithmetic and the weights come back in the order given.
 *
 * Errors: `NotACovariance`; `BoundsInfeasible`; `SolverFailed` for columns without variance.
 */
export function minVariance(request: {
  readonly covariance: Float64Array;
  readonly columns: readonly string[];
  /** Added to every variance, in the covariance's own units. */
  readonly ridge: number;
  readonly lower?: readonly number[];
  readonly upper?: readonly number[];
}): Certified {
  const size = request.columns.length;
  const order = nameOrder(request.columns);
  const columns = order.map((i) => request.columns[i]!);
  const covariance = selectSquare(request.covariance, size, order);
  const checked = checkCovariance(covariance, columns);
  requireVariances(covariance, columns);
  const quadratic = withRidge(covariance, size, request.ridge);
  const conditionNumber = request.ridge === 0 ? checked.conditionNumber : conditionOf(quadratic, size);
  const { lower, upper } = request;
  const manner = { policy: currentSolvePolicy, conditionNumber };
  const solved =
    lower === undefined && upper === undefined
      ? certifySolution(solveLongOnly(quadratic, size, equalShares(size), manner), columns, conditionNumber)
      : minVarianceInBounds(
          quadratic,
          columns,
          manner,
          order.map((i) => lower?.[i] ?? 0),
          order.map((i) => upper?.[i] ?? 1),
        );
  return inGivenOrder(solved, order);
}
