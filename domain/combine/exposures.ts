import { ExactSum } from './exact-sum.ts';
import type { CombinationConstraints, Violations } from './schemas.ts';

export interface Exposures {
  /** Sum of absolute weights. */
  readonly gross: number;
  /** Sum of weights. */
  readonly net: number;
  /** Sum of absolute changes against the previous weights; null without them. */
  readonly turnover: number | null;
}

export function exposuresOf(weights: Float64Array, previous: Float64Array | null): Exposures {
  const gross = new ExactSum();
  const net = new ExactSum();
  const turnover = new ExactSum();
  for (let i = 0; i < weights.length; i++) {
    gross.add(Math.abs(weights[i]!));
    net.add(weights[i]!);
    if (previous !== null) turnover.add(Math.abs(weights[i]! - previous[i]!));
  }
  return { gross: gross.value, net: net.value, turnover: previous === null ? null : turnover.value };
}

/** By how much weights break each cap; negative where they keep it with room to spare. */
export interface Excesses {
  readonly bounds: number;
  readonly gross: number;
  readonly net: number;
  readonly turnover: number;
}

function outsideBounds(weights: Float64Array, { lower, upper }: CombinationConstraints): number {
  let most = -Infinity;
  for (let i = 0; i < weights.length; i++) most = Math.max(most, weights[i]! - upper, lower - weights[i]!);
  return most;
}

export function excessesOf(weights: Float64Array, previous: Float64Array | null, constraints: CombinationConstraints): Excesses {
  const { gross, net, turnover } = exposuresOf(weights, previous);
  const { grossCap, netCap, turnoverCap } = constraints;
  return {
    bounds: outsideBounds(weights, constraints),
    gross: gross - grossCap,
    net: Math.abs(net) - netCap,
    turnover: turnover === null || turnoverCap === null ? -Infinity : turnover - turnoverCap,
  };
}

/** Nearness at which a cap counts as kept, in flags and in the sequential loop (the source's 1e-6). */
const violationTolerance = 1e-6;

const isBroken = (excess: number): boolean => excess > violationTolerance;

export function violationsIn({ bounds, gross, net, turnover }: Excesses): Violations {
  return { bounds: isBroken(bounds), gross: isBroken(gross), net: isBroken(net), turnover: isBroken(turnover) };
}

export function isAnyBroken({ bounds, gross, net, turnover }: Violations): boolean {
  return bounds || gross || net || turnover;
}
