import { LedgerError } from '../shared/errors.ts';

export type ProjectionMethod = 'euclidean' | 'proportional';

export interface BoundedWeights {
  /** Within their bounds, summing to one. */
  readonly weights: number[];
  /** Euclidean distance moved. */
  readonly distanceL2: number;
  readonly binding: ('lower' | 'upper' | null)[];
  /** The bounds leave one allocation only: whatever was projected had no say. */
  readonly determined: boolean;
  readonly iterations: number;
}

/** Sums of bounds may miss one by this much and still be feasible. */
const feasibilityTolerance = 1e-12;
/** Nearness at which a bound binds, and at which the sums determine the allocation. */
const bindingTolerance = 1e-9;
/** Proportional projection: residual at which it stops, and the most rounds it takes. */
const proportionalTolerance = 1e-10;
const proportionalRoundsMax = 200;

function sumOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function infeasible(why: string, evidence: Record<string, unknown>): never {
  throw new LedgerError('BoundsInfeasible', why, { evidence });
}

function isUniform(bounds: readonly number[]): boolean {
  return bounds.every((bound) => bound === bounds[0]);
}

/** Refuses bounds that no long-only allocation meets (`BoundsInfeasible`), saying which conflict and by how much. */
export function checkBounds(lower: readonly number[], upper: readonly number[], nameOf: (index: number) => string): void {
  const size = lower.length;
  for (let i = 0; i < size; i++) {
    const [low, high] = [lower[i]!, upper[i]!];
    if (!(low >= 0) || !(low < Infinity))
      infeasible(`the lower bound of ${nameOf(i)}, ${low}, is not a weight of a long-only portfolio`, {
        kind: 'lower_not_long_only',
        name: nameOf(i),
        lower: low,
        excess: -low,
      });
    if (!(low <= high))
      infeasible(`the bounds of ${nameOf(i)} are crossed: lower ${low} exceeds upper ${high} by ${low - high}`, {
        kind: 'crossed',
        name: nameOf(i),
        lower: low,
        upper: high,
        excess: low - high,
      });
  }
  const [floor, ceiling] = [sumOf(lower), sumOf(upper)];
  const named = (bounds: readonly number[]): { name: string; bound: number }[] => bounds.map((bound, i) => ({ name: nameOf(i), bound }));
  if (floor > 1 + feasibilityTolerance) {
    const why = isUniform(lower) ? `${size} times the lower bound ${lower[0]} is ${floor}` : `the lower bounds sum to ${floor}`;
    infeasible(`${why}, which exceeds 1 by ${floor - 1}`, {
      kind: 'lower_sum_exceeds_one',
      sum: floor,
      excess: floor - 1,
      bounds: named(lower),
    });
  }
  if (ceiling < 1 - feasibilityTolerance) {
    const why = isUniform(upper) ? `${size} times the upper bound ${upper[0]} is ${ceiling}` : `the upper bounds sum to ${ceiling}`;
    infeasible(`${why}, which falls short of 1 by ${1 - ceiling}`, {
      kind: 'upper_sum_below_one',
      sum: ceiling,
      excess: 1 - ceiling,
      bounds: named(upper),
    });
  }
}

function checkWeights(
  weights: readonly number[],
  lower: readonly number[],
  upper: readonly number[],
  nameOf: (index: number) => string,
): void {
  const size = weights.length;
  if (size === 0 || lower.length !== size || upper.length !== size) {
    throw new LedgerError(
      'SchemaViolation',
      `${size} weights need as many bounds: there are ${lower.length} lower and ${upper.length} upper`,
      { evidence: { weights: size, lower: lower.length, upper: upper.length } },
    );
  }
  const bad = weights.findIndex((weight) => !Number.isFinite(weight));
  if (bad >= 0)
    throw new LedgerError('SchemaViolation', `the weight of ${nameOf(bad)} is ${weights[bad]}`, {
      evidence: { name: nameOf(bad), weight: String(weights[bad]) },
    });
}

function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/**
 * The weight with the most room in the direction of the residual: among those between their bounds, else among all; -1 when none has any.
 */
function roomiest(weights: readonly number[], lower: readonly number[], upper: readonly number[], residual: number): number {
  let found = -1;
  let room = 0;
  for (const betweenOnly of [true, false]) {
    for (let i = 0; i < weights.length; i++) {
      const left = residual > 0 ? upper[i]! - weights[i]! : weights[i]! - lower[i]!;
      if (left > room && (!betweenOnly || (weights[i]! > lower[i]! && weights[i]! < upper[i]!))) [room, found] = [left, i];
    }
    if (found >= 0) return found;
  }
  return found;
}

/** Puts what rounding left of the budget on weights with room for it; one that stands at a bound leaves it only where no other can. */
function closeBudget(weights: number[], lower: readonly number[], upper: readonly number[]): void {
  for (let round = 0; round < 8; round++) {
    const residual = 1 - sumOf(weights);
    if (residual === 0) return;
    const at = roomiest(weights, lower, upper, residual);
    if (at < 0) return;
    weights[at] = clamp(weights[at]! + residual, lower[at]!, upper[at]!);
  }
}

