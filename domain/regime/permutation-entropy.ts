/**
 * Counts the ordinal patterns of `order` successive values (Bandt and Pompe 2002), delay 1; of equal values the earlier one counts as the
 * smaller. `counts` has order! entries, one for each pattern by its Lehmer code, and is written anew. Returns the number of windows.
 */
export function countOrdinalPatterns(values: Float64Array, order: number, counts: Float64Array): number {
  counts.fill(0);
  const windows = Math.max(0, values.length - order + 1);
  for (let first = 0; first < windows; first++) {
    let code = 0;
    for (let i = first; i < first + order - 1; i++) {
      const value = values[i]!;
      let smallerLater = 0;
      for (let j = i + 1; j < first + order; j++) if (values[j]! < value) smallerLater++;
      code = code * (first + order - i) + smallerLater;
    }
    counts[code] = counts[code]! + 1;
  }
  return windows;
}

/** Entropy in nats of what was counted. Counts are added by size, so that the same counts give the same bits whichever pattern has which. */
function entropyOf(counts: Float64Array, total: number): number {
  const patternsBySize = new Map<number, number>();
  for (const count of counts) if (count > 0) patternsBySize.set(count, (patternsBySize.get(count) ?? 0) + 1);
  let sum = 0;
  for (let size = 1; size < total; size++) {
    const patterns = patternsBySize.get(size);
    if (patterns !== undefined) sum -= ((patterns * size) / total) * Math.log(size / total);
  }
  return sum;
}

function factorial(count: number): number {
  let product = 1;
  for (let factor = 2; factor <= count; factor++) product *= factor;
  return product;
}

export interface PermutationEntropy {
  /** In nats; divided by the logarithm of `patterns` or of `reachable` it lies in [0, 1]. */
  readonly nats: number;
  /** order!: the number of patterns that there are. */
  readonly patterns: number;
  /** Windows looked at: no more patterns than that can occur. */
  readonly windows: number;
}

/** Permutation entropy of the values, or null where they are fewer than `order`. */
export function permutationEntropy(values: Float64Array, order: number, counts?: Float64Array): PermutationEntropy | null {
  if (values.length < order) return null;
  const patterns = factorial(order);
  const room = counts ?? new Float64Array(patterns);
  const windows = countOrdinalPatterns(values, order, room);
  return { nats: entropyOf(room, windows), patterns, windows };
}

/** The largest entropy, as a share of ln(order!), that so many values can have: each window a pattern of its own. */
export function reachablePermutationEntropy(rows: number, order: number): number {
  const patterns = factorial(order);
  return Math.log(Math.max(1, Math.min(patterns, rows - order + 1))) / Math.log(patterns);
}
