import type { Box } from './box.ts';
import { crossingOf } from './box.ts';
import { ExactSum } from './exact-sum.ts';

/**
 * Which exposures weights of a box can have. Every weight starts at the point of its bounds that is nearest to the previous weight, and
 * each unit that it moves from there costs one unit of turnover and changes net and gross by one. So assets matter by their sums alone: how
 * far positive weights can fall to zero, negative ones rise to zero, and weights grow beyond zero on either side.
 */
export interface Reach {
  readonly gross: number;
  readonly net: number;
  readonly turnover: number;
  /** Positive weights toward zero: net and gross fall. */
  readonly fall: number;
  /** Negative weights toward zero: net rises, gross falls. */
  readonly rise: number;
  /** Weights away from zero, upward and downward: gross rises. */
  readonly beyondUp: number;
  readonly beyondDown: number;
}

export interface Caps {
  readonly gross: number;
  readonly net: number;
  readonly turnover: number;
}

/** What rounding may take off or add where two ends meet. */
export type Tolerance = number;

/** Null where a bound leaves no value, by more than the tolerance. */
export function reachOf(box: Box, previous: Float64Array | null, tolerance: Tolerance): Reach | null {
  const { lower, upper } = box;
  if (crossingOf(box) > tolerance) return null;
  const sums = Array.from({ length: 7 }, () => new ExactSum());
  const [gross, net, turnover, fall, rise, beyondUp, beyondDown] = sums as [
    ExactSum,
    ExactSum,
    ExactSum,
    ExactSum,
    ExactSum,
    ExactSum,
    ExactSum,
  ];
  let isOpenUp = false;
  let isOpenDown = false;
  for (let i = 0; i < lower.length; i++) {
    const [low, high] = [lower[i]!, Math.max(lower[i]!, upper[i]!)];
    const from = previous === null ? 0 : previous[i]!;
    const start = from < low ? low : from > high ? high : from;
    gross.add(Math.abs(start));
    net.add(start);
    turnover.add(Math.abs(start - from));
    if (start > 0) fall.add(start - Math.max(low, 0));
    if (start < 0) rise.add(Math.min(high, 0) - start);
    if (high === Infinity) isOpenUp = true;
    else if (high > 0) beyondUp.add(high - Math.max(start, 0));
    if (low === -Infinity) isOpenDown = true;
    else if (low < 0) beyondDown.add(Math.min(start, 0) - low);
  }
  return {
    gross: gross.value,
    net: net.value,
    turnover: turnover.value,
    fall: fall.value,
    rise: rise.value,
    beyondUp: isOpenUp ? Infinity : beyondUp.value,
    beyondDown: isOpenDown ? Infinity : beyondDown.value,
  };
}

/** A range of numbers; null where its ends cross by more than the tolerance. */
type Range = readonly [number, number] | null;

function rangeOf(low: number, high: number, tolerance: Tolerance): Range {
  if (low > high + tolerance) return null;
  return low > high ? [low, low] : [low, high];
}

/**
 * Falls and rises alone: by how much they may move in all. A fall of `(moved + lean) / 2` and a rise of `(moved - lean) / 2` bring the net
 * to `net - lean`, which the cap bounds on both sides.
 */
function towardZero(reach: Reach, caps: Caps, tolerance: Tolerance): Range {
  const { gross, net, turnover, fall, rise } = reach;
  const [leanMin, leanMax] = [net - caps.net, net + caps.net];
  return rangeOf(
    Math.max(0, gross - caps.gross, leanMin, -leanMax),
    Math.min(2 * fall - leanMin, 2 * rise + leanMax, fall + rise, caps.turnover - turnover),
    tolerance,
  );
}

/** Beyond zero on one side, once everything that could move toward zero in that direction has done so: by how much. */
function beyondZero(reach: Reach, caps: Caps, side: 'up' | 'down', tolerance: Tolerance): Range {
  const toZero = side === 'down' ? reach.fall : reach.rise;
  const room = side === 'down' ? reach.beyondDown : reach.beyondUp;
  const net = side === 'down' ? reach.net - toZero : -(reach.net + toZero);
  return rangeOf(
    Math.max(0, net - caps.net),
    Math.min(room, net + caps.net, caps.gross - reach.gross + toZero, caps.turnover - reach.turnover - toZero),
    tolerance,
  );
}

const least = (values: readonly (number | null)[]): number | null => {
  const found = values.filter((value) => value !== null);
  return found.length === 0 ? null : Math.min(...found);
};

/** Smallest turnover of weights within the other caps; null where there are none. */
export function leastTurnover(reach: Reach, caps: Caps, tolerance: Tolerance): number | null {
  const open = { ...caps, turnover: Infinity };
  const toward = towardZero(reach, open, tolerance);
  const down = beyondZero(reach, open, 'down', tolerance);
  const up = beyondZero(reach, open, 'up', tolerance);
  return least([
    toward === null ? null : reach.turnover + toward[0],
    down === null ? null : reach.turnover + reach.fall + down[0],
    up === null ? null : reach.turnover + reach.rise + up[0],
  ]);
}

/** Smallest gross exposure of weights within the other caps. */
export function leastGross(reach: Reach, caps: Caps, tolerance: Tolerance): number | null {
  const open = { ...caps, gross: Infinity };
  const toward = towardZero(reach, open, tolerance);
  const down = beyondZero(reach, open, 'down', tolerance);
  const up = beyondZero(reach, open, 'up', tolerance);
  return least([
    toward === null ? null : reach.gross - toward[1],
    down === null ? null : reach.gross - reach.fall + down[0],
    up === null ? null : reach.gross - reach.rise + up[0],
  ]);
}

/** How near to zero a net that moves down, or up, from `from` by at most `by` can come. */
const nearestZero = (from: number, by: number): number => Math.max(0, from - by, -from);

/** The furthest that the net can lean to one side by moves toward zero, `room` of them on that side, when their sum is in a range. */
function leanest(room: number, [low, high]: readonly [number, number]): number {
  const moved = Math.min(Math.max(room, low), high);
  return Math.min(moved, 2 * room - moved);
}

/** Smallest absolute net exposure of weights within the other caps. */
export function leastNet(reach: Reach, caps: Caps, tolerance: Tolerance): number | null {
  const { net, fall, rise } = reach;
  const open = { ...caps, net: Infinity };
  const toward = towardZero(reach, open, tolerance);
  const down = beyondZero(reach, open, 'down', tolerance);
  const up = beyondZero(reach, open, 'up', tolerance);
  return least([
    toward === null ? null : Math.max(0, net - leanest(fall, toward), -net - leanest(rise, toward)),
    down === null ? null : nearestZero(net - fall, down[1]),
    up === null ? null : nearestZero(-(net + rise), up[1]),
  ]);
}
