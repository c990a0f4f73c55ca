/** Mean rescaled range at one lag, beside what white noise has there. */
export interface RescaledRange {
  /** Rows of a segment. */
  readonly lag: number;
  /** Mean of range / deviation over the segments that vary. */
  readonly mean: number;
  /** Expected for independent normal values (Anis and Lloyd 1976). */
  readonly ofWhiteNoise: number;
}

export interface Hurst {
  readonly points: readonly RescaledRange[];
  /** Slope of ln mean(R/S) on ln lag, in [0, 1]: about .6 for white noise on a year of rows. */
  readonly uncorrected: number;
  /** The same less the slope that white noise has on these lags, plus one half, in [0, 1]. */
  readonly corrected: number;
}

/** Fewer rows have no exponent. */
export const hurstRowsMin = 32;
const lagMin = 8;
const lagMax = 512;
/** Tried where degenerate segments leave fewer than two of the usual lags. */
const fallbackLags = [10, 15, 20, 25] as const;
/** A segment that varies less is left out. */
const deviationMin = 1e-12;

/**
 * E(n) = Γ((n-1)/2) / (√π Γ(n/2)) · Σ_{i<n} √((n-i)/i). The quotient of gammas comes by g(n+2) = g(n) (n-1)/n from g(2) = 1 and
 * g(3) = 2/π.
 */
export function anisLloyd(lag: number): number {
  let quotient = lag % 2 === 0 ? 1 : 2 / Math.PI;
  for (let n = lag % 2 === 0 ? 2 : 3; n < lag; n += 2) quotient *= (n - 1) / n;
  let sum = 0;
  for (let i = 1; i < lag; i++) sum += Math.sqrt((lag - i) / i);
  return quotient * sum;
}

const expectations = new Map<number, number>();

function expectedOfWhiteNoise(lag: number): number {
  const known = expectations.get(lag);
  if (known !== undefined) return known;
  const expected = anisLloyd(lag);
  expectations.set(lag, expected);
  return expected;
}

/** Range of cumulated deviations over the deviation (divisor n) of rows [first, end); null where the segment hardly varies. */
function rescaledRange(values: Float64Array, first: number, end: number): number | null {
  const count = end - first;
  let sum = 0;
  for (let i = first; i < end; i++) sum += values[i]!;
  const mean = sum / count;
  let squares = 0;
  let path = 0;
  let least = Infinity;
  let most = -Infinity;
  for (let i = first; i < end; i++) {
    const deviation = values[i]! - mean;
    squares += deviation * deviation;
    path += deviation;
    if (path < least) least = path;
    if (path > most) most = path;
  }
  const spread = Math.sqrt(squares / count);
  return spread <= deviationMin ? null : (most - least) / spread;
}

/** Over the segments that follow one another from the first row; rows left at the end are not used. */
function meanRescaledRange(values: Float64Array, lag: number): number | null {
  let sum = 0;
  let count = 0;
  for (let first = 0; first + lag <= values.length; first += lag) {
    const ratio = rescaledRange(values, first, first + lag);
    if (ratio === null) continue;
    sum += ratio;
    count++;
  }
  return count === 0 ? null : sum / count;
}

function pointsAt(values: Float64Array, lags: readonly number[]): RescaledRange[] {
  return lags.flatMap((lag) => {
    const mean = lag * 2 <= values.length ? meanRescaledRange(values, lag) : null;
    return mean === null ? [] : [{ lag, mean, ofWhiteNoise: expectedOfWhiteNoise(lag) }];
  });
}

function doublingLags(rows: number): number[] {
  const lags: number[] = [];
  for (let lag = lagMin; lag <= lagMax && lag * 2 <= rows; lag *= 2) lags.push(lag);
  return lags;
}

/** Least-squares slope of y on ln lag. */
function slope(points: readonly RescaledRange[], y: (point: RescaledRange) => number): number {
  let meanX = 0;
  let meanY = 0;
  for (const point of points) {
    meanX += Math.log(point.lag) / points.length;
    meanY += y(point) / points.length;
  }
  let products = 0;
  let squares = 0;
  for (const point of points) {
    const deviation = Math.log(point.lag) - meanX;
    products += deviation * (y(point) - meanY);
    squares += deviation * deviation;
  }
  return products / squares;
}

const clipped = (value: number): number => Math.max(0, Math.min(1, value));

/**
 * Hurst exponent by rescaled range (Hurst 1951; Mandelbrot and Wallis 1969) on lags 8, 16, ... up to half of the rows, uncorrected and with
 * the correction of Anis and Lloyd. Null below 32 rows, and where fewer than two lags have a segment that varies.
 */
export function hurst(values: Float64Array): Hurst | null {
  if (values.length < hurstRowsMin) return null;
  const usual = pointsAt(values, doublingLags(values.length));
  const points = usual.length < 2 ? pointsAt(values, fallbackLags) : usual;
  if (points.length < 2) return null;
  const raw = slope(points, ({ mean }) => Math.log(mean));
  const excess = slope(points, ({ mean, ofWhiteNoise }) => Math.log(mean) - Math.log(ofWhiteNoise));
  return { points, uncorrected: clipped(raw), corrected: clipped(excess + 0.5) };
}
