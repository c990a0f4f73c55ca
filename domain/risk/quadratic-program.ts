import { LedgerError } from '../shared/errors.ts';
import { cholesky, solveFactored } from './cholesky.ts';
import { dot } from './cross-products.ts';

/**
 * Least w'Qw subject to a'w = 1 and lower <= w <= upper, with Q symmetric positive definite on every set of variables
 * that is ever free. `start` must be feasible.
 */
export interface QuadraticProgram {
  readonly quadratic: Float64Array;
  readonly size: number;
  readonly budget: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
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

/** A multiplier of the wrong sign by less than this share is rounding. */
const signShare = 1e-12;

/** Gradient Qw (half of the objective's). */
export function gradientOf(quadratic: Float64Array, size: number, w: Float64Array): Float64Array {
  const gradient = new Float64Array(size);
  for (let i = 0; i < size; i++) gradient[i] = dot(quadratic, i * size, w, 0, size);
  return gradient;
}

interface Equality {
  readonly target: Float64Array;
  readonly multiplier: number;
}

/** The optimum over the free variables with the others held: two solves with one factor, and one round of refinement. */
function solveFree(program: QuadraticProgram, free: Int32Array, w: Float64Array, status: Int8Array): Equality {
  const { quadratic, size, budget } = program;
  const count = free.length;
  const block = new Float64Array(count * count);
  for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) block[i * count + j] = quadratic[free[i]! * size + free[j]!]!;
  const factor = cholesky(block, count);
  if (!factor.ok)
    throw new LedgerError('SolverFailed', 'the quadratic form is singular to rounding on the free columns', {
      evidence: { freeColumns: count, pivotShare: factor.pivotShare },
    });
  const held = Float64Array.from(w, (value, i) => (status[i] === 0 ? 0 : value));
  const isHeld = held.some((value) => value !== 0);
  const pull = new Float64Array(count);
  if (isHeld) for (let i = 0; i < count; i++) pull[i] = dot(quadratic, free[i]! * size, held, 0, size);
  const share = Float64Array.from(free, (i) => budget[i]!);
  const along = solveFactored(factor.lower, count, share);
  const refinement = new Float64Array(count);
  for (let i = 0; i < count; i++) refinement[i] = share[i]! - dot(block, i * count, along, 0, count);
  const correction = solveFactored(factor.lower, count, refinement);
  for (let i = 0; i < count; i++) along[i] = along[i]! + correction[i]!;
  const back = isHeld ? solveFactored(factor.lower, count, pull) : pull;
  const remaining = 1 - dot(budget, 0, held, 0, size);
  const multiplier = (remaining + dot(share, 0, back, 0, count)) / dot(share, 0, along, 0, count);
  const target = new Float64Array(count);
  for (let i = 0; i < count; i++) target[i] = multiplier * along[i]! - back[i]!;
  return { target, multiplier };
}

/** Moves the free variables toward the target; the first bound met stops the step and binds. */
function stepToward(program: QuadraticProgram, free: Int32Array, target: Float64Array, w: Float64Array, status: Int8Array): boolean {
  let length = 1;
  let blocking = -1;
  let side = 0;
  for (let k = 0; k < free.length; k++) {
    const i = free[k]!;
    const bound = target[k]! < program.lower[i]! ? program.lower[i]! : target[k]! > program.upper[i]! ? program.upper[i]! : null;
    if (bound === null) continue;
    const reach = Math.max(0, (bound - w[i]!) / (target[k]! - w[i]!));
    if (reach < length) {
      length = reach;
      blocking = i;
      side = target[k]! < program.lower[i]! ? -1 : 1;
    }
  }
  for (let k = 0; k < free.length; k++) w[free[k]!] = length === 1 ? target[k]! : w[free[k]!]! + length * (target[k]! - w[free[k]!]!);
  if (blocking < 0) return false;
  w[blocking] = side < 0 ? program.lower[blocking]! : program.upper[blocking]!;
  status[blocking] = side;
  return true;
}

/** With nothing free, the budget's multiplier is free between the held gradients; null frees the worst pair. */
function multiplierOfVertex(program: QuadraticProgram, gradient: Float64Array, status: Int8Array): number | null {
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
function freeWorst(program: QuadraticProgram, gradient: Float64Array, multiplier: number, status: Int8Array): boolean {
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

function refuseCycle(seen: Set<string>, status: Int8Array): void {
  const held = status.join('');
  if (seen.has(held)) throw new LedgerError('SolverFailed', 'the active set cycles', { evidence: { minima: seen.size } });
  seen.add(held);
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

/**
 * Primal active-set method (Nocedal and Wright 2006, Algorithm 16.3): exact in finitely many steps, each a dense solve
 * over the free variables only. `SolverFailed` if those are singular or the steps do not end. At a minimum over the free variables w
 * follows from what is held, so a second one with the same held is a cycle: `stopsAtCycle` ends there.
 */
export function solveQuadraticProgram(program: QuadraticProgram, { stopsAtCycle = false } = {}): QuadraticSolution {
  const { size, quadratic, lower, upper } = program;
  const w = Float64Array.from(program.start);
  const status = Int8Array.from(w, (value, i) => (value <= lower[i]! ? -1 : value >= upper[i]! ? 1 : 0));
  const iterationsMax = 100 + 20 * size;
  const seen = new Set<string>();
  for (let iteration = 1; iteration <= iterationsMax; iteration++) {
    const free = Int32Array.from(Array.from(status.keys()).filter((i) => status[i] === 0));
    let multiplier: number | null;
    if (free.length > 0) {
      const equality = solveFree(program, free, w, status);
      if (stepToward(program, free, equality.target, w, status)) continue;
      multiplier = equality.multiplier;
    } else {
      multiplier = multiplierOfVertex(program, gradientOf(quadratic, size, w), status);
      if (multiplier === null) continue;
    }
    const gradient = gradientOf(quadratic, size, w);
    if (stopsAtCycle) refuseCycle(seen, status);
    if (free.length > 0 && freeWorst(program, gradient, multiplier, status)) continue;
    const kktResidual = residualOf(program, w, gradient, multiplier, status);
    return { w, multiplier, kktResidual, rounding: roundingOf(program, w, gradient, multiplier), iterations: iteration, status };
  }
  throw new LedgerError('SolverFailed', `no optimum after ${iterationsMax} active-set steps`, { evidence: { iterations: iterationsMax } });
}

/** Sweeps of the warm start: enough to find nearly all of the support, the active set settles the rest exactly. */
const sweepsMax = 60;

/**
 * A feasible start for lower = 0, upper = infinity: coordinate descent on w'Qw/2 - a'w, w >= 0, whose solution is the
 * program's up to scale. Needs a positive entry in `budget`.
 */
export function descendToStart(quadratic: Float64Array, size: number, budget: Float64Array): Float64Array {
  const x = new Float64Array(size);
  const gradient = new Float64Array(size);
  for (let sweep = 0; sweep < sweepsMax; sweep++) {
    let largestMove = 0;
    for (let i = 0; i < size; i++) {
      const curvature = quadratic[i * size + i]!;
      const before = x[i]!;
      const after = Math.max(0, before + (budget[i]! - gradient[i]!) / curvature);
      if (after === before) continue;
      x[i] = after;
      const move = after - before;
      const row = i * size;
      for (let j = 0; j < size; j++) gradient[j] = gradient[j]! + move * quadratic[row + j]!;
      largestMove = Math.max(largestMove, Math.abs(move) / Math.max(after, before));
    }
    if (largestMove < 1e-4) break;
  }
  const total = dot(budget, 0, x, 0, size);
  return x.map((value) => value / total);
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
