import { dot } from '../cross-products.ts';
import type { BoundedQuadratic, QuadraticProgram } from './quadratic-program.ts';

/** A multiplier of the wrong sign by less than this share is rounding. */
const signShare = 1e-12;

/** The same in 32 digits, as a share of its terms. */
const slopeShare = 3e-26;

/** What rounding in 32 digits may make of a multiplier: of entry i of Qy less the `charge` of its budget. */
export function slopeRounding({ quadratic, size }: BoundedQuadratic, i: number, y: Float64Array, charge: number): number {
  let scale = Math.abs(charge);
  for (let j = 0; j < size; j++) scale += Math.abs(quadratic[i * size + j]! * y[j]!);
  return slopeShare * scale;
}

/** With nothing free, the budget's multiplier is free between the held gradients; null frees the worst pair. */
export function multiplierOfVertex(program: QuadraticProgram, gradient: Float64Array, status: Int8Array): number | null {
  let highestUpper = -Infinity;
  let lowestLower = Infinity;
  let upperIndex = -1;
  let lowerIndex = -1;
  for (let i = 0; i < program.size; i++) {
    if (program.lower[i] === program.upper[i] || program.budget[i] === 0) continue;
    const ratio = gradient[i]! / program.budget[i]!;
    if (status[i] === 1 && ratio > highestUpper) [highestUpper, upperIndex] = [ratio, i];
    if (status[i] === -1 && ratio < lowestLower) [lowestLower, lowerIndex] = [ratio, i];
  }
  if (highestUpper <= lowestLower || upperIndex < 0 || lowerIndex < 0)
    return Number.isFinite(lowestLower) ? lowestLower : Number.isFinite(highestUpper) ? highestUpper : 0;
  status[upperIndex] = 0;
  status[lowerIndex] = 0;
  return null;
}

/** Frees the held variable whose multiplier has the wrong sign by most; false if none has. */
export function freeWorst(program: QuadraticProgram, gradient: Float64Array, multiplier: number, status: Int8Array): boolean {
  const { size, budget, lower, upper } = program;
  let worst = -1;
  let excess = signShare * scaleOf(budget, multiplier, gradient);
  for (let i = 0; i < size; i++) {
    if (status[i] === 0 || lower[i] === upper[i]) continue;
    const reduced = (gradient[i]! - multiplier * budget[i]!) * -status[i]!;
    if (-reduced > excess) {
      excess = -reduced;
      worst = i;
    }
  }
  if (worst >= 0) status[worst] = 0;
  return worst >= 0;
}

function scaleOf(budget: Float64Array, multiplier: number, gradient: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < budget.length; i++) largest = Math.max(largest, Math.abs(budget[i]! * multiplier));
  if (largest === 0) for (let i = 0; i < gradient.length; i++) largest = Math.max(largest, Math.abs(gradient[i]!));
  return largest === 0 ? 1 : largest;
}

/** Largest violation of the optimality conditions; see `QuadraticSolution.kktResidual`. */
export function residualOf(
  program: QuadraticProgram,
  w: Float64Array,
  gradient: Float64Array,
  multiplier: number,
  status: Int8Array,
): number {
  const { size, budget, lower, upper } = program;
  const scale = scaleOf(budget, multiplier, gradient);
  let worst = Math.abs(dot(budget, 0, w, 0, size) - 1);
  for (let i = 0; i < size; i++) {
    const reduced = (gradient[i]! - multiplier * budget[i]!) / scale;
    const wrong = lower[i] === upper[i] ? 0 : status[i] === 0 ? Math.abs(reduced) : Math.max(0, reduced * status[i]!);
    worst = Math.max(worst, wrong, lower[i]! - w[i]!, w[i]! - upper[i]!);
  }
  return worst;
}

/** Least multiplier of a held variable, in the units of the residual: how far the next one is from being freed. */
export function leastMargin(
  { budget, lower, upper }: QuadraticProgram,
  gradient: Float64Array,
  multiplier: number,
  status: Int8Array,
): number {
  const scale = scaleOf(budget, multiplier, gradient);
  let least = Infinity;
  for (let i = 0; i < status.length; i++) {
    if (status[i] === 0 || lower[i] === upper[i]) continue;
    least = Math.min(least, ((gradient[i]! - multiplier * budget[i]!) * -status[i]!) / scale);
  }
  return least;
}

/**
 * A bound on the rounding of Qw, in the units of the residual: 2(n + 4) roundings of the greatest sum of |Q_ij w_j| (Higham 2002, 3.1). It
 * exceeds 1e-9 only where the terms of Qw cancel to a millionth of themselves, as in a hedge. `inflation` is the share by which the
 * variances were raised to be solved.
 */
export function roundingOf(
  { quadratic, size, budget }: QuadraticProgram,
  w: Float64Array,
  gradient: Float64Array,
  multiplier: number,
  inflation = 0,
): number {
  let largest = 0;
  for (let i = 0; i < size; i++) {
    let terms = 0;
    for (let j = 0; j < size; j++) terms += Math.abs(quadratic[i * size + j]! * w[j]!);
    largest = Math.max(largest, terms);
  }
  return (((size + 4) * Number.EPSILON + inflation) * largest) / scaleOf(budget, multiplier, gradient);
}
