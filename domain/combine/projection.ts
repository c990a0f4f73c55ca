import { type DualPoint, dualAt, type Multipliers, type ProjectionProblem } from './dual.ts';
import { bestStep, dot, type SymmetricMatrix, type Triple, withoutFlatNoise } from './quadratic-model.ts';

export interface Projected {
  readonly weights: Float64Array;
  readonly multipliers: Multipliers;
}

const stepsMax = 100;
/** By which caps are wider where they leave a set without thickness, in which rounding decides what is inside. */
const thickness = 1e-12;
const searchesMax = 120;
/** A step along which the slope has fallen to this share is long enough. */
const slopeShare = 0.1;
/** Added to the diagonal of the model, so that directions in which nothing moves have a length. */
const regularisation = 1e-9;
/** A slope of so many times its rounding, in a direction in which nothing moves, is rounding too. */
const flatNoise = 64;

/** The dual on one side of zero net exposure: all multipliers are zero or above there. */
class DualSide {
  readonly #problem: ProjectionProblem;
  readonly #side: 1 | -1;
  /** Far enough for a first try of any step: no weight differs from its target by more. */
  readonly reach: number;

  constructor(problem: ProjectionProblem, side: 1 | -1) {
    this.#problem = problem;
    this.#side = side;
    const { target, previous, box } = problem;
    let reach = 0;
    for (let i = 0; i < target.length; i++)
      reach = Math.max(reach, Math.abs(target[i]!), Math.abs(previous[i]!), Math.abs(box.lower[i]!), Math.abs(box.upper[i]!));
    this.reach = 4 * reach;
  }

