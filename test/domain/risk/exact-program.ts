/**
 * Least w'Qw with budget'w = 1 and w >= 0 in rational arithmetic: the multiplier and the weights of every support, by Cramer's rule. The
 * least multiplier among those with w >= 0 is the optimum, for a positive semi-definite Q.
 */

/** numerator / denominator, the denominator positive. */
interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** value * 2^shift as a whole number; the shift is large enough for all doubles in question. */
const shift = 240n;
const bits = new DataView(new ArrayBuffer(8));

/** A double times 2^240, exactly. */
function scaled(value: number): bigint {
  bits.setFloat64(0, value);
  const word = bits.getBigUint64(0);
  const exponent = (word >> 52n) & 0x7ffn;
  const fraction = (word & 0xfffffffffffffn) | (exponent === 0n ? 0n : 0x10000000000000n);
  const power = (exponent === 0n ? 1n : exponent) - 1075n + shift;
  const size = power >= 0n ? fraction << power : fraction >> -power;
  if (power < 0n && size << -power !== fraction) throw new Error(`${value} is too small for the oracle`);
  return word >> 63n === 1n ? -size : size;
}

/**
 * Fraction-free elimination (Bareiss 1968) of a square system with one right side: determinant and Cramer's numerators, null if singular.
 */
function solveExactly(system: bigint[][], right: bigint[]): { numerators: bigint[]; determinant: bigint } | null {
  const n = system.length;
  const rows = system.map((row, i) => [...row, right[i]!]);
  let previous = 1n;
  for (let k = 0; k < n; k++) {
    const pivot = rows.findIndex((row, i) => i >= k && row[k] !== 0n);
    if (pivot < 0) return null;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      for (let j = n; j >= 0; j--) {
        if (j === k) continue;
        rows[i]![j] = (rows[k]![k]! * rows[i]![j]! - rows[i]![k]! * rows[k]![j]!) / previous;
      }
      rows[i]![k] = 0n;
    }
    previous = rows[k]![k]!;
  }
  return { numerators: rows.map((row) => row[n]!), determinant: previous };
}

function isLess(a: Rational, b: Rational): boolean {
  return a.numerator * b.denominator < b.numerator * a.denominator;
}

/** A ratio of two large whole numbers as a double. */
export function toNumber({ numerator, denominator }: Rational): number {
  return Number((numerator << 300n) / denominator) / 2 ** 300;
}

interface ExactOptimum {
  /** w'Qw, in the units of Q. */
  readonly variance: Rational;
  /** Sum to one over the whole; the budget's scale is left out. */
  readonly weights: readonly number[];
  /** No other weights have this variance: Q is regular. */
  readonly isUnique: boolean;
}

export function exactOptimum(quadratic: Float64Array, budget: readonly number[]): ExactOptimum {
  const size = budget.length;
  const q = Array.from(quadratic, scaled);
  const a = budget.map(scaled);
  let best: Omit<ExactOptimum, 'isUnique'> | null = null;
  for (let mask = 1; mask < 1 << size; mask++) {
    const support = budget.map((_, i) => i).filter((i) => (mask & (1 << i)) !== 0);
    // The system in whole numbers: Q w - m a = 0, a'w = 2^240, all entries times 2^240.
    const system = [...support.map((i) => [...support.map((j) => q[i * size + j]!), -a[i]!]), [...support.map((i) => a[i]!), 0n]];
    const solution = solveExactly(system, [...support.map(() => 0n), 1n << shift]);
    if (solution === null) continue;
    const sign = solution.determinant < 0n ? -1n : 1n;
    const numerators = solution.numerators.map((value) => value * sign);
    const denominator = solution.determinant * sign;
    if (numerators.slice(0, -1).some((value) => value < 0n)) continue;
    const variance = { numerator: numerators.at(-1)!, denominator };
    if (best !== null && !isLess(variance, best.variance)) continue;
    const total = numerators.slice(0, -1).reduce((sum, value) => sum + value, 0n);
    const weights = budget.map((_, i) => {
      const at = support.indexOf(i);
      return at < 0 ? 0 : toNumber({ numerator: numerators[at]!, denominator: total });
    });
    best = { variance, weights };
  }
  if (best === null) throw new Error('no feasible support');
  const rows = budget.map((_, i) => q.slice(i * size, (i + 1) * size));
  const isUnique =
    solveExactly(
      rows,
      budget.map(() => 1n),
    ) !== null;
  return { ...best, isUnique };
}

/** w'Qw over (budget'w)^2, exactly, for weights as they are. */
export function exactVariance(quadratic: Float64Array, budget: readonly number[], weights: readonly number[]): Rational {
  const size = budget.length;
  const w = weights.map(scaled);
  let variance = 0n;
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) variance += w[i]! * scaled(quadratic[i * size + j]!) * w[j]!;
  const spent = budget.reduce((sum, value, i) => sum + scaled(value) * w[i]!, 0n);
  // Both carry 2^240 for each factor: three above, two below squared.
  return { numerator: variance << shift, denominator: spent * spent };
}
