import { LedgerError } from '../../shared/errors.ts';
import { cholesky } from '../cholesky.ts';
import { dot } from '../cross-products.ts';
import { ConstraintBasis } from './constraint-basis.ts';

/** A row a of constraints: a'x = bound, or a'x >= bound. */
export interface ConstraintRow {
  readonly normal: Float64Array;
  readonly bound: number;
}

/** Least x'Qx under linear constraints, Q symmetric positive definite. */
export interface ConstrainedQuadratic {
  /** size x size, row-major. */
  readonly quadratic: Float64Array;
  readonly size: number;
  readonly equalities: readonly ConstraintRow[];
  readonly inequalities: readonly ConstraintRow[];
}

export interface ConstrainedSolution {
  readonly x: Float64Array;
  /** Largest violation of stationarity, sign or constraint, relative to the largest term of the gradient. */
  readonly kktResidual: number;
  /** What rounding alone may make of it. */
  readonly rounding: number;
  readonly iterations: number;
}

/** A violation below this share of the sizes in a row is rounding. */
const violationShare = 1e-13;
/** Rounds of refinement at the end, on the constraints that hold there. */
const refinements = 2;

/** The point, and the constraints that it stands on with their multipliers. */
interface Walk {
  readonly rows: readonly ConstraintRow[];
  readonly basis: ConstraintBasis;
  readonly x: Float64Array;
  /** Numbers of the rows that hold, in the order of the basis. */
  readonly held: number[];
  readonly multipliers: number[];
  /** Rows before this number are equalities, and never leave. */
  readonly equalities: number;
  iterations: number;
}

function refuse(why: string, evidence: Record<string, unknown>): never {
  throw new LedgerError('SolverFailed', why, { evidence });
}

const slackOf = (x: Float64Array, { normal, bound }: ConstraintRow): number => dot(normal, 0, x, 0, x.length) - bound;

const largestOf = (values: Float64Array): number => values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);

/** The inequality that is violated most, by more than rounding; -1 where all hold. */
function worstOf({ rows, x, held, equalities }: Walk): number {
  const reach = largestOf(x);
  let worst = -1;
  let most = 0;
  for (let k = equalities; k < rows.length; k++) {
    const row = rows[k]!;
    const slack = slackOf(x, row);
    if (slack >= most || -slack <= violationShare * (reach * largestOf(row.normal) + Math.abs(row.bound)) || held.includes(k)) continue;
    [worst, most] = [k, slack];
  }
  return worst;
}

/** The inequality whose multiplier is used up first, and by what step. */
function firstUsedUp({ held, multipliers, equalities }: Walk, falls: Float64Array): { place: number; step: number } {
  let place = -1;
  let step = Infinity;
  held.forEach((k, at) => {
    if (k < equalities || !(falls[at]! > 0)) return;
    const until = multipliers[at]! / falls[at]!;
    if (until < step) [place, step] = [at, until];
  });
  return { place, step };
}

/** Makes a row hold: moves along the constraints that hold already, and lets go of those whose multipliers are used up. */
function admit(walk: Walk, k: number): void {
  const { rows, basis, x, held, multipliers, equalities } = walk;
  const row = rows[k]!;
  let multiplier = 0;
  for (;;) {
    walk.iterations++;
    const { along, falls, gain } = basis.directionsFor(row.normal);
    const used = k < equalities ? { place: -1, step: Infinity } : firstUsedUp(walk, falls);
    const whole = gain > 0 ? -slackOf(x, row) / gain : Infinity;
    const step = k < equalities ? whole : Math.min(used.step, whole);
    if (step === Infinity) refuse('the constraints leave no point', { constraint: k, held: held.length });
    if (whole < Infinity) for (let i = 0; i < x.length; i++) x[i] = x[i]! + step * along[i]!;
    for (let at = 0; at < held.length; at++) multipliers[at] = multipliers[at]! - step * falls[at]!;
    multiplier += step;
    if (step === whole) {
      basis.add(row.normal);
      held.push(k);
      multipliers.push(multiplier);
      return;
    }
    basis.drop(used.place);
    held.splice(used.place, 1);
    multipliers.splice(used.place, 1);
  }
}

