import type { Box } from './box.ts';
import { ExactSum } from './exact-sum.ts';
import type { Caps } from './reach.ts';

/** A projection as it is solved: nearest weights of a box to a target, under caps on three sums. */
export interface ProjectionProblem {
  readonly target: Float64Array;
  readonly box: Box;
  /** Zeros where nothing is known of them. */
  readonly previous: Float64Array;
  readonly caps: Caps;
  readonly costAversion: number;
}

/** Multipliers of the caps. That of the net bears the sign of the net exposure which it holds down. */
export interface Multipliers {
  readonly gross: number;
  readonly net: number;
  readonly turnover: number;
}

/** The dual at some multipliers. */
export interface DualPoint {
  readonly weights: Float64Array;
  readonly gross: number;
  readonly net: number;
  readonly turnover: number;
  /**
   * Sums over the weights that move with the multipliers: their number, their signs a, the signs b of their changes, and the products ab.
   * The Hessian of the dual is made of them, since such a weight moves by -(a, 1, b) in the three multipliers. `scale` is the largest
   * absolute target among them.
   */
  readonly moving: {
    readonly count: number;
    readonly signs: number;
    readonly changes: number;
    readonly products: number;
    readonly scale: number;
  };
}

/**
 * The weights that minimise `|w - target|^2 / 2 + gross |w| + net w + (costAversion + turnover) |w - previous|` in the box, each by itself:
 * the pieces on the two sides of zero and of the previous weight in closed form, then the bounds. O(assets).
 */
export function dualAt(problem: ProjectionProblem, multipliers: Multipliers): DualPoint {
  const { target, box, previous, costAversion } = problem;
  const { lower, upper } = box;
  const size = target.length;
  const weights = new Float64Array(size);
  const change = costAversion + multipliers.turnover;
  const outer = multipliers.gross + change;
  const inner = change - multipliers.gross;
  const [gross, net, turnover] = [new ExactSum(), new ExactSum(), new ExactSum()];
  let count = 0;
  let signs = 0;
  let changes = 0;
  let products = 0;
  let scale = 0;
  for (let i = 0; i < size; i++) {
    const before = previous[i]!;
    const pulled = target[i]! - multipliers.net;
    const [low, high] = before < 0 ? [before, 0] : [0, before];
    let weight: number;
    let sign = 0;
    let direction = 0;
    if (pulled + outer < low) {
      weight = pulled + outer;
      sign = -1;
      direction = -1;
    } else if (pulled - outer > high) {
      weight = pulled - outer;
      sign = 1;
      direction = 1;
    } else {
      // Between zero and the previous weight: the one pulls up where the other pulls down.
      const between = before < 0 ? pulled - inner : pulled + inner;
      if (between <= low) weight = low;
      else if (between >= high) weight = high;
      else {
        weight = between;
        sign = before < 0 ? -1 : 1;
        direction = -sign;
      }
    }
    if (weight <= lower[i]! || weight >= upper[i]!) {
      weight = weight <= lower[i]! ? lower[i]! : upper[i]!;
      sign = 0;
    }
    weights[i] = weight;
    gross.add(Math.abs(weight));
    net.add(weight);
    turnover.add(Math.abs(weight - before));
    if (sign === 0) continue;
    count++;
    signs += sign;
    changes += direction;
    products += sign * direction;
    scale = Math.max(scale, Math.abs(target[i]!));
  }
  return { weights, gross: gross.value, net: net.value, turnover: turnover.value, moving: { count, signs, changes, products, scale } };
}
