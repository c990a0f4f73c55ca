/** What an answer to a program comes to beside Clarabel's: the gap to the better of both, and whether every bound holds. */
import { postConditionLimits } from '../../../domain/risk/certificate.ts';
import { type Extended, isBelow, minus, over, plus, times, zero } from '../../../domain/risk/program/double-double.ts';
import type { Program } from './random-program.ts';

/** Of the objective: variance, variance by squared mean, or the barrier of equal contributions. */
export const gapMax = 1e-9;
export const sumErrorMax = 1e-12;

/**
 * Gaps are shares of the better objective, but for one thing. The variance of a hedge may be nothing, and then no share of it can be asked
 * for: entries of the covariance are doubles, each right to about 1e-16 of itself, so that the variance of given weights is known to about
 * 1e-16 of the sum of |w_i Q_ij w_j| and no better. This share of that sum does not count. It is far below 1e-9 of the variance for all
 * weights but those that cancel one another to six digits and more.
 */
const roundingShare = 1e-15;

/** (Q w)_i in twice the digits, and the sum of |Q_ij w_j| beside it. */
function productRow({ covariance, size }: Program, weights: readonly number[], i: number): { value: Extended; terms: number } {
  let value = zero;
  let terms = 0;
  for (let j = 0; j < size; j++) {
    const weight = weights[j]!;
    if (weight === 0) continue;
    const entry = covariance[i * size + j]!;
    value = plus(value, times([entry, 0], [weight, 0]));
    terms += Math.abs(entry * weight);
  }
  return { value, terms };
}

interface Measured {
  readonly variance: Extended;
  /** Sum of |w_i Q_ij w_j|. */
  readonly terms: number;
  /** w_i (Q w)_i, with the sum of its own |w_i Q_ij w_j|. */
  readonly contributions: readonly { readonly value: number; readonly terms: number }[];
}

function measured(program: Program, weights: readonly number[]): Measured {
  let variance = zero;
  let terms = 0;
  const contributions = weights.map((weight, i) => {
    if (weight === 0) return { value: 0, terms: 0 };
    const row = productRow(program, weights, i);
    const value = times(row.value, [weight, 0]);
    variance = plus(variance, value);
    terms += Math.abs(weight) * row.terms;
    return { value: value[0], terms: Math.abs(weight) * row.terms };
  });
  return { variance, terms, contributions };
}

function squaredMean({ means, solver }: Program, weights: readonly number[]): Extended {
  if (solver !== 'maximum Sharpe') return [1, 0];
  const mean = weights.reduce((sum, weight, i) => plus(sum, times([means[i]!, 0], [weight, 0])), zero);
  return times(mean, mean);
}

/** Excess of one answer over another as a share of the lesser, without what rounding makes of it; 0 or less where it is no worse. */
function relativeExcess(program: Program, ours: readonly number[], theirs: readonly number[]): number {
  const [own, other] = [measured(program, ours), measured(program, theirs)];
  const [ownScale, otherScale] = [squaredMean(program, ours), squaredMean(program, theirs)];
  const [ownValue, otherValue] = [over(own.variance, ownScale), over(other.variance, otherScale)];
  if (!isBelow(otherValue, ownValue)) return 0;
  const unknown = roundingShare * (own.terms / ownScale[0] + other.terms / otherScale[0]);
  const excess = minus(ownValue, otherValue)[0] - unknown;
  return excess <= 0 ? 0 : excess / Math.max(otherValue[0], Number.MIN_VALUE);
}

/**
 * log(variance) / 2 - sum(log w) / n, least where contributions are equal. It is the barrier's objective at its best scale, and a
 * difference in it is a share of the volatility per geometric mean of the weights: it needs no further scale.
 */
function barrier({ variance }: Measured, weights: readonly number[]): number {
  return Math.log(variance[0]) / 2 - weights.reduce((sum, weight) => sum + Math.log(weight), 0) / weights.length;
}

/**
 * Largest deviation of a contribution from the mean one, as a share of it, without what rounding makes of either: a weight is a double, and
 * what a hedged column contributes moves by 1e-16 of its terms with the last bit of the weight. The mean moves with all of them.
 */
function unevenness({ contributions, variance, terms }: Measured): number {
  const mean = variance[0] / contributions.length;
  const unknownMean = terms / contributions.length;
  return Math.max(...contributions.map((one) => (Math.abs(one.value - mean) - roundingShare * (one.terms + unknownMean)) / mean));
}

/**
 * Whether weights are a solution at all. Clarabel calls solved what meets its tolerances. Where columns hedge one another to the last
 * digits equal contributions need weights that it does not find: there its contributions are off by a tenth or many times their size. An
 * answer counts from the deviation on that this side certifies.
 */
export function isSolution(program: Program, weights: readonly number[]): boolean {
  if (program.solver !== 'equal risk contribution') return true;
  const { contributions, variance } = measured(program, weights);
  const [total] = variance;
  return contributions.every(({ value }) => Math.abs(value / total - 1 / program.size) <= postConditionLimits.riskContributionError);
}

function equalRiskGap(program: Program, ours: readonly number[], theirs: readonly number[]): number {
  const [own, other] = [measured(program, ours), measured(program, theirs)];
  const unknown = roundingShare * (own.terms / own.variance[0] + other.terms / other.variance[0]);
  return Math.max(unevenness(own), barrier(own, ours) - barrier(other, theirs) - unknown);
}

/** How much worse this side's weights are than Clarabel's; 0 or less where they are no worse. */
export function gapOf(program: Program, ours: readonly number[], theirs: readonly number[]): number {
  return program.solver === 'equal risk contribution' ? equalRiskGap(program, ours, theirs) : relativeExcess(program, ours, theirs);
}

/** What bounds or sum the weights break; `null` where they hold: bounds exactly, the sum to 1e-12. */
export function brokenBy({ lower, upper }: Program, weights: readonly number[]): string | null {
  const outside = weights.findIndex((weight, i) => !(weight >= lower[i]! && weight <= upper[i]!));
  if (outside >= 0) return `weight ${outside} is ${weights[outside]}, not from ${lower[outside]} to ${upper[outside]}`;
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Math.abs(sum - 1) <= sumErrorMax ? null : `the weights sum to ${sum}`;
}

/**
 * An interior point ends a rounding outside its bounds or off the sum: the nearest weights within, so that its objective is one that
 * counts.
 */
export function putWithin({ lower, upper }: Program, weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const within = weights.map((weight, i) => Math.min(Math.max(weight / total, lower[i]!), upper[i]!));
  const missing = 1 - within.reduce((sum, weight) => sum + weight, 0);
  const room = within.map((weight, i) => (missing > 0 ? upper[i]! - weight : weight - lower[i]!));
  const rooms = room.reduce((sum, value) => sum + value, 0);
  return rooms === 0 ? within : within.map((weight, i) => weight + (missing * room[i]!) / rooms);
}