/** Qx less the constraints that hold times their multipliers, negated: what is left of stationarity. */
function stationarityLeft({ quadratic, size }: ConstrainedQuadratic, { x, rows, held, multipliers }: Walk): Float64Array {
  const left = new Float64Array(size);
  for (let i = 0; i < size; i++) left[i] = -dot(quadratic, i * size, x, 0, size);
  held.forEach((k, at) => {
    const { normal } = rows[k]!;
    for (let i = 0; i < size; i++) left[i] = left[i]! + multipliers[at]! * normal[i]!;
  });
  return left;
}

function refine(problem: ConstrainedQuadratic, walk: Walk): void {
  const { x, rows, held, multipliers, basis } = walk;
  const missed = Float64Array.from(held, (k) => -slackOf(x, rows[k]!));
  const { move, change } = basis.correction(stationarityLeft(problem, walk), missed);
  for (let i = 0; i < x.length; i++) x[i] = x[i]! + move[i]!;
  for (let at = 0; at < held.length; at++) multipliers[at] = multipliers[at]! + change[at]!;
}

function judged(problem: ConstrainedQuadratic, walk: Walk): Pick<ConstrainedSolution, 'kktResidual' | 'rounding'> {
  const { quadratic, size } = problem;
  const { x, rows, held, multipliers, equalities } = walk;
  let gradient = 0;
  let terms = 0;
  for (let i = 0; i < size; i++) {
    let sum = 0;
    let absolute = 0;
    for (let j = 0; j < size; j++) {
      sum += quadratic[i * size + j]! * x[j]!;
      absolute += Math.abs(quadratic[i * size + j]! * x[j]!);
    }
    gradient = Math.max(gradient, Math.abs(sum));
    terms = Math.max(terms, absolute);
  }
  let worst = largestOf(stationarityLeft(problem, walk)) / gradient;
  held.forEach((k, at) => {
    if (k >= equalities) worst = Math.max(worst, -multipliers[at]! / gradient);
  });
  rows.forEach((row, k) => {
    const slack = slackOf(x, row);
    worst = Math.max(worst, k < equalities ? Math.abs(slack) : -slack);
  });
  return { kktResidual: worst, rounding: ((size + 4) * Number.EPSILON * terms) / gradient };
}

/**
 * The dual active-set method of Goldfarb and Idnani (1983): from the free minimum, x = 0, the constraint that is violated most is made to
 * hold, until none is violated; then the equations of those that hold are refined. Exact in finitely many steps.
 *
 * Errors: `SolverFailed` for a matrix that is singular to rounding, and where the constraints leave no point.
 */
export function solveDual(problem: ConstrainedQuadratic): ConstrainedSolution {
  const { quadratic, size, equalities, inequalities } = problem;
  const factor = cholesky(quadratic, size);
  if (!factor.ok) refuse('the quadratic form is singular to rounding', { column: factor.at, pivotShare: factor.pivotShare });
  const walk: Walk = {
    rows: [...equalities, ...inequalities],
    basis: new ConstraintBasis(factor.lower, size),
    x: new Float64Array(size),
    held: [],
    multipliers: [],
    equalities: equalities.length,
    iterations: 0,
  };
  equalities.forEach((_, k) => admit(walk, k));
  const stepsMax = 100 + 20 * (size + inequalities.length);
  for (let worst = worstOf(walk); worst >= 0; worst = worstOf(walk)) {
    if (walk.iterations > stepsMax) refuse(`no optimum after ${stepsMax} steps`, { iterations: walk.iterations });
    admit(walk, worst);
  }
  for (let round = 0; round < refinements; round++) refine(problem, walk);
  return { x: walk.x, iterations: walk.iterations, ...judged(problem, walk) };
}
