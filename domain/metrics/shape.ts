import { adjustedSkewness } from '../risk/antifragility.ts';

/** The shape of a distribution of returns. */
export interface Shape {
  /** m3 / m2^1.5; null without variation. */
  readonly skewness: number | null;
  /** m4 / m2²: 3 for a normal distribution; null without variation. */
  readonly kurtosis: number | null;
}

/** By moments with the divisor n, as scipy gives them without corrections. */
export function shapeOf(values: Float64Array): Shape {
  const count = values.length;
  let mean = 0;
  for (const value of values) mean += value;
  mean /= count;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (const value of values) {
    const square = (value - mean) * (value - mean);
    second += square;
    third += square * (value - mean);
    fourth += square * square;
  }
  second /= count;
  const cube = second * Math.sqrt(second);
  if (!(cube > 0) || values.every((value) => value === values[0])) return { skewness: null, kurtosis: null };
  return { skewness: third / count / cube, kurtosis: fourth / count / (second * second) };
}

/**
 * The same for a sample (Joanes and Gill 1998, G1 and G2), as pandas and spreadsheets give it, the kurtosis in excess of a normal
 * distribution's. Null without variation, and below 3 and 4 values.
 */
export function sampleShapeOf(values: Float64Array): { readonly skewness: number | null; readonly excessKurtosis: number | null } {
  const count = values.length;
  const { kurtosis } = shapeOf(values);
  if (kurtosis === null) return { skewness: null, excessKurtosis: null };
  const factor = (count - 1) / ((count - 2) * (count - 3));
  return {
    skewness: count < 3 ? null : adjustedSkewness(values),
    excessKurtosis: count < 4 ? null : factor * ((count + 1) * (kurtosis - 3) + 6),
  };
}
