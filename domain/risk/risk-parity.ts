import { LedgerError } from '../shared/errors.ts';
import { certify, inGivenOrder, type Certified } from './certificate.ts';
import { cholesky, solveFactored } from './cholesky.ts';
import { nameOrder, selectSquare } from './columns.ts';
import { checkCovariance, requireVariances } from './covariance-check.ts';
import { dot } from './cross-products.ts';
import type { MatrixProduct } from './kernels/matrix-vector-simd.ts';
import { withMatrixProduct } from './matrix-vector.ts';
import { extendedRiskParity } from './program/extended-risk-parity.ts';
import { currentSolvePolicy, type SolvePolicy } from './solve-policy.ts';

/** How contributions are to be reached. */
export interface ContributionManner {
  readonly policy: Pick<SolvePolicy, 'refinesContributions'>;
  /** Of the matrix; null where it is singular to rounding. */
  readonly conditionNumber: number | null;
}

/** Largest change of a coordinate in a step, relative to it, at which the iteration has converged. */
const changeLimit = 1e-12;
/** Coordinate descent brings any start near the solution; from this change on Newton is the better use of time. */
const nearChange = 0.03;
const sweepsMax = 200;
const gradientStepsMax = 12;
const newtonStepsMax = 60;
/** The inner iteration ends at this share of its first residual: the outer one then still gains six digits a step. */
const innerShare = 1e-6;
const innerStepsMax = 100;

/** Covariance scaled to unit variances: the problem then has one natural length per column. */
function correlationOf(covariance: Float64Array, size: number): { correlation: Float64Array; deviations: Float64Array } {
  const deviations = new Float64Array(size);
  for (let i = 0; i < size; i++) deviations[i] = Math.sqrt(covariance[i * size + i]!);
  const correlation = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) correlation[i * size + j] = i === j ? 1 : covariance[i * size + j]! / deviations[i]! / deviations[j]!;
  return { correlation, deviations };
}

/** One sweep of coordinate descent on x'Cx/2 - sum b ln x (Griveau-Billion, Richard and Roncalli 2013); the largest relative change. */
function sweep(correlation: Float64Array, size: number, budgets: Float64Array, x: Float64Array): number {
  let change = 0;
  for (let i = 0; i < size; i++) {
    const before = x[i]!;
    const slope = dot(correlation, i * size, x, 0, size) - before;
    const root = Math.sqrt(slope * slope + 4 * budgets[i]!);
    const after = slope > 0 ? (2 * budgets[i]!) / (slope + root) : (root - slope) / 2;
    x[i] = after;
    change = Math.max(change, Math.abs(after - before) / after);
  }
  return change;
}

/** Moves x against a Newton direction, damped while it is long (Spinu 2013); the largest relative change. */
function moveAgainst(x: Float64Array, relativeStep: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(relativeStep[i]!));
  const damping = largest < 0.5 ? 1 : 1 / (1 + largest);
  for (let i = 0; i < x.length; i++) x[i] = x[i]! - damping * x[i]! * relativeStep[i]!;
  return largest * damping;
}

/**
 * Newton's direction by conjugate gradients with the diagonal as preconditioner (Shewchuk 1994, B3). In steps relative to x the
 * Hessian is XCX + diag(b), whose row sums are 2b at the solution: with few negative correlations its condition is about 2, so
 * that a dozen products with the matrix do for the factorisation.
 */
function conjugateGradientStep(times: MatrixProduct, size: number, budgets: Float64Array, x: Float64Array): number {
  const product = new Float64Array(size);
  const step = new Float64Array(size);
  const residual = new Float64Array(size);
  const scaled = new Float64Array(size);
  const direction = new Float64Array(size);
  times(x, product);
  let energy = 0;
  for (let i = 0; i < size; i++) {
    residual[i] = x[i]! * product[i]! - budgets[i]!;
    direction[i] = residual[i]! / (x[i]! * x[i]! + budgets[i]!);
    energy += residual[i]! * direction[i]!;
  }
  const enough = energy * innerShare * innerShare;
  for (let inner = 0; inner < innerStepsMax && energy > enough; inner++) {
    for (let i = 0; i < size; i++) scaled[i] = x[i]! * direction[i]!;
    times(scaled, product);
    let curvature = 0;
    for (let i = 0; i < size; i++) {
      product[i] = x[i]! * product[i]! + budgets[i]! * direction[i]!;
      curvature += direction[i]! * product[i]!;
    }
    const length = energy / curvature;
    let next = 0;
    for (let i = 0; i < size; i++) {
      step[i] = step[i]! + length * direction[i]!;
      residual[i] = residual[i]! - length * product[i]!;
      scaled[i] = residual[i]! / (x[i]! * x[i]! + budgets[i]!);
      next += residual[i]! * scaled[i]!;
    }
    for (let i = 0; i < size; i++) direction[i] = scaled[i]! + (next / energy) * direction[i]!;
    energy = next;
  }
  return moveAgainst(x, step);
}

/** Newton with the factored Hessian, which is positive definite even for a singular matrix: the last resort of the two above. */
function newtonStep(correlation: Float64Array, size: number, budgets: Float64Array, x: Float64Array): number {
  const hessian = Float64Array.from(correlation);
  const gradient = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    gradient[i] = dot(correlation, i * size, x, 0, size) - budgets[i]! / x[i]!;
    hessian[i * size + i] = hessian[i * size + i]! + budgets[i]! / x[i]! / x[i]!;
  }
  const factor = cholesky(hessian, size);
  if (!factor.ok)
    throw new LedgerError('SolverFailed', 'risk_parity: the Newton system is singular', { evidence: { pivotShare: factor.pivotShare } });
  const step = solveFactored(factor.lower, size, gradient);
  return moveAgainst(
    x,
    step.map((value, i) => value / x[i]!),
  );
}

