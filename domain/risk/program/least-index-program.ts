import { LedgerError } from '../../shared/errors.ts';
import {
  entry,
  type Extended,
  type ExtendedVector,
  isBelow,
  minus,
  minusDot,
  negated,
  one,
  over,
  plus,
  setEntry,
  times,
  zero,
} from './double-double.ts';
import { type EquilibratedProgram, equilibrated } from './equilibrated-program.ts';
import { slopeRounding } from './optimality.ts';
import type { QuadraticProgram } from './quadratic-program.ts';
import { balancingOf, directionOf } from './reduced-direction.ts';

/** A move below this share of the largest one is rounding. */
const moveShare = 1e-27;

interface State {
  readonly program: EquilibratedProgram;
  readonly y: ExtendedVector;
  /** -1 at the lower bound, 1 at the upper, 0 free or about to be. */
  readonly status: Int8Array;
  /** At a minimum over them; one at least has a share in the budget. */
  readonly free: number[];
}

export interface LeastIndexSolution {
  readonly w: Float64Array;
  readonly multiplier: number;
  readonly status: Int8Array;
  readonly iterations: number;
  /** Share by which the variances were raised, because rounding left the matrix indefinite; 0 where it did not. */
  readonly inflation: number;
}

function startOf(program: EquilibratedProgram): State {
  const { size, budget, lower, upper, start } = program;
  const y = { high: Float64Array.from(start), low: new Float64Array(size) };
  const status = Int8Array.from(start, (value, i) => (value <= lower[i]! ? -1 : value >= upper[i]! ? 1 : 0));
  const candidates = Array.from({ length: size }, (_, i) => i).filter((i) => budget[i] !== 0);
  const balancing = candidates.find((i) => status[i] === 0) ?? candidates.find((i) => lower[i]! < upper[i]!) ?? candidates[0]!;
  status[balancing] = 0;
  setEntry(y, balancing, zero);
  const budgets = { high: budget, low: new Float64Array(size) };
  setEntry(y, balancing, over(minusDot(one, budgets, 0, y, 0, size), [budget[balancing]!, 0]));
  return { program, y, status, free: [balancing] };
}

function gradientAt({ y, program }: State, i: number): Extended {
  return negated(minusDot(zero, program.raised, i * program.size, y, 0, program.size));
}

function multiplierOf(state: State): Extended {
  const balancing = balancingOf(state.program.budget, state.free);
  return over(gradientAt(state, balancing), [state.program.budget[balancing]!, 0]);
}

interface Entering {
  readonly index: number;
  readonly side: 1 | -1;
  /** Of the objective along its direction: negative. */
  readonly slope: Extended;
}

/** What a held variable gains by leaving its bound; null where that is nothing beyond rounding. */
function gainOf(state: State, multiplier: Extended, index: number): Entering | null {
  const { budget } = state.program;
  const side = state.status[index] === 1 ? -1 : 1;
  const reduced = minus(gradientAt(state, index), times(multiplier, [budget[index]!, 0]));
  const slope = side > 0 ? reduced : negated(reduced);
  const rounding = slopeRounding(state.program, index, state.y.high, multiplier[0] * budget[index]!);
  return slope[0] < -rounding ? { index, side, slope } : null;
}

/** The variable that gains most, or, while steps have no length, the one of the least index (Bland 1977; Chang and Cottle 1980). */
function enteringOf(state: State, barred: ReadonlySet<number>, byIndex: boolean): Entering | null {
  const { lower, upper, size } = state.program;
  const multiplier = multiplierOf(state);
  let best: Entering | null = null;
  for (let i = 0; i < size; i++) {
    if (state.status[i] === 0 || lower[i] === upper[i] || barred.has(i)) continue;
    const found = gainOf(state, multiplier, i);
    if (found === null || (best !== null && !isBelow(found.slope, best.slope))) continue;
    if (byIndex) return found;
    best = found;
  }
  return best;
}

interface Stop {
  readonly length: Extended;
  /** The variable that meets its bound. */
  readonly index: number;
  readonly side: 1 | -1;
}

/** The first bound met along a direction: of those met together, that of the least index. */
function firstStop({ program, y, free }: State, { index, side }: Entering, moves: readonly Extended[]): Stop | null {
  const { lower, upper } = program;
  const largest = moves.reduce((most, [move]) => Math.max(most, Math.abs(move)), 1);
  let stop: Stop | null = null;
  const meet = (i: number, move: Extended): void => {
    if (Math.abs(move[0]) <= moveShare * largest) return;
    const bound = move[0] < 0 ? lower[i]! : upper[i]!;
    if (bound === Infinity) return;
    const reach = over(minus([bound, 0], entry(y, i)), move);
    const length = isBelow(reach, zero) ? zero : reach;
    if (stop === null || isBelow(length, stop.length) || (!isBelow(stop.length, length) && i < stop.index))
      stop = { length, index: i, side: move[0] < 0 ? -1 : 1 };
  };
  free.forEach((i, k) => meet(i, moves[k]!));
  meet(index, [side, 0]);
  return stop;
}

