import { LedgerError } from '../../shared/errors.ts';
import { dot } from '../cross-products.ts';
import { refuseCycle } from './cycle.ts';
import { type FreeFactor, factorOfFree, optimumOfFree, tryFactorOfFree } from './free-optimum.ts';
import { freeWorst, multiplierOfVertex, residualOf, roundingOf } from './optimality.ts';
import { freeOf, gradientOf, type QuadraticProgram, type QuadraticSolution } from './quadratic-program.ts';
import { UpdatedFactor } from './updated-factor.ts';

/** A move along which a singular block is flat must keep the budget to this share of its terms. */
const flatShare = 1e-9;

/** A point with its gradient Qw, and which of its variables are held: -1 at the lower bound, 1 at the upper, 0 free. */
interface State {
  readonly program: QuadraticProgram;
  readonly factor: UpdatedFactor;
  readonly w: Float64Array;
  readonly gradient: Float64Array;
  readonly status: Int8Array;
  /** Of the free variables in order, while none has been held or freed since it was made. */
  fresh: FreeFactor | null;
}

function refuseSingular(state: State): never {
  throw new LedgerError('SolverFailed', 'the quadratic form is singular to rounding on the free columns', {
    evidence: { freeColumns: freeOf(state.status).length },
  });
}

interface Stop {
  readonly length: number;
  readonly index: number;
  readonly side: -1 | 1;
}

/** The first bound that the variables of the factor meet before the whole of a move; null where the whole is free. */
function firstStop({ program, factor, w }: State, moves: Float64Array, whole: number): Stop | null {
  let stop: Stop | null = null;
  for (let k = 0; k < moves.length; k++) {
    const i = factor.members[k]!;
    const move = moves[k]!;
    const side = move < 0 ? -1 : 1;
    const room = Math.abs((side < 0 ? program.lower[i]! : program.upper[i]!) - w[i]!);
    if (Math.abs(move) * (stop === null ? whole : stop.length) > room) stop = { length: room / Math.abs(move), index: i, side };
  }
  return stop;
}

function moveOne({ program, w, gradient }: State, i: number, by: number): void {
  if (by === 0) return;
  const { quadratic, size } = program;
  w[i] = w[i]! + by;
  const row = i * size;
  for (let j = 0; j < size; j++) gradient[j] = gradient[j]! + by * quadratic[row + j]!;
}

function hold(state: State, index: number, side: -1 | 1): void {
  const { program, factor, w, status } = state;
  w[index] = side < 0 ? program.lower[index]! : program.upper[index]!;
  status[index] = side;
  if (factor.members.includes(index)) factor.leave(index);
  state.fresh = null;
}

/**
 * Takes a variable that is free into the factor. Where it is a combination of those in it, the objective is flat along a move of all of
 * them: the move goes on until one meets its bound and is held.
 */
function enterOrSlide(state: State, index: number): void {
  const { program, factor, w } = state;
  const { quadratic, size, budget, lower } = program;
  while (!factor.enter(index)) {
    const moves = Float64Array.from(factor.members, (i) => quadratic[i * size + index]!);
    factor.solve(moves);
    const spent = factor.members.map((i, k) => budget[i]! * moves[k]!);
    const change = spent.reduce((sum, part) => sum + part, -budget[index]!);
    const terms = spent.reduce((sum, part) => sum + Math.abs(part), Math.abs(budget[index]!));
    if (Math.abs(change) > flatShare * terms) refuseSingular(state);
    const whole = w[index]! - lower[index]!;
    const stop = firstStop(state, moves, whole);
    const length = stop?.length ?? whole;
    [...factor.members].forEach((i, k) => moveOne(state, i, length * moves[k]!));
    moveOne(state, index, -length);
    if (stop === null) return hold(state, index, -1);
    hold(state, stop.index, stop.side);
  }
}

function begin(program: QuadraticProgram): State {
  const { size, quadratic, lower, upper } = program;
  const w = Float64Array.from(program.start);
  const status = Int8Array.from(w, (value, i) => (value <= lower[i]! ? -1 : value >= upper[i]! ? 1 : 0));
  const gradient = gradientOf(quadratic, size, w);
  const free = freeOf(status);
  const factor = tryFactorOfFree(program, free);
  const state: State = { program, factor: new UpdatedFactor(quadratic, size), w, gradient, status, fresh: null };
  if ('lower' in factor) {
    state.factor.restart(free, factor.lower);
    state.fresh = factor;
  } else for (const i of free) enterOrSlide(state, i);
  return state;
}

