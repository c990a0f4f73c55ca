import { centralMoments } from '../returns/sample-moments.ts';
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
  const { second, third, fourth } = centralMoments(values);
  const cube = second * Math.sqrt(second);
  if (!(cube > 0) || values.every((value) => value === values[0])) return { skewness: null, kurtosis: null };
  return { skewness: third / cube, kurtosis: fourth / (second * second) };
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
