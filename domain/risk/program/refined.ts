import { solveFactored } from '../cholesky.ts';
import { dot } from '../cross-products.ts';
import {
  entry,
  type Extended,
  type ExtendedVector,
  isBelow,
  minus,
  minusDot,
  negated,
  one,
  plus,
  setEntry,
  times,
  zero,
} from './double-double.ts';
import { tryFactorOfFree } from './free-optimum.ts';
import { residualOf, roundingOf, slopeRounding } from './optimality.ts';
import { freeOf, gradientOf, type QuadraticProgram, type QuadraticSolution } from './quadratic-program.ts';

/** A correction below this share of the largest weight is nothing: some roundings of 32 digits. */
const correctionShare = 1e-29;
/** Corrections that shrink no more are rounding of the residuals, enlarged by the condition of the block; up to here it is nothing. */
const roundingShare = 1e-26;
/** Each round must at least halve the correction. */
const roundsMax = 100;

interface Point {
  readonly y: ExtendedVector;
  readonly multiplier: Extended;
}

/** The matrix as it stands, in the form of the 32-digit kernels. */
function extendedMatrix({ quadratic }: QuadraticProgram): ExtendedVector {
  return { high: quadratic, low: new Float64Array(quadratic.length) };
}

/**
 * Iterative refinement of the minimum over the free variables: residuals in 32 digits, corrections by the factor in 16 (Higham 2002,
 * section 12). Null where the corrections do not shrink: the block is then singular to the factor.
 */
function refinedPoint(
  program: QuadraticProgram,
  matrix: ExtendedVector,
  solution: QuadraticSolution,
  free: readonly number[],
): Point | null {
  const { size, budget } = program;
  const factor = tryFactorOfFree(program, free);
  if (!('lower' in factor)) return null;
  const count = free.length;
  const y = { high: Float64Array.from(solution.w), low: new Float64Array(size) };
  const budgets = { high: budget, low: new Float64Array(size) };
  const share = Float64Array.from(free, (i) => budget[i]!);
  const along = solveFactored(factor.lower, count, share);
  const power = dot(share, 0, along, 0, count);
  let multiplier: Extended = [solution.multiplier, 0];
  let before = Infinity;
  for (let round = 0; round < roundsMax; round++) {
    const residual = Float64Array.from(free, (i) => minusDot(times(multiplier, [budget[i]!, 0]), matrix, i * size, y, 0, size)[0]);
    const missing = minusDot(one, budgets, 0, y, 0, size)[0];
    const back = solveFactored(factor.lower, count, residual);
    const raise = (missing - dot(share, 0, back, 0, count)) / power;
    multiplier = plus(multiplier, [raise, 0]);
    let largest = 0;
    free.forEach((i, k) => {
      const correction = back[k]! + raise * along[k]!;
      largest = Math.max(largest, Math.abs(correction));
      setEntry(y, i, plus(entry(y, i), [correction, 0]));
    });
    const scale = y.high.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest <= correctionShare * scale) return { y, multiplier };
    if (!(largest < before / 2)) return largest <= roundingShare * scale ? { y, multiplier } : null;
    before = largest;
  }
  return null;
}

/** Whether every free variable is within its bounds and no held one gains by leaving its own, to 32 digits. */
function isOptimal(program: QuadraticProgram, matrix: ExtendedVector, { y, multiplier }: Point, status: Int8Array): boolean {
  const { size, budget, lower, upper } = program;
  for (let i = 0; i < size; i++) {
    if (status[i] === 0) {
      if (isBelow(entry(y, i), [lower[i]!, 0]) || isBelow([upper[i]!, 0], entry(y, i))) return false;
      continue;
    }
    if (lower[i] === upper[i]) continue;
    const charge = times(multiplier, [budget[i]!, 0]);
    const reduced = minus(negated(minusDot(zero, matrix, i * size, y, 0, size)), charge);
    if (reduced[0] * -status[i]! < -slopeRounding(program, i, y.high, charge[0])) return false;
  }
  return true;
}

/**
 * The solution with weights good to the last digit and a proof in 32 digits that its active set is optimal; null where 16-digit factors do
 * not carry that far.
 */
export function refined(program: QuadraticProgram, solution: QuadraticSolution): QuadraticSolution | null {
  const free = freeOf(solution.status);
  if (free.length === 0) return null;
  const matrix = extendedMatrix(program);
  const point = refinedPoint(program, matrix, solution, free);
  if (point === null || !isOptimal(program, matrix, point, solution.status)) return null;
  const w = point.y.high;
  const multiplier = point.multiplier[0];
  const gradient = gradientOf(program.quadratic, program.size, w);
  const kktResidual = residualOf(program, w, gradient, multiplier, solution.status);
  return { ...solution, w, multiplier, kktResidual, rounding: roundingOf(program, w, gradient, multiplier) };
}
