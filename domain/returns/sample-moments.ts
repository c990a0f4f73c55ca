export interface SampleMoments {
  readonly mean: number;
  /** Divisor n-1; null for a single value, exactly 0 for equal ones. */
  readonly deviation: number | null;
  /** √(Σmin(value,0)²/n) */
  readonly downside: number;
}

/** Mean and deviations of the values, per row; there is at least one. */
export function sampleMoments(values: Float64Array): SampleMoments {
  let sum = 0;
  let downside = 0;
  let varies = false;
  for (const value of values) {
    sum += value;
    if (value < 0) downside += value * value;
    if (value !== values[0]) varies = true;
  }
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  const deviation = values.length < 2 ? null : varies ? Math.sqrt(squares / (values.length - 1)) : 0;
  return { mean, deviation, downside: Math.sqrt(downside / values.length) };
}

/** Means of the second, third and fourth powers of deviations from the mean: divisor n. */
export interface CentralMoments {
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

export function centralMoments(values: Float64Array): CentralMoments {
  const count = values.length;
  let mean = 0;
  for (const value of values) mean += value;
  mean /= count;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (const value of values) {
    const deviation = value - mean;
    const square = deviation * deviation;
    second += square;
    third += square * deviation;
    fourth += square * square;
  }
  return { second: second / count, third: third / count, fourth: fourth / count };
}
