import { pairMoments } from './common-rows.ts';

/** Below this |z| two Sharpe ratios do not differ beyond noise: 5 % of equal ones lie beyond it. */
export const noiseLimit = 1.96;

/** Two streams on the same rows; nothing is annualised. */
export interface SharpeDifference {
  readonly rows: number;
  /** Null where a stream does not vary, as are the two below. */
  readonly correlation: number | null;
  /** Of the Sharpe ratios per row, left minus right. */
  readonly difference: number | null;
  /** The difference over its standard error; also null where the streams leave no error, such as a stream beside itself. */
  readonly z: number | null;
}

/** Of 1 - correlation: closer streams differ by rounding alone. */
const sameStream = 1e-12;

/**
 * The test of Jobson and Korkie (1981) as corrected by Memmel (2003, "Performance hypothesis testing with the Sharpe ratio", Finance
 * Letters 1), for returns that are normal and independent over time. Expects at least two rows, as many on either side.
 */
export function sharpeDifference(left: Float64Array, right: Float64Array): SharpeDifference {
  const rows = left.length;
  const { meanLeft, meanRight, covariance, varianceLeft, varianceRight } = pairMoments(left, right);
  if (!(varianceLeft > 0 && varianceRight > 0)) return { rows, correlation: null, difference: null, z: null };
  const [deviationLeft, deviationRight] = [Math.sqrt(varianceLeft), Math.sqrt(varianceRight)];
  const correlation = covariance / (deviationLeft * deviationRight);
  const [a, b] = [meanLeft / deviationLeft, meanRight / deviationRight];
  const difference = a - b;
  const variance = (2 - 2 * correlation + (a * a + b * b - 2 * a * b * correlation * correlation) / 2) / rows;
  const isSame = 1 - correlation <= sameStream && Math.abs(difference) <= sameStream;
  return { rows, correlation, difference, z: isSame || !(variance > 0) ? null : difference / Math.sqrt(variance) };
}

/** Whether a difference is no more than noise; an undefined one is no difference. */
export function isWithinNoise({ z }: Pick<SharpeDifference, 'z'>): boolean {
  return z === null || Math.abs(z) < noiseLimit;
}
