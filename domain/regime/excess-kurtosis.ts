import { centralMoments } from '../returns/sample-moments.ts';

/** G2 = (n-1)/((n-2)(n-3)) · ((n+1)(m4/m2² - 3) + 6) (Joanes and Gill 1998); null below four values and for values that are all equal. */
export function adjustedExcessKurtosis(values: Float64Array): number | null {
  const count = values.length;
  if (count < 4 || values.every((value) => value === values[0])) return null;
  const { second, fourth } = centralMoments(values);
  const square = second * second;
  if (!(square > 0)) return null;
  return ((count - 1) / ((count - 2) * (count - 3))) * ((count + 1) * (fourth / square - 3) + 6);
}
