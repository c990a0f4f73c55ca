import { normalProbability } from '../metrics/normal.ts';
import { reduceOrthogonally } from './orthogonal-reduction.ts';

export interface DickeyFuller {
  /** t statistic of the level's coefficient. */
  readonly statistic: number;
  /** Approximate p-value: small where a unit root is rejected. */
  readonly pValue: number;
  /** Lagged differences used. */
  readonly lag: number;
}

/** Response surface with a constant and one series (MacKinnon 1994), lowest power first. */
const smallStatistics = [2.1659, 1.4412, 0.038269] as const;
const largeStatistics = [1.7339, 0.93202, -0.12745, -0.010368] as const;
const smallest = -18.83;
const largest = 2.74;
const border = -1.61;

/** MacKinnon's approximate p-value of the statistic. */
export function mackinnonPValue(statistic: number): number {
  if (statistic > largest) return 1;
  if (statistic < smallest) return 0;
  const coefficients = statistic <= border ? smallStatistics : largeStatistics;
  return normalProbability(coefficients.reduceRight((sum, coefficient) => sum * statistic + coefficient, 0));
}

/** min(⌈12 (n/100)^¼⌉, ⌊n/2⌋ - 2), the largest lag tried for n values (Schwert 1989). */
function lagMaxOf(count: number): number {
  return Math.min(Math.ceil(12 * Math.sqrt(Math.sqrt(count / 100))), Math.floor(count / 2) - 2);
}

/** Differences as the target, and beside it a constant, the level and lagged differences, from the row where `lagMax` of them exist. */
function regression(values: Float64Array, lagMax: number) {
  const rows = values.length - 1 - lagMax;
  const difference = (row: number): number => values[row + 1]! - values[row]!;
  const from = (at: (row: number) => number): Float64Array => Float64Array.from({ length: rows }, (_, row) => at(row + lagMax));
  return {
    target: from(difference),
    constant: new Float64Array(rows).fill(1),
    level: from((row) => values[row]!),
    lagged: Array.from({ length: lagMax }, (_, lag) => from((row) => difference(row - lag - 1))),
  };
}

/** The lag of least Akaike criterion, all compared on the same rows; of equal ones the smallest. */
function lagByAkaike(values: Float64Array, lagMax: number): number {
  const { target, constant, level, lagged } = regression(values, lagMax);
  const { turned } = reduceOrthogonally([constant, level, ...lagged], target);
  let squares = 0;
  for (let i = lagMax + 2; i < turned.length; i++) squares += turned[i]! * turned[i]!;
  let best = lagMax;
  let least = Infinity;
  for (let lag = lagMax; lag >= 0; lag--) {
    const criterion = turned.length * Math.log(squares / turned.length) + 2 * (lag + 2);
    if (criterion <= least) {
      least = criterion;
      best = lag;
    }
    squares += turned[lag + 1]! * turned[lag + 1]!;
  }
  return best;
}

/**
 * Augmented Dickey-Fuller test with a constant, lag by Akaike's criterion (Dickey and Fuller 1979; as statsmodels' `adfuller` by default).
 * Null where it is not defined: values that are all equal, too few of them, or differences without a residual.
 */
export function dickeyFuller(values: Float64Array): DickeyFuller | null {
  const lagMax = lagMaxOf(values.length);
  if (lagMax < 0 || values.every((value) => value === values[0])) return null;
  const lag = lagByAkaike(values, lagMax);
  const { target, constant, level, lagged } = regression(values, lag);
  // The level stands last: its coefficient and error are then the last entry of the triangle and of the turned target.
  const { diagonal, turned } = reduceOrthogonally([constant, ...lagged, level], target);
  const columns = lag + 2;
  let squares = 0;
  for (let i = columns; i < turned.length; i++) squares += turned[i]! * turned[i]!;
  const statistic = turned[columns - 1]! / Math.sqrt(squares / (turned.length - columns)) / Math.sign(diagonal[columns - 1]!);
  return Number.isFinite(statistic) ? { statistic, pValue: mackinnonPValue(statistic), lag } : null;
}
