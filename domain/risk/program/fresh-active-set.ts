import { LedgerError } from '../../shared/errors.ts';
import { dot } from '../cross-products.ts';
import { refuseCycle } from './cycle.ts';
import { factorOfFree, optimumOfFree } from './free-optimum.ts';
import { freeWorst, multiplierOfVertex, residualOf, roundingOf } from './optimality.ts';
import { freeOf, gradientOf, type QuadraticProgram, type QuadraticSolution } from './quadratic-program.ts';

/** Moves the free variables toward the target; the first bound met stops the step and binds. */
function stepToward(program: QuadraticProgram, free: readonly number[], target: Float64Array, w: Float64Array, status: Int8Array): boolean {
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
    const free = freeOf(status);
    let multiplier: number | null;
    if (free.length > 0) {
      const equality = optimumOfFree(program, free, factorOfFree(program, free), w, status);
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
