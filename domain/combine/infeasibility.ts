import { boxOf } from './box.ts';
import { type Caps, leastGross, leastNet, leastTurnover, type Reach, reachOf } from './reach.ts';
import { type CapName, capNames, type CapRepair, type CombinationConstraints, type Infeasibility } from './schemas.ts';

/** What caps are set on. */
export interface CappedTotal {
  readonly total: Float64Array;
  readonly previous: Float64Array | null;
  readonly constraints: CombinationConstraints;
  readonly noFlip: boolean;
}

/** A cap that misses its smallest value by this much still leaves weights. */
export const feasibilityTolerance = 1e-9;

/** Of a sum of that many numbers: where another cap stands at its smallest value, rounding alone would refuse every widening. */
const roundingShare = 1e-15;

function cappedTurnover({ previous, constraints }: CappedTotal): number | null {
  return previous === null ? null : constraints.turnoverCap;
}

/** Caps as they are given; a turnover cap that is not in force is infinite. */
export function givenCaps(capped: CappedTotal): Caps {
  const { grossCap, netCap } = capped.constraints;
  return { gross: grossCap, net: netCap, turnover: cappedTurnover(capped) ?? Infinity };
}

/** Caps in force, in the order of `capNames`. */
export function capsInForce(capped: CappedTotal): CapName[] {
  return capNames.filter((cap) => cap !== 'turnover' || cappedTurnover(capped) !== null);
}

function reachWithin({ total, previous, constraints, noFlip }: CappedTotal, widening: number, tolerance: number): Reach | null {
  return reachOf(boxOf(total, constraints, noFlip, widening), previous, tolerance);
}

function isReached(reach: Reach | null, caps: Caps, tolerance: number): boolean {
  if (reach === null) return false;
  const turnover = leastTurnover(reach, caps, tolerance);
  return turnover !== null && turnover <= caps.turnover + tolerance;
}

/** Whether some weights keep all caps. */
export function isFeasible(capped: CappedTotal): boolean {
  return isReached(reachWithin(capped, 0, feasibilityTolerance), givenCaps(capped), feasibilityTolerance);
}

/** Whether some weights keep these caps, whatever the others say. */
function isFeasibleUnder(capped: CappedTotal, kept: ReadonlySet<CapName>): boolean {
  const caps = givenCaps(capped);
  const open = kept.has('bounds') ? capped : { ...capped, noFlip: false };
  const some: Caps = {
    gross: kept.has('gross') ? caps.gross : Infinity,
    net: kept.has('net') ? caps.net : Infinity,
    turnover: kept.has('turnover') ? caps.turnover : Infinity,
  };
  const reach = reachWithin(open, kept.has('bounds') ? 0 : Infinity, feasibilityTolerance);
  return isReached(reach, some, feasibilityTolerance);
}

const ranksOf = (subset: readonly CapName[]): number[] => subset.map((name) => capNames.indexOf(name));

function subsetsBySize(names: readonly CapName[]): CapName[][] {
  const subsets = Array.from({ length: (1 << names.length) - 1 }, (_, index) =>
    names.filter((__, bit) => ((index + 1) & (1 << bit)) !== 0),
  );
  return subsets.toSorted((left, right) => {
    if (left.length !== right.length) return left.length - right.length;
    const [one, other] = [ranksOf(left), ranksOf(right)];
    const at = one.findIndex((value, index) => value !== other[index]);
    return at < 0 ? 0 : one[at]! - other[at]!;
  });
}

/** Every irreducible conflict: a set of caps that cannot be kept together, while each smaller one can. */
function conflictsOf(capped: CappedTotal): CapName[][] {
  const conflicts: CapName[][] = [];
  for (const subset of subsetsBySize(capsInForce(capped))) {
    const kept = new Set(subset);
    const isReducible = conflicts.some((conflict) => conflict.every((name) => kept.has(name)));
    if (!isReducible && !isFeasibleUnder(capped, kept)) conflicts.push(subset);
  }
  return conflicts;
}

const doublingsMax = 1100;

/** Smallest number from which on a test holds, to the last bit; null where it never does. */
function leastThat(suffices: (value: number) => boolean): number | null {
  if (!suffices(Infinity)) return null;
  let above = 1;
  for (let doubling = 0; !suffices(above); doubling++) {
    if (doubling === doublingsMax) return null;
    above *= 2;
  }
  let below = 0;
  for (let middle = above / 2; middle > below && middle < above; middle = below + (above - below) / 2) {
    if (suffices(middle)) above = middle;
    else below = middle;
  }
  return above;
}

/** Smallest widening of both bounds that leaves weights; null where no bounds do. */
function leastWidening(capped: CappedTotal): number | null {
  const { total, constraints, previous } = capped;
  const caps = givenCaps(capped);
  let largest = Math.max(1, Math.abs(constraints.lower), Math.abs(constraints.upper));
  for (let i = 0; i < total.length; i++) largest = Math.max(largest, Math.abs(previous?.[i] ?? 0));
  const tolerance = roundingShare * total.length * largest;
  return leastThat((widening) => isReached(reachWithin(capped, widening, 0), caps, tolerance));
}

function repairOf(capped: CappedTotal, cap: CapName): CapRepair {
  const { constraints } = capped;
  if (cap === 'bounds') return { cap, current: 0, smallest: leastWidening(capped) };
  const reach = reachWithin(capped, 0, feasibilityTolerance);
  const caps = givenCaps(capped);
  switch (cap) {
    case 'gross':
      return { cap, current: constraints.grossCap, smallest: reach && leastGross(reach, caps, feasibilityTolerance) };
    case 'net':
      return { cap, current: constraints.netCap, smallest: reach && leastNet(reach, caps, feasibilityTolerance) };
    case 'turnover':
      return { cap, current: caps.turnover, smallest: reach && leastTurnover(reach, caps, feasibilityTolerance) };
  }
}

/** Why no weights keep all caps, and what each cap would have to be, the others fixed. */
export function infeasibilityOf(capped: CappedTotal): Infeasibility {
  return { conflicts: conflictsOf(capped), repairs: capsInForce(capped).map((cap) => repairOf(capped, cap)) };
}

/**
 * Caps that leave weights in doubles: those given, or where they miss that by the tolerance at most, wider by no more than twice what it
 * takes. The total must be feasible.
 */
export function attainableCaps(capped: CappedTotal): Caps {
  const given = givenCaps(capped);
  const reach = reachWithin(capped, 0, feasibilityTolerance);
  const wider = (by: number): Caps => ({ gross: given.gross + by, net: given.net + by, turnover: given.turnover + by });
  if (isReached(reach, given, 0)) return given;
  let by = Number.EPSILON;
  while (by < feasibilityTolerance && !isReached(reach, wider(by), 0)) by = Math.min(2 * by, feasibilityTolerance);
  return wider(by);
}
