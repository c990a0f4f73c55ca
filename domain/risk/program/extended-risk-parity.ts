import {
  entry,
  type Extended,
  type ExtendedVector,
  extendedVector,
  isBelow,
  minus,
  minusDot,
  negated,
  one,
  over,
  plus,
  rootOf,
  setEntry,
  times,
  zero,
} from './double-double.ts';
import { inUnits } from './equilibrated-program.ts';

/** Newton converges to all 32 digits; from this relative step on the next would move nothing that 16 digits show. */
const stepMin = 1e-20;
const stepsMax = 300;
/** Coordinates grow with the inverse root of the variance that a hedge leaves; beyond this it leaves none that 32 digits know. */
const coordinateMax = 1e15;

export interface ExtendedContributions {
  readonly weights: Float64Array;
  readonly iterations: number;
  /** Largest deviation of a contribution from its budget, measured in 32 digits. */
  readonly error: number;
  /** What the rounding of the weights to 16 digits may make of it. */
  readonly rounding: number;
}

/** Lower Cholesky factor of XQX + diag(budgets); null where a pivot is not positive. */
function factorAt(quadratic: ExtendedVector, size: number, budgets: Float64Array, x: ExtendedVector): ExtendedVector | null {
  const lower = extendedVector(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const curvature = times(times(entry(x, i), entry(x, j)), entry(quadratic, i * size + j));
      const whole = i === j ? plus(curvature, [budgets[i]!, 0]) : curvature;
      const left = minusDot(whole, lower, i * size, lower, j * size, j);
      if (i !== j) setEntry(lower, i * size + j, over(left, entry(lower, j * size + j)));
      else if (left[0] > 0) setEntry(lower, i * size + i, rootOf(left));
      else return null;
    }
  }
  return lower;
}

function solveInPlace(lower: ExtendedVector, size: number, right: ExtendedVector): void {
  for (let i = 0; i < size; i++) {
    const left = minusDot(entry(right, i), lower, i * size, right, 0, i);
    setEntry(right, i, over(left, entry(lower, i * size + i)));
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = over(entry(right, i), entry(lower, i * size + i));
    setEntry(right, i, value);
    for (let k = 0; k < i; k++) setEntry(right, k, minus(entry(right, k), times(entry(lower, i * size + k), value)));
  }
}

/** x_i (Qx)_i for each i. */
function contributionsAt(quadratic: ExtendedVector, size: number, x: ExtendedVector): ExtendedVector {
  const found = extendedVector(size);
  for (let i = 0; i < size; i++) setEntry(found, i, times(entry(x, i), negated(minusDot(zero, quadratic, i * size, x, 0, size))));
  return found;
}

/** One damped step of Newton, relative to x (Spinu 2013); the largest relative step, or null where the Hessian has no factor. */
function step(quadratic: ExtendedVector, size: number, budgets: Float64Array, x: ExtendedVector): number | null {
  const lower = factorAt(quadratic, size, budgets, x);
  if (lower === null) return null;
  const direction = contributionsAt(quadratic, size, x);
  for (let i = 0; i < size; i++) setEntry(direction, i, minus(entry(direction, i), [budgets[i]!, 0]));
  solveInPlace(lower, size, direction);
  const largest = direction.high.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const damping = largest < 0.5 ? 1 : 1 / (1 + largest);
  for (let i = 0; i < size; i++) setEntry(x, i, minus(entry(x, i), times(times(entry(x, i), entry(direction, i)), [damping, 0])));
  return largest;
}

/** Weights in 16 digits, with their contributions to the risk of the covariance as its digits stand. */
function judged(
  quadratic: ExtendedVector,
  units: Float64Array,
  budgets: Float64Array,
  x: ExtendedVector,
  iterations: number,
): ExtendedContributions {
  const size = units.length;
  let total: Extended = zero;
  for (let i = 0; i < size; i++) total = plus(total, times(entry(x, i), [units[i]!, 0]));
  const inverse = over(one, total);
  const weights = Float64Array.from(units, (unit, i) => times(times(entry(x, i), [unit, 0]), inverse)[0]);
  const held = { high: weights.map((weight, i) => weight / units[i]!), low: new Float64Array(size) };
  const contributions = contributionsAt(quadratic, size, held);
  let variance: Extended = zero;
  for (let i = 0; i < size; i++) variance = plus(variance, entry(contributions, i));
  const terms = new Float64Array(size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) terms[i] = terms[i]! + Math.abs(held.high[i]! * quadratic.high[i * size + j]! * held.high[j]!);
  const allTerms = terms.reduce((sum, value) => sum + value, 0);
  const isPositive = isBelow(zero, variance);
  let error = isPositive ? 0 : Infinity;
  let rounding = 0;
  for (let i = 0; i < size; i++) {
    if (isPositive) error = Math.max(error, Math.abs(minus(over(entry(contributions, i), variance), [budgets[i]!, 0])[0]));
    rounding = Math.max(rounding, (2 * Number.EPSILON * (terms[i]! + budgets[i]! * allTerms)) / variance[0]);
  }
  return { weights, iterations, error, rounding: isPositive ? rounding : Infinity };
}

/**
 * Weights with contributions in proportion to `budgets`, for columns that nearly hedge one another: Newton's method on
 * x'Qx/2 - sum b ln x in 32 digits. Null where they hedge one another wholly: contributions to no risk have no proportions.
 */
export function extendedRiskParity(covariance: Float64Array, size: number, budgets: Float64Array): ExtendedContributions | null {
  const { quadratic: high, units } = inUnits(covariance, size);
  const quadratic = { high, low: new Float64Array(size * size) };
  const x = { high: Float64Array.from(budgets, Math.sqrt), low: new Float64Array(size) };
  for (let iterations = 1; iterations <= stepsMax; iterations++) {
    const largest = step(quadratic, size, budgets, x);
    if (largest === null || !x.high.every((value) => value > 0 && value < coordinateMax)) return null;
    if (largest < stepMin) return judged(quadratic, units, budgets, x, iterations);
  }
  return null;
}