/**
 * Descent, then Newton by conjugate gradients, then Newton by factor, each only while the one before has not converged; the steps taken.
 */
function iterate(correlation: Float64Array, size: number, budgets: Float64Array, x: Float64Array): number {
  return withMatrixProduct(correlation, size, (times) => {
    const phases = [
      { step: () => sweep(correlation, size, budgets, x), stepsMax: sweepsMax, limit: nearChange },
      { step: () => conjugateGradientStep(times, size, budgets, x), stepsMax: gradientStepsMax, limit: changeLimit },
      { step: () => newtonStep(correlation, size, budgets, x), stepsMax: newtonStepsMax, limit: changeLimit },
    ];
    let iterations = 0;
    let change = Infinity;
    for (const { step, stepsMax, limit } of phases) {
      for (let taken = 0; change > limit && taken < stepsMax; taken++) {
        change = step();
        iterations++;
      }
    }
    return iterations;
  });
}

function startOf(correlation: Float64Array, size: number, budgets: Float64Array): Float64Array {
  const x = budgets.map(Math.sqrt);
  let risk = 0;
  for (let i = 0; i < size; i++) risk += x[i]! * dot(correlation, i * size, x, 0, size);
  const scale = risk > 0 ? 1 / Math.sqrt(risk) : 1;
  return x.map((value) => value * scale);
}

function solvedInDoubles(
  covariance: Float64Array,
  columns: readonly string[],
  budgets: Float64Array,
  conditionNumber: number | null,
): Certified {
  const size = columns.length;
  const { correlation, deviations } = correlationOf(covariance, size);
  const x = startOf(correlation, size, budgets);
  const iterations = iterate(correlation, size, budgets, x);
  let total = 0;
  for (let i = 0; i < size; i++) total += x[i]! / deviations[i]!;
  const weights = x.map((value, i) => value / deviations[i]! / total);
  let variance = 0;
  const shares = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    shares[i] = weights[i]! * dot(covariance, i * size, weights, 0, size);
    variance += shares[i]!;
  }
  let error = 0;
  for (let i = 0; i < size; i++) error = Math.max(error, Math.abs(shares[i]! / variance - budgets[i]!));
  return certify('risk_parity', columns, weights, { riskContributionError: error, iterations, conditionNumber });
}

/** Where the covariance is known to 16 digits, contributions that these digits leave open by more than this are not known. */
const contributionRoundingMax = 1e-3;

function solvedInExtended(
  covariance: Float64Array,
  columns: readonly string[],
  budgets: Float64Array,
  conditionNumber: number | null,
): Certified {
  const found = extendedRiskParity(covariance, columns.length, budgets);
  if (found === null || found.rounding > contributionRoundingMax) {
    throw new LedgerError(
      'SolverFailed',
      'risk_parity: columns hedge one another to the last digit, so that contributions are not determined',
      {
        evidence: { columns: columns.length, conditionNumber, contributionRounding: found?.rounding ?? null },
      },
    );
  }
  const { weights, error, rounding, iterations } = found;
  return certify('risk_parity', columns, weights, {
    riskContributionError: error,
    riskContributionRounding: rounding,
    iterations,
    conditionNumber,
  });
}

/**
 * The allocation without the check of its matrix; budgets are positive and sum to one. In 16 digits where they reach the contributions,
 * else, under a policy that refines them, in 32.
 */
export function riskParityOf(
  covariance: Float64Array,
  columns: readonly string[],
  budgets: Float64Array,
  { policy, conditionNumber }: ContributionManner,
): Certified {
  try {
    return solvedInDoubles(covariance, columns, budgets, conditionNumber);
  } catch (error) {
    if (!policy.refinesContributions || !(error instanceof LedgerError) || error.code !== 'SolverFailed') throw error;
    return solvedInExtended(covariance, columns, budgets, conditionNumber);
  }
}

/**
 * Equal risk contribution, or contributions in proportion to `budgets` (Maillard, Roncalli and Teiletche 2010): the
 * unique w > 0, sum 1, with w_i (covariance w)_i / w'(covariance)w = budget_i. Certified to 1e-6, and far closer in
 * fact. Covariance n x n row-major; columns are sorted by name before any arithmetic, weights come back as given.
 *
 * Errors: `NotACovariance`; `SolverFailed` for columns without variance, and for those that hedge one another wholly.
 */
export function riskParity(request: {
  readonly covariance: Float64Array;
  readonly columns: readonly string[];
  readonly budgets?: readonly number[];
}): Certified {
  const size = request.columns.length;
  const order = nameOrder(request.columns);
  const columns = order.map((i) => request.columns[i]!);
  const covariance = selectSquare(request.covariance, size, order);
  const { conditionNumber } = checkCovariance(covariance, columns);
  requireVariances(covariance, columns);
  return inGivenOrder(
    riskParityOf(covariance, columns, budgetsOf(request.budgets, order), { policy: currentSolvePolicy, conditionNumber }),
    order,
  );
}

function budgetsOf(given: readonly number[] | undefined, order: readonly number[]): Float64Array {
  if (given === undefined) return equalBudgets(order.length);
  const total = order.reduce((sum, i) => sum + (given[i] ?? Number.NaN), 0);
  if (given.length !== order.length || !given.every((budget) => budget > 0) || !(Math.abs(total - 1) <= 1e-9)) {
    throw new LedgerError('SchemaViolation', `risk budgets are ${order.length} positive numbers that sum to 1`, {
      evidence: { budgets: [...given], total },
    });
  }
  return Float64Array.from(order, (i) => given[i]! / total);
}

/** 1/n for each column. */
export function equalBudgets(size: number): Float64Array {
  return new Float64Array(size).fill(1 / size);
}