function moveAlong({ y, free }: State, { index, side }: Entering, moves: readonly Extended[], length: Extended): void {
  free.forEach((i, k) => setEntry(y, i, plus(entry(y, i), times(moves[k]!, length))));
  setEntry(y, index, plus(entry(y, index), times([side, 0], length)));
}

function hold({ program, y, status, free }: State, { index, side }: Stop): void {
  setEntry(y, index, [side < 0 ? program.lower[index]! : program.upper[index]!, 0]);
  status[index] = side;
  const at = free.indexOf(index);
  if (at >= 0) free.splice(at, 1);
}

/** Frees a variable: it may now balance the budget. */
function release({ status, free }: State, index: number): void {
  status[index] = 0;
  free.push(index);
}

interface Progress {
  readonly steps: number;
  readonly moved: boolean;
  /** Nothing ends the direction: the matrix is indefinite to rounding there. */
  readonly endless: boolean;
  /** The variable went from one bound to the other, and nothing else was held on the way. */
  readonly crossed: boolean;
}

/**
 * Moves one variable from its bound until it is at its minimum or meets a bound; free ones that meet theirs on the way are held. The others
 * stay at their minimum throughout, so the matrix of the free ones never becomes singular.
 */
function enter(state: State, first: Entering): Progress {
  const { program, free } = state;
  let entering = first;
  let moved = false;
  for (let steps = 1; ; steps++) {
    const { moves, curvature } = directionOf(program, free, entering.index, entering.side);
    const best = curvature === null ? null : over(negated(entering.slope), curvature);
    const stop = firstStop(state, entering, moves);
    if (best === null && stop === null) return { steps, moved, endless: true, crossed: false };
    const isStopped = stop !== null && (best === null || isBelow(stop.length, best));
    const length = isStopped ? stop.length : best!;
    moved ||= length[0] > 0;
    moveAlong(state, entering, moves, length);
    if (!isStopped) {
      release(state, entering.index);
      return { steps, moved, endless: false, crossed: false };
    }
    hold(state, stop);
    if (stop.index === entering.index) return { steps, moved, endless: false, crossed: steps === 1 };
    const next = balancingOf(program.budget, free) < 0 ? null : gainOf(state, multiplierOf(state), entering.index);
    if (next === null) {
      release(state, entering.index);
      return { steps, moved, endless: false, crossed: false };
    }
    entering = { ...next, side: entering.side };
  }
}

/**
 * The same program as `solveQuadraticProgram`, for matrices close to singular: a primal active set in 32 digits that takes variables in one
 * by one (van de Panne and Whinston 1964), so that it needs no more than w'Qw >= 0. `start` is a vertex: one variable at most between its
 * bounds. While steps have no length it takes the least index, which rules out a cycle. `firstInflation` is as in `equilibrated`.
 * `SolverFailed` if the steps do not end.
 */
export function solveByLeastIndex(given: QuadraticProgram, firstInflation: number): LeastIndexSolution {
  const program = equilibrated(given, firstInflation);
  const { size, units, lower, upper } = program;
  const state = startOf(program);
  const stepsMax = 1000 + 50 * size;
  const barred = new Set<number>();
  let byIndex = false;
  let iterations = 0;
  let crossing: Entering | null = null;
  for (;;) {
    const entering = enteringOf(state, barred, byIndex);
    if (entering === null) break;
    // Its minimum is between its bounds, with a curvature that rounding hides: it stays at the one where less is left to gain.
    if (crossing?.index === entering.index && !isBelow(entering.slope, crossing.slope)) {
      barred.add(entering.index);
      crossing = null;
      continue;
    }
    const { steps, moved, endless, crossed } = enter(state, entering);
    crossing = crossed ? entering : null;
    iterations += steps;
    byIndex = !moved;
    if (moved) barred.clear();
    if (endless) barred.add(entering.index);
    if (iterations > stepsMax)
      throw new LedgerError('SolverFailed', `no optimum after ${stepsMax} steps of the least index`, {
        evidence: { iterations: stepsMax },
      });
  }
  const values = state.y.high.map((value, i) => Math.min(upper[i]!, Math.max(lower[i]!, value)));
  const status = state.status.map((side, i) => (values[i]! <= lower[i]! ? -1 : values[i]! >= upper[i]! ? 1 : side));
  return {
    w: values.map((value, i) => value * units[i]!),
    multiplier: multiplierOf(state)[0],
    status,
    iterations: iterations + 1,
    inflation: program.inflation,
  };
}