/**
 * Nearest point of { lower <= w <= upper, sum 1 }: w_i = clamp(v_i - shift), where the shift is found exactly on the
 * line between two neighbouring breakpoints (Kiwiel 2008), not by bisection.
 */
function euclidean(
  weights: readonly number[],
  lower: readonly number[],
  upper: readonly number[],
): { weights: number[]; iterations: number } {
  const totalAt = (shift: number): number => {
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += clamp(weights[i]! - shift, lower[i]!, upper[i]!);
    return total;
  };
  const breakpoints = [...new Set(weights.flatMap((weight, i) => [weight - upper[i]!, weight - lower[i]!]))]
    .filter((at) => at > -Infinity)
    .toSorted((a, b) => a - b);
  let below = -1;
  let above = breakpoints.length;
  let iterations = 0;
  while (above - below > 1) {
    const middle = (below + above) >> 1;
    if (totalAt(breakpoints[middle]!) >= 1) below = middle;
    else above = middle;
    iterations++;
  }
  const left = below < 0 ? -Infinity : breakpoints[below]!;
  const right = above === breakpoints.length ? Infinity : breakpoints[above]!;
  let held = 0;
  let open = 0;
  let count = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i]! - upper[i]! >= right) held += upper[i]!;
    else if (weights[i]! - lower[i]! <= left) held += lower[i]!;
    else {
      open += weights[i]!;
      count++;
    }
  }
  const shift = count === 0 ? left : (open - (1 - held)) / count;
  const projected = weights.map((weight, i) => {
    if (weight - upper[i]! >= right) return upper[i]!;
    if (weight - lower[i]! <= left) return lower[i]!;
    return clamp(weight - shift, lower[i]!, upper[i]!);
  });
  return { weights: projected, iterations };
}

/** A weight that only rounding keeps from its bound stands at it. */
function snap(weight: number, low: number, high: number): number {
  if (weight - low <= feasibilityTolerance) return low;
  return high - weight <= feasibilityTolerance ? high : weight;
}

/** Clips, then shares the residual in proportion to the room left, until it is gone (docs/explanation/profiles.md#projection). */
function proportional(
  weights: readonly number[],
  lower: readonly number[],
  upper: readonly number[],
): { weights: number[]; iterations: number } {
  const moved = weights.map((weight, i) => clamp(weight, lower[i]!, upper[i]!));
  let iterations = 0;
  for (; iterations < proportionalRoundsMax; iterations++) {
    const residual = 1 - sumOf(moved);
    if (Math.abs(residual) < proportionalTolerance) break;
    const rooms = moved.map((weight, i) => (residual > 0 ? Math.min(upper[i]!, 1) - weight : weight - lower[i]!));
    const total = sumOf(rooms);
    if (!(total > 0)) break;
    for (let i = 0; i < moved.length; i++) moved[i] = clamp(moved[i]! + (residual * rooms[i]!) / total, lower[i]!, upper[i]!);
  }
  return { weights: moved.map((weight, i) => snap(weight, lower[i]!, upper[i]!)), iterations };
}

/**
 * Brings weights within per-entry bounds so that they sum to one: the Euclidean projection (the nearest such weights),
 * or the source documents' proportional redistribution. Weights already inside pass through unchanged.
 *
 * Errors: `BoundsInfeasible` (crossed bounds, a negative lower bound, sums that exclude one) with what conflicts and by
 * how much; `names` makes it name sleeves instead of positions.
 */
export function projectToBounds(
  weights: readonly number[],
  lower: readonly number[],
  upper: readonly number[],
  method: ProjectionMethod,
  names?: readonly string[],
): BoundedWeights {
  const nameOf = (index: number): string => names?.[index] ?? `weight ${index}`;
  checkWeights(weights, lower, upper, nameOf);
  checkBounds(lower, upper, nameOf);
  const isInside =
    Math.abs(sumOf(weights) - 1) <= feasibilityTolerance && weights.every((weight, i) => weight >= lower[i]! && weight <= upper[i]!);
  const found = isInside
    ? { weights: [...weights], iterations: 0 }
    : method === 'euclidean'
      ? euclidean(weights, lower, upper)
      : proportional(weights, lower, upper);
  if (!isInside) closeBudget(found.weights, lower, upper);
  const missed = Math.abs(sumOf(found.weights) - 1);
  if (!(missed <= bindingTolerance))
    throw new LedgerError('SolverFailed', `the ${method} projection missed the budget by ${missed}`, {
      evidence: { method, missed, iterations: found.iterations },
    });
  let squared = 0;
  for (let i = 0; i < weights.length; i++) squared += (found.weights[i]! - weights[i]!) * (found.weights[i]! - weights[i]!);
  return {
    weights: found.weights,
    distanceL2: Math.sqrt(squared),
    binding: found.weights.map((weight, i) =>
      weight - lower[i]! <= bindingTolerance ? 'lower' : upper[i]! - weight <= bindingTolerance ? 'upper' : null,
    ),
    determined: Math.abs(sumOf(lower) - 1) <= bindingTolerance || Math.abs(sumOf(upper) - 1) <= bindingTolerance,
    iterations: found.iterations,
  };
}
