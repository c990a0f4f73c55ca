import { LedgerError } from '../../shared/errors.ts';
import { cholesky, solveFactored } from '../cholesky.ts';
import type { Factorisation } from '../kernels/cholesky-simd.ts';
import { selectSquare } from '../columns.ts';
import { dot } from '../cross-products.ts';
import type { QuadraticProgram } from './quadratic-program.ts';

/** Rows and columns of the free variables, count x count, with their Cholesky factor. */
export interface FreeFactor {
  readonly block: Float64Array;
  readonly lower: Float64Array;
}

export interface FreeOptimum {
  /** In the order of the free variables. */
  readonly target: Float64Array;
  /** Of the budget. */
  readonly multiplier: number;
}

export function tryFactorOfFree(
  { quadratic, size }: QuadraticProgram,
  free: readonly number[],
): FreeFactor | Extract<Factorisation, { ok: false }> {
  const block = selectSquare(quadratic, size, free);
  const factor = cholesky(block, free.length);
  return factor.ok ? { block, lower: factor.lower } : factor;
}

/** Errors: `SolverFailed` where the free columns are singular to rounding. */
export function factorOfFree(program: QuadraticProgram, free: readonly number[]): FreeFactor {
  const factor = tryFactorOfFree(program, free);
  if ('lower' in factor) return factor;
  throw new LedgerError('SolverFailed', 'the quadratic form is singular to rounding on the free columns', {
    evidence: { freeColumns: free.length, pivotShare: factor.pivotShare },
  });
}

/** The optimum over the free variables with the others held: two solves with one factor, and one round of refinement. */
export function optimumOfFree(
  { quadratic, size, budget }: QuadraticProgram,
  free: readonly number[],
  { block, lower }: FreeFactor,
  w: Float64Array,
  status: Int8Array,
): FreeOptimum {
  const count = free.length;
  const held = Float64Array.from(w, (value, i) => (status[i] === 0 ? 0 : value));
  const isHeld = held.some((value) => value !== 0);
  const pull = new Float64Array(count);
  if (isHeld) for (let i = 0; i < count; i++) pull[i] = dot(quadratic, free[i]! * size, held, 0, size);
  const share = Float64Array.from(free, (i) => budget[i]!);
  const along = solveFactored(lower, count, share);
  const refinement = new Float64Array(count);
  for (let i = 0; i < count; i++) refinement[i] = share[i]! - dot(block, i * count, along, 0, count);
  const correction = solveFactored(lower, count, refinement);
  for (let i = 0; i < count; i++) along[i] = along[i]! + correction[i]!;
  const back = isHeld ? solveFactored(lower, count, pull) : pull;
  const remaining = 1 - dot(budget, 0, held, 0, size);
  const multiplier = (remaining + dot(share, 0, back, 0, count)) / dot(share, 0, along, 0, count);
  const target = new Float64Array(count);
  for (let i = 0; i < count; i++) target[i] = multiplier * along[i]! - back[i]!;
  return { target, multiplier };
}
