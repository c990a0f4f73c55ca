import { dot } from '../cross-products.ts';

/**
 * Least w'Qw subject to a'w = 1 and lower <= w <= upper, with Q symmetric positive definite on every set of variables
 * that is ever free.
 */
export interface BoundedQuadratic {
  readonly quadratic: Float64Array;
  readonly size: number;
  readonly budget: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** With the point that a solver begins at: within the bounds and on the budget. */
export interface QuadraticProgram extends BoundedQuadratic {
  readonly start: Float64Array;
}

export interface QuadraticSolution {
  readonly w: Float64Array;
  /** Multiplier of the budget: equals w'Qw where no non-zero bound binds. */
  readonly multiplier: number;
  /** Largest violation of stationarity, sign, bound or budget, relative to the multiplier times the largest |a|. */
  readonly kktResidual: number;
  /** What rounding alone may make of that residual: Qw cannot be had better than this, by the size of its terms. */
  readonly rounding: number;
  readonly iterations: number;
  /** -1 at the lower bound, 1 at the upper, 0 free. */
  readonly status: Int8Array;
}

/** The variables between their bounds, in order. */
export function freeOf(status: Int8Array): number[] {
  return Array.from(status.keys()).filter((i) => status[i] === 0);
}

/** Gradient Qw (half of the objective's). */
export function gradientOf(quadratic: Float64Array, size: number, w: Float64Array): Float64Array {
  const gradient = new Float64Array(size);
  for (let i = 0; i < size; i++) gradient[i] = dot(quadratic, i * size, w, 0, size);
  return gradient;
}

/** Names the bounds that bind, and makes the free weights sum to one to the last bit that can be had. */
export function settle(solution: QuadraticSolution, columns: readonly string[]): { weights: Float64Array; bindingSymbols: string[] } {
  let total = 0;
  for (const value of solution.w) total += value;
  const isHomogeneous = solution.status.every((side, i) => side === 0 || solution.w[i] === 0);
  return {
    weights: isHomogeneous ? solution.w.map((value) => value / total) : solution.w,
    bindingSymbols: columns.filter((_, i) => solution.status[i] !== 0),
  };
}
