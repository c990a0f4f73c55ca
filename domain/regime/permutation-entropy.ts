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

/** How often each prime divides a number, as pairs; numbers here are counts of windows. */
const factorisations: (readonly (readonly [prime: number, exponent: number])[])[] = [];

function factorsOf(number: number): readonly (readonly [prime: number, exponent: number])[] {
  const known = factorisations[number];
  if (known !== undefined) return known;
  const factors: [number, number][] = [];
  let rest = number;
  for (let prime = 2; rest > 1; prime++) {
    let exponent = 0;
    for (; rest % prime === 0; rest /= prime) exponent++;
    if (exponent > 0) factors.push([prime, exponent]);
  }
  factorisations[number] = factors;
  return factors;
}

/**
 * Entropy in nats of what was counted: ln n - Σ c ln c / n, with Σ c ln c gathered by prime factors. So equal entropies have equal bits,
 * even of different counts (4, 1, 1, 1, 1 and 2, 2, 2, 2), and ranks see the tie.
 */
function entropyOf(counts: Float64Array, total: number): number {
  const exponents = new Float64Array(total + 1);
  for (const count of counts) {
    if (count === total) return 0;
    if (count > 1) for (const [prime, exponent] of factorsOf(count)) exponents[prime] = exponents[prime]! + count * exponent;
  }
  let sum = 0;
  for (let prime = 2; prime <= total; prime++) if (exponents[prime]! > 0) sum += exponents[prime]! * Math.log(prime);
  return Math.log(total) - sum / total;
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
