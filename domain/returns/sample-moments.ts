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
