import {
  entry,
  type Extended,
  type ExtendedVector,
  extendedVector,
  isBelow,
  minus,
  minusDot,
  negated,
  over,
  plus,
  rootOf,
  setEntry,
  times,
  zero,
} from './double-double.ts';
import type { EquilibratedProgram } from './equilibrated-program.ts';

/** Curvature below this share of the terms that it is the difference of is none: some hundred roundings of 32 digits. */
const curvatureShare = 1e-29;

/** The move of the free variables that keeps the budget, and their own stationarity, while one more variable moves by one unit. */
export interface Direction {
  /** In the order of the free variables. */
  readonly moves: readonly Extended[];
  /** Of the objective along the direction; null where there is none. */
  readonly curvature: Extended | null;
}

/** The free variable with the largest share in the budget: the others move at its expense. -1 where none has a share. */
export function balancingOf(budget: Float64Array, free: readonly number[]): number {
  let balancing = -1;
  for (const i of free) if (Math.abs(budget[i]!) > (balancing < 0 ? 0 : Math.abs(budget[balancing]!))) balancing = i;
  return balancing;
}

/**
 * Curvatures between moves of single variables at the expense of the balancing one: the reduced Hessian (Nocedal and Wright 2006, 16.2).
 */
class ReducedHessian {
  readonly #program: EquilibratedProgram;
  readonly #balancing: number;
  readonly #shares: ReadonlyMap<number, Extended>;

  constructor(program: EquilibratedProgram, balancing: number, members: readonly number[]) {
    this.#program = program;
    this.#balancing = balancing;
    const { budget } = program;
    this.#shares = new Map(members.map((i) => [i, over([budget[i]!, 0], [budget[balancing]!, 0])]));
  }

  shareOf(i: number): Extended {
    return this.#shares.get(i)!;
  }

  entry(i: number, j: number): Extended {
    const { raised, size } = this.#program;
    const at = (row: number, column: number): Extended => entry(raised, row * size + column);
    const [left, right] = [this.shareOf(i), this.shareOf(j)];
    const p = this.#balancing;
    const crossed = plus(times(left, at(p, j)), times(right, at(i, p)));
    return plus(minus(at(i, j), crossed), times(times(left, right), at(p, p)));
  }

  /** The least curvature that a move of this variable can be told to have. */
  floorOf(i: number): number {
    const length = 1 + Math.abs(this.shareOf(i)[0]);
    return curvatureShare * length * length;
  }
}

/** Cholesky factor of the reduced Hessian over these variables, the last row left with its pivot unrooted. */
function factorOf(hessian: ReducedHessian, members: readonly number[]): ExtendedVector {
  const size = members.length;
  const lower = extendedVector(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const left = minusDot(hessian.entry(members[i]!, members[j]!), lower, i * size, lower, j * size, j);
      if (j < i) {
        setEntry(lower, i * size + j, over(left, entry(lower, j * size + j)));
        continue;
      }
      const floor: Extended = [hessian.floorOf(members[i]!), 0];
      setEntry(lower, i * size + i, i === size - 1 ? left : rootOf(isBelow(left, floor) ? floor : left));
    }
  }
  return lower;
}

/** `side` is 1 for a variable that rises from its lower bound, -1 for one that falls from its upper one. */
export function directionOf(program: EquilibratedProgram, free: readonly number[], entering: number, side: 1 | -1): Direction {
  const { budget } = program;
  const balancing = balancingOf(budget, free);
  const others = free.filter((i) => i !== balancing);
  const members = [...others, entering];
  const hessian = new ReducedHessian(program, balancing, members);
  const lower = factorOf(hessian, members);
  const size = members.length;
  const moveOf = new Map<number, Extended>();
  const rest = others.map((_, i) => entry(lower, (size - 1) * size + i));
  let spent: Extended = [budget[entering]! * side, 0];
  for (let i = others.length - 1; i >= 0; i--) {
    const along = over(rest[i]!, entry(lower, i * size + i));
    for (let k = 0; k < i; k++) rest[k] = minus(rest[k]!, times(entry(lower, i * size + k), along));
    const move = side > 0 ? negated(along) : along;
    moveOf.set(others[i]!, move);
    spent = plus(spent, times([budget[others[i]!]!, 0], move));
  }
  moveOf.set(balancing, negated(over(spent, [budget[balancing]!, 0])));
  const moves = free.map((i) => moveOf.get(i) ?? zero);
  const curvature = entry(lower, size * size - 1);
  const length = moves.reduce((sum, [move]) => sum + Math.abs(move), 1);
  return { moves, curvature: curvature[0] > curvatureShare * length * length ? curvature : null };
}
