import { excessesOf, exposuresOf, isAnyBroken, violationsIn } from './exposures.ts';
import type { CappedTotal } from './infeasibility.ts';
import type { Violations } from './schemas.ts';

export const sequentialRoundsMax = 100;

export interface Sequential {
  readonly weights: Float64Array;
  readonly initial: Violations;
  readonly final: Violations;
  readonly rounds: number;
  /** The rounds ran out with a cap still broken. */
  readonly isUnresolved: boolean;
}

/** Trades are scaled down to the cap. */
function limitTurnover(weights: Float64Array, previous: Float64Array, cap: number): void {
  const turnover = exposuresOf(weights, previous).turnover!;
  if (turnover <= cap) return;
  for (let i = 0; i < weights.length; i++) weights[i] = previous[i]! + (weights[i]! - previous[i]!) * (cap / turnover);
}

function limitGross(weights: Float64Array, cap: number): void {
  const { gross } = exposuresOf(weights, null);
  if (gross <= cap) return;
  for (let i = 0; i < weights.length; i++) weights[i] = weights[i]! * (cap / gross);
}

/** Every weight is shifted by the same amount. */
function limitNet(weights: Float64Array, cap: number): void {
  const { net } = exposuresOf(weights, null);
  if (Math.abs(net) <= cap) return;
  const shift = (net - (net > 0 ? cap : -cap)) / weights.length;
  for (let i = 0; i < weights.length; i++) weights[i] = weights[i]! - shift;
}

/**
 * The source's loop: clip, turnover, gross, net, until all are kept within 1e-6. It is no projection: what it ends at is feasible, not
 * nearest, and it may not end.
 */
export function sequentially({ total, previous, constraints }: CappedTotal): Sequential {
  const { lower, upper, grossCap, netCap, turnoverCap } = constraints;
  const weights = Float64Array.from(total);
  const violations = (): Violations => violationsIn(excessesOf(weights, previous, constraints));
  const initial = violations();
  let final = initial;
  let rounds = 0;
  while (isAnyBroken(final) && rounds < sequentialRoundsMax) {
    for (let i = 0; i < weights.length; i++) weights[i] = Math.min(Math.max(weights[i]!, lower), upper);
    if (previous !== null && turnoverCap !== null) limitTurnover(weights, previous, turnoverCap);
    limitGross(weights, grossCap);
    limitNet(weights, netCap);
    rounds++;
    final = violations();
  }
  return { weights, initial, final, rounds, isUnresolved: isAnyBroken(final) };
}
