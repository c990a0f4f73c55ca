import { dot } from '../cross-products.ts';
import type { BoundedQuadratic } from './quadratic-program.ts';

/** The descent ends after so many sweeps that changed nothing in what is held, and after so many in all. */
const calmSweeps = 4;
const sweepsMax = 60;
/** What the budget may be missed by when the descent ends. */
const budgetShare = 1e-3;

/** A point, its gradient Qx, and which coordinates are at the lower (-1) or upper bound (1). */
interface Descent {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  readonly status: Int8Array;
}

/** One sweep of coordinate descent on x'Qx/2 - multiplier a'x within the bounds; how many coordinates met a bound or left one. */
function sweep({ quadratic, size, budget, lower, upper }: BoundedQuadratic, { x, gradient, status }: Descent, multiplier: number): number {
  let changes = 0;
  for (let i = 0; i < size; i++) {
    const row = i * size;
    const before = x[i]!;
    const wanted = before + (multiplier * budget[i]! - gradient[i]!) / quadratic[row + i]!;
    const side = wanted <= lower[i]! ? -1 : wanted >= upper[i]! ? 1 : 0;
    const after = side < 0 ? lower[i]! : side > 0 ? upper[i]! : wanted;
    if (side !== status[i]) changes++;
    status[i] = side;
    if (after === before) continue;
    x[i] = after;
    const move = after - before;
    for (let j = 0; j < size; j++) gradient[j] = gradient[j]! + move * quadratic[row + j]!;
  }
  return changes;
}

/** Sweeps until what is held is known and the budget is met; `adjust` says whether it is, and the multiplier of the next sweep. */
function descend(
  program: BoundedQuadratic,
  descent: Descent,
  first: number,
  adjust: (multiplier: number) => { next: number; met: boolean },
): void {
  let multiplier = first;
  let calm = 0;
  for (let turn = 0; turn < sweepsMax && calm < calmSweeps; turn++) {
    const changes = sweep(program, descent, multiplier);
    const { next, met } = adjust(multiplier);
    multiplier = next;
    calm = changes === 0 && met ? calm + 1 : 0;
  }
}

/**
 * A feasible start for lower = 0, upper = infinity, whatever the bounds of the program: the optimum is then in proportion to the
 * multiplier, so that any one will do. Needs a positive entry in `budget`.
 */
export function startLongOnly({ quadratic, size, budget }: Pick<BoundedQuadratic, 'quadratic' | 'size' | 'budget'>): Float64Array {
  const program = { quadratic, size, budget, lower: new Float64Array(size), upper: new Float64Array(size).fill(Infinity) };
  const x = new Float64Array(size);
  descend(program, { x, gradient: new Float64Array(size), status: new Int8Array(size).fill(-1) }, 1, (next) => ({ next, met: true }));
  const total = dot(budget, 0, x, 0, size);
  return x.map((value) => value / total);
}

/** What the variables between their bounds have of the budget. */
function freeShare({ budget }: BoundedQuadratic, { x, status }: Descent): number {
  let share = 0;
  for (let i = 0; i < x.length; i++) if (status[i] === 0) share += budget[i]! * x[i]!;
  return share;
}

/**
 * Descent within bounds, the multiplier moved after each sweep so that the budget is met: what is free is nearly in proportion to it. A
 * move that overshoots halves those after it. The point reached may miss the budget.
 */
function descendWithin(program: BoundedQuadratic, from: Float64Array): Float64Array {
  const { quadratic, size, budget, lower, upper } = program;
  const x = from.map((value, i) => Math.min(upper[i]!, Math.max(lower[i]!, value)));
  const gradient = new Float64Array(size);
  for (let i = 0; i < size; i++) gradient[i] = dot(quadratic, i * size, x, 0, size);
  const descent = { x, gradient, status: new Int8Array(size) };
  let limit = 0.5;
  let missedBefore = 0;
  descend(program, descent, dot(x, 0, gradient, 0, size), (multiplier) => {
    const missing = 1 - dot(budget, 0, x, 0, size);
    if (missing * missedBefore < 0) limit /= 2;
    missedBefore = missing;
    const share = freeShare(program, descent);
    const change = share > 0 ? missing / share : missing;
    return { next: multiplier * (1 + Math.max(-limit, Math.min(limit, change))), met: Math.abs(missing) < budgetShare };
  });
  return x;
}

/** Meets the budget by moving what is between its bounds, in proportion to its room on its nearer side; null where that is not enough. */
function onBudget({ size, budget, lower, upper }: BoundedQuadratic, x: Float64Array): Float64Array | null {
  const room = x.map((value, i) => Math.min(upper[i]! - value, value - lower[i]!));
  const share = (1 - dot(budget, 0, x, 0, size)) / dot(budget, 0, room, 0, size);
  return Math.abs(share) < 1 ? x.map((value, i) => value + share * room[i]!) : null;
}

/**
 * A feasible start within bounds, of nearly the optimum's active set. `longOnly` is the start without them, and `vertex` that where the
 * descent ends too far from the budget. Budgets must be positive.
 */
export function startWithin(program: BoundedQuadratic, longOnly: Float64Array, vertex: () => Float64Array): Float64Array {
  return onBudget(program, descendWithin(program, longOnly)) ?? vertex();
}
