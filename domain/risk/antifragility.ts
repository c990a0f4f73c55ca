import { LedgerError } from '../shared/errors.ts';
import { centralMoments } from '../returns/sample-moments.ts';
import { linearQuantile } from '../returns/quantile.ts';
import type { ReturnMatrix } from '../returns/series.ts';

export interface AntifragilityScore {
  readonly symbol: string;
  /** Adjusted Fisher-Pearson skewness of the daily returns. */
  readonly skew: number;
  /** Mean of the daily returns strictly above their own 95 % quantile; 0 where none is. */
  readonly tailGain: number;
  readonly score: number;
}

export interface Antifragility {
  readonly scores: AntifragilityScore[];
  /** Columns with no return strictly above the quantile (ties at the top). */
  readonly withoutTail: string[];
}

const tailQuantile = 0.95;
/** Rows that count as a full sample; fewer scale every score down alike. */
const fullSampleRows = 252;
/** Keeps the min-max scaling defined when all columns agree. */
const rangeFloor = 1e-9;

/** G1 = sqrt(n(n-1))/(n-2) * m3 / m2^1.5 (Joanes and Gill 1998). */
export function adjustedSkewness(values: Float64Array): number {
  const count = values.length;
  const { second, third } = centralMoments(values);
  return ((Math.sqrt(count * (count - 1)) / (count - 2)) * third) / (second * Math.sqrt(second));
}

/** Mean of the values strictly above their own quantile, or null where there is none. */
export function meanAboveQuantile(values: Float64Array, probability: number): number | null {
  const threshold = linearQuantile(values.toSorted(), probability);
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value > threshold) {
      sum += value;
      count++;
    }
  }
  return count === 0 ? null : sum / count;
}

function columnOf(values: Float64Array, count: number, rows: number, column: number): Float64Array {
  const series = new Float64Array(rows);
  for (let row = 0; row < rows; row++) series[row] = values[row * count + column]!;
  return series;
}

function scaled(values: readonly number[]): number[] {
  const least = Math.min(...values);
  const range = Math.max(...values) - least + rangeFloor;
  return values.map((value) => (value - least) / range);
}

/**
 * How much each column gains from large moves, relative to the others: scaled skewness plus scaled mean of the upper
 * tail, times min(1, rows/252) (docs/explanation/profiles.md#barbell). Fewer than three rows: `HistoryTooShort`.
 */
export function antifragility(matrix: ReturnMatrix): Antifragility {
  const rows = matrix.dates.length;
  const count = matrix.columns.length;
  if (rows < 3)
    throw new LedgerError('HistoryTooShort', `skewness needs 3 rows of returns, there are ${rows}`, { evidence: { rows, rowsMin: 3 } });
  const columns = matrix.columns.map((_, column) => columnOf(matrix.values, count, rows, column));
  const skews = columns.map(adjustedSkewness);
  const tails = columns.map((values) => meanAboveQuantile(values, tailQuantile));
  const tailGains = tails.map((tail) => tail ?? 0);
  const [scaledSkews, scaledTails] = [scaled(skews), scaled(tailGains)];
  const significance = Math.min(1, rows / fullSampleRows);
  return {
    scores: matrix.columns.map((symbol, i) => ({
      symbol,
      skew: skews[i]!,
      tailGain: tailGains[i]!,
      score: (scaledSkews[i]! + scaledTails[i]!) * significance,
    })),
    withoutTail: matrix.columns.filter((_, i) => tails[i] === null),
  };
}
