import { LedgerError } from '../../shared/errors.ts';
import { postConditionLimits } from '../certificate.ts';
import { conditionOf } from '../cholesky.ts';
import { selectSquare } from '../columns.ts';
import { dot } from '../cross-products.ts';
import { solveByLeastIndex } from './least-index-program.ts';
import { solveActiveSet } from './active-set.ts';
import { descendToStart, solveQuadraticProgram } from './fresh-active-set.ts';
import { leastMargin, residualOf, roundingOf } from './optimality.ts';
import { freeOf, gradientOf, type QuadraticProgram, type QuadraticSolution } from './quadratic-program.ts';
import { refined } from './refined.ts';
import { startLongOnly } from './start.ts';
import type { SolvePolicy } from '../solve-policy.ts';

/** Up to this condition number the weights of 16-digit arithmetic have eight digits or nearly. */
const conditionMax = 1e8;

/** A held variable whose multiplier is above this share is held for good: no rounding could free it. */
const marginMin = 1e-6;

/** How a program is to be solved. */
export interface SolveManner {
  readonly policy: Pick<SolvePolicy, 'takesEveryMatrix' | 'updatesFactor' | 'raisesLeast'>;
  /** Of the matrix; null where it is singular to rounding. */
  readonly conditionNumber: number | null;
}

/** Whether the free variables alone decide the weights, and are far from singular: then the rest of the matrix may be as it likes. */
function isSettled(program: QuadraticProgram, { w, multiplier, status, rounding }: QuadraticSolution): boolean {
  const { quadratic, size } = program;
  if (!(rounding <= postConditionLimits.kktResidual)) return false;
  if (!(leastMargin(program, gradientOf(quadratic, size, w), multiplier, status) >= marginMin)) return false;
  const free = freeOf(status);
  const conditionNumber = conditionOf(selectSquare(quadratic, size, free), free.length);
  return conditionNumber !== null && conditionNumber <= conditionMax;
}

/** Whether the weights of a solution in 16 digits can be trusted. */
function isTrusted(program: QuadraticProgram, solution: QuadraticSolution, conditionNumber: number | null): boolean {
  const missed = Math.abs(dot(program.budget, 0, solution.w, 0, program.size) - 1);
  if (!(solution.kktResidual <= postConditionLimits.kktResidual && missed <= postConditionLimits.weightSumError)) return false;
  return (conditionNumber !== null && conditionNumber <= conditionMax) || isSettled(program, solution);
}

/** The solution in 16 digits, or refined to 32, where its weights can be trusted. */
function solvedInDoubles(program: QuadraticProgram, { policy, conditionNumber }: SolveManner): QuadraticSolution | null {
  try {
    const solution = policy.updatesFactor ? solveActiveSet(program) : solveQuadraticProgram(program, { stopsAtCycle: true });
    if (isTrusted(program, solution, conditionNumber)) return solution;
    return policy.updatesFactor ? refined(program, solution) : null;
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'SolverFailed') return null;
    throw error;
  }
}

/** Half of what rounding may do to one entry: a matrix that rounding left indefinite needs some of these. */
const leastInflation = Number.EPSILON / 4;

function solvedByLeastIndex(program: QuadraticProgram, { policy }: SolveManner): QuadraticSolution {
  const firstInflation = policy.raisesLeast ? leastInflation : program.size * Number.EPSILON;
  const { w, multiplier, status, iterations, inflation } = solveByLeastIndex(program, firstInflation);
  const gradient = gradientOf(program.quadratic, program.size, w);
  return {
    w,
    multiplier,
    status,
    iterations,
    kktResidual: residualOf(program, w, gradient, multiplier, status),
    rounding: roundingOf(program, w, gradient, multiplier, inflation),
  };
}

/**
 * The program in 16 digits where they suffice, else in 32: where the active set cycles, meets a singular block or misses its certificate,
 * and where a condition above 1e8 could move the weights, unless a proof in 32 digits confirms them. A policy that does not take every
 * matrix solves in 16 digits alone. `vertex` is a start with one variable at most between its bounds, for the solver in 32 digits.
 * Errors: `SolverFailed`, under such a policy for a matrix that is singular on the support.
 */
export function solveProgram(program: QuadraticProgram, vertex: () => Float64Array, manner: SolveManner): QuadraticSolution {
  if (!manner.policy.takesEveryMatrix) return { ...solveQuadraticProgram(program), rounding: 0 };
  return solvedInDoubles(program, manner) ?? solvedByLeastIndex({ ...program, start: vertex() }, manner);
}

/** All of the budget on one variable, that with the least variance for it. Needs a positive entry in `budget`. */
function bestSingle(quadratic: Float64Array, size: number, budget: Float64Array): Float64Array {
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < size; i++) {
    if (!(budget[i]! > 0)) continue;
    const variance = quadratic[i * size + i]! / budget[i]! / budget[i]!;
    if (best < 0 || variance < least) [best, least] = [i, variance];
  }
  const vertex = new Float64Array(size);
  vertex[best] = 1 / budget[best]!;
  return vertex;
}

/** The program with lower = 0 and upper = infinity. */
export function solveLongOnly(quadratic: Float64Array, size: number, budget: Float64Array, manner: SolveManner): QuadraticSolution {
  const bounds = { lower: new Float64Array(size), upper: new Float64Array(size).fill(Infinity) };
  const start = manner.policy.updatesFactor ? startLongOnly({ quadratic, size, budget }) : descendToStart(quadratic, size, budget);
  return solveProgram({ quadratic, size, budget, ...bounds, start }, () => bestSingle(quadratic, size, budget), manner);
}