/** From the factor: the move of the free variables to their optimum with the budget kept, and the budget's multiplier there. */
function stepOf({ program, factor, gradient }: State): { moves: Float64Array; multiplier: number } {
  const { members } = factor;
  const share = Float64Array.from(members, (i) => program.budget[i]!);
  const along = Float64Array.from(share);
  const moves = Float64Array.from(members, (i) => gradient[i]!);
  factor.solve(along);
  factor.solve(moves);
  const count = members.length;
  const multiplier = dot(share, 0, moves, 0, count) / dot(share, 0, along, 0, count);
  for (let k = 0; k < count; k++) moves[k] = multiplier * along[k]! - moves[k]!;
  return { moves, multiplier };
}

/** Steps to the minimum over what is free; what meets its bound on the way is held. The multiplier is null where nothing stays free. */
function descend(state: State): { steps: number; multiplier: number | null } {
  for (let steps = 1; ; steps++) {
    if (state.factor.members.length === 0) return { steps, multiplier: null };
    const { moves, multiplier } = stepOf(state);
    const stop = firstStop(state, moves, 1);
    const length = stop?.length ?? 1;
    state.factor.members.forEach((i, k) => moveOne(state, i, length * moves[k]!));
    if (stop === null) return { steps, multiplier };
    hold(state, stop.index, stop.side);
  }
}

/**
 * The minimum over the free variables anew, from a fresh factor, for what was updated has roundings of its own. Null where it breaks a
 * bound by such a rounding: what breaks it is then held.
 */
function settledAt(state: State, vertexMultiplier: number): Omit<QuadraticSolution, 'iterations'> | null {
  const { program, status, gradient } = state;
  const free = freeOf(status);
  const w = Float64Array.from(state.w);
  let multiplier = vertexMultiplier;
  if (free.length > 0) {
    const optimum = optimumOfFree(program, free, state.fresh ?? factorOfFree(program, free), w, status);
    multiplier = optimum.multiplier;
    const broken = free.filter((i, k) => optimum.target[k]! < program.lower[i]! || optimum.target[k]! > program.upper[i]!);
    free.forEach((i, k) => (w[i] = optimum.target[k]!));
    if (broken.length > 0) {
      state.w.set(w);
      for (const i of broken) hold(state, i, w[i]! < program.lower[i]! ? -1 : 1);
      gradient.set(gradientOf(program.quadratic, program.size, state.w));
      return null;
    }
  }
  const slopes = gradientOf(program.quadratic, program.size, w);
  const kktResidual = residualOf(program, w, slopes, multiplier, status);
  return { w, multiplier, kktResidual, rounding: roundingOf(program, w, slopes, multiplier), status };
}

/**
 * Primal active-set method (Nocedal and Wright 2006, Algorithm 16.3) with a factor that is updated while variables are held and freed. The
 * weights returned are those of a fresh factor over the final set, so they depend on that set alone and not on the way to it.
 *
 * `SolverFailed` where the free columns are singular to rounding, where a set of held variables comes back, or after too many steps.
 */
export function solveActiveSet(program: QuadraticProgram): QuadraticSolution {
  const state = begin(program);
  const { factor, gradient, status } = state;
  const stepsMax = 100 + 20 * program.size;
  const seen = new Set<string>();
  let iterations = 0;
  while (iterations < stepsMax) {
    const { steps, multiplier } = descend(state);
    iterations += steps;
    const price = multiplier ?? multiplierOfVertex(program, gradient, status);
    if (price !== null) {
      refuseCycle(seen, status);
      if (multiplier === null || !freeWorst(program, gradient, price, status)) {
        const settled = settledAt(state, price);
        if (settled !== null) return { ...settled, iterations };
        continue;
      }
    }
    state.fresh = null;
    const inside = new Set(factor.members);
    for (const i of freeOf(status)) if (!inside.has(i) && !factor.enter(i)) refuseSingular(state);
  }
  throw new LedgerError('SolverFailed', `no optimum after ${stepsMax} active-set steps`, { evidence: { iterations: stepsMax } });
}
