import { pairMoments } from './common-rows.ts';

/** Ranks from 1 for the smallest; equal values share the mean of theirs. */
export function averageRanks(values: Float64Array): Float64Array {
  const order = [...values.keys()].toSorted((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let first = 0; first < order.length;) {
    let end = first + 1;
    while (end < order.length && values[order[end]!] === values[order[first]!]) end += 1;
    for (let at = first; at < end; at++) ranks[order[at]!] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}

/** Pearson's correlation of pairs; null where a side does not vary. */
export function correlationOfPairs(left: Float64Array, right: Float64Array): number | null {
  const { covariance, varianceLeft, varianceRight } = pairMoments(left, right);
  return varianceLeft > 0 && varianceRight > 0 ? covariance / (Math.sqrt(varianceLeft) * Math.sqrt(varianceRight)) : null;
}

/** Spearman's rank correlation: Pearson's of the average ranks. Null where a side has all its values equal. */
export function spearman(left: Float64Array, right: Float64Array): number | null {
  return correlationOfPairs(averageRanks(left), averageRanks(right));
}
