import type { CombinationConstraints } from './schemas.ts';

/** Least and greatest value of each weight. An upper end below a lower one leaves no weight. */
export interface Box {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * The bounds of each weight, widened on both sides, and cut to the sign of the total where signs are kept: a zero total leaves zero.
 */
export function boxOf(
  total: Float64Array,
  { lower, upper }: Pick<CombinationConstraints, 'lower' | 'upper'>,
  noFlip: boolean,
  widening = 0,
): Box {
  const low = new Float64Array(total.length).fill(lower - widening);
  const high = new Float64Array(total.length).fill(upper + widening);
  if (noFlip)
    for (let i = 0; i < total.length; i++) {
      if (total[i]! >= 0) low[i] = Math.max(low[i]!, 0);
      if (total[i]! <= 0) high[i] = Math.min(high[i]!, 0);
    }
  return { lower: low, upper: high };
}

/** Most by which a lower end exceeds an upper one; 0 or less where every weight has a value. */
export function crossingOf({ lower, upper }: Box): number {
  let most = -Infinity;
  for (let i = 0; i < lower.length; i++) most = Math.max(most, lower[i]! - upper[i]!);
  return most;
}