  multipliersAt([gross, net, turnover]: Triple): Multipliers {
    return { gross, net: this.#side * net + 0, turnover };
  }

  at(point: Triple): DualPoint {
    return dualAt(this.#problem, this.multipliersAt(point));
  }

  slopeOf({ gross, net, turnover }: DualPoint): Triple {
    const { caps } = this.#problem;
    return [gross - caps.gross, this.#side * net - caps.net, caps.turnover === Infinity ? 0 : turnover - caps.turnover];
  }

  /** Less the Hessian, made definite. */
  curvatureOf({ moving: { count, signs, changes, products } }: DualPoint): SymmetricMatrix {
    const side = this.#side;
    const more = count + regularisation;
    return [
      [more, side * signs, products],
      [side * signs, more, side * changes],
      [products, side * changes, more],
    ];
  }

  /** Rounding that the slope cannot be told from: the last bit of a multiplier moves every weight that moves. */
  noiseAt(point: Triple, { gross, turnover, moving }: DualPoint): number {
    const bit = Math.max(moving.scale, ...point);
    return Number.EPSILON * ((moving.count + 8) * bit + gross + turnover);
  }
}

const along = (start: Triple, step: Triple, length: number): Triple => [
  Math.max(0, start[0] + length * step[0]),
  Math.max(0, start[1] + length * step[1]),
  Math.max(0, start[2] + length * step[2]),
];

/** The part of a step that is no longer than `reach`. */
function limited(step: Triple, reach: number): Triple {
  const longest = Math.max(Math.abs(step[0]), Math.abs(step[1]), Math.abs(step[2]));
  const share = longest > reach ? reach / longest : 1;
  return [share * step[0], share * step[1], share * step[2]];
}

/** Where along a step a multiplier would fall below zero. */
function lengthMaxOf(start: Triple, step: Triple): number {
  return start.reduce((least, value, index) => (step[index]! < 0 ? Math.min(least, -value / step[index]!) : least), Infinity);
}

interface Mark {
  readonly length: number;
  readonly slope: number;
}

/** Between two marks: the middle of their lengths, or of the orders of magnitude where they are far apart. */
function middleOf(near: Mark, far: Mark): number {
  return near.length > 0 && far.length > 4 * near.length ? Math.sqrt(near.length) * Math.sqrt(far.length) : (near.length + far.length) / 2;
}

/** Narrows a bracket down to a near end whose slope is small enough. */
function searched(slopeAt: (length: number) => number, from: Mark, to: Mark, enough: number): number {
  let [near, far] = [from, to];
  for (let search = 0; search < searchesMax && near.slope > enough; search++) {
    // A little short of the secant's root, where the slope is still up; every other time the middle, as the far slope may say nothing.
    const secant = near.length + 0.98 * (far.length - near.length) * (near.slope / (near.slope - far.slope));
    const isInside = search % 2 === 0 && secant > near.length && secant < far.length;
    const length = isInside ? secant : middleOf(near, far);
    if (!(length > near.length && length < far.length)) break;
    const mark = { length, slope: slopeAt(length) };
    if (mark.slope >= 0) near = mark;
    else far = mark;
  }
  return near.length;
}

/**
 * How far along a step the dual still rises, up to where its slope is nearly used up. The slope along a line falls steadily, so that the
 * near end of a bracket is always higher than the start.
 */
function lengthOf(side: DualSide, start: Triple, step: Triple, first: number): number {
  const slopeAt = (length: number): number => {
    const point = along(start, step, length);
    const value = side.at(point);
    const noise = side.noiseAt(point, value);
    const [gross, net, turnover] = side.slopeOf(value).map((slope) => (Math.abs(slope) <= noise ? 0 : slope));
    // In a direction in which no weight moves any more, rounding would lead on without end.
    return dot([gross!, net!, turnover!], step);
  };
  const lengthMax = lengthMaxOf(start, step);
  const enough = slopeShare * first;
  let near: Mark = { length: 0, slope: first };
  let far: Mark = { length: 1, slope: slopeAt(1) };
  for (let factor = 4; far.slope > enough && far.length < lengthMax; factor = Math.min(factor * factor, 1_048_576)) {
    near = far;
    const length = Math.min(far.length * factor, lengthMax);
    far = { length, slope: slopeAt(length) };
  }
  return far.slope >= 0 ? far.length : searched(slopeAt, near, far, enough);
}

interface Maximum {
  readonly point: Triple;
  readonly value: DualPoint;
  readonly isSettled: boolean;
}

/** Maximises the dual over the multipliers in `open`, from a start on. */
function maximise(side: DualSide, from: Triple, open: readonly number[]): Maximum {
  let point = from;
  for (let taken = 0; ; taken++) {
    const value = side.at(point);
    const slope = side.slopeOf(value);
    const remaining = open.map((index) => (point[index]! > 0 ? Math.abs(slope[index]!) : Math.max(0, slope[index]!)));
    if (remaining.every((one) => one <= side.noiseAt(point, value))) return { point, value, isSettled: true };
    if (taken === stepsMax) return { point, value, isSettled: false };
    const curvature = side.curvatureOf(value);
    const clear = withoutFlatNoise(curvature, regularisation, slope, open, flatNoise * side.noiseAt(point, value));
    const step = limited(bestStep(curvature, clear, point, open), side.reach);
    const rise = dot(clear, step);
    const length = rise > 0 ? lengthOf(side, point, step, rise) : 0;
    const next = along(point, step, length);
    // Where no multiplier changes any more, what remains is the rounding of the slope: the certificate judges it.
    if (next.every((multiplier, index) => multiplier === point[index])) return { point, value, isSettled: true };
    point = next;
  }
}

function solved(problem: ProjectionProblem): Projected & Pick<Maximum, 'isSettled'> {
  const withTurnover = problem.caps.turnover < Infinity ? [2] : [];
  const upward = new DualSide(problem, 1);
  const withoutNet = maximise(upward, [0, 0, 0], [0, ...withTurnover]);
  const { net, weights } = withoutNet.value;
  if (Math.abs(net) - problem.caps.net <= upward.noiseAt(withoutNet.point, withoutNet.value))
    return { weights, multipliers: upward.multipliersAt(withoutNet.point), isSettled: withoutNet.isSettled };
  // The dual is concave in the multiplier of the net: which way it rises from zero is where its maximum is.
  const side = new DualSide(problem, net > 0 ? 1 : -1);
  const { value, point, isSettled } = maximise(side, withoutNet.point, [0, 1, ...withTurnover]);
  return { weights: value.weights, multipliers: side.multipliersAt(point), isSettled };
}

/**
 * The nearest weights to a target in a box, with sum of absolute weights, absolute sum and turnover under their caps. In the multipliers of
 * the three caps every weight has a closed form, and the dual is concave, smooth and quadratic piece by piece: Newton's method with a model
 * that keeps multipliers at zero or above ends on the right piece and solves it exactly. The set must not be empty.
 *
 * Where caps stand exactly at their smallest values, some sets are so thin that rounding hides which way the dual rises; they are solved
 * under caps wider by 1e-12. What does not settle then either is for the certificate to judge.
 */
export function projectOntoCaps(problem: ProjectionProblem): Projected {
  const first = solved(problem);
  if (first.isSettled) return first;
  const { gross, net, turnover } = problem.caps;
  return solved({ ...problem, caps: { gross: gross + thickness, net: net + thickness, turnover: turnover + thickness } });
}
