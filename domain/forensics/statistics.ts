import { type DirectionalExposure, directionalExposure } from '../allocation/flatten.ts';
import { adjustedExcessKurtosis } from '../regime/excess-kurtosis.ts';
import { dayNumberOf, weekdayOf } from '../returns/days.ts';
import { linearQuantile } from '../returns/quantile.ts';
import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import { adjustedSkewness } from '../risk/antifragility.ts';
import type { HeldAsset } from './collisions.ts';

/** Which days a stream has. */
export interface CalendarFigures {
  readonly days: number;
  readonly hasSaturday: boolean;
  readonly hasSunday: boolean;
  /** Steps of more than one calendar day from a date to the next, and the longest of them. */
  readonly gapsOverOneDay: number;
  readonly longestGapDays: number;
}

export interface ForensicStatistics {
  readonly weightsSum: number;
  readonly sleeves: number;
  /** Of the portfolio's daily returns; the weights are taken as they are, so that a sum other than 1 shows. */
  readonly dailyMean: number;
  /** Divisor n. */
  readonly dailyVolatility: number;
  /** Adjusted, as pandas has it; null for fewer than three rows, or without variation. */
  readonly skewness: number | null;
  /** Adjusted excess; null for fewer than four rows, or without variation. */
  readonly excessKurtosis: number | null;
  /** 5 % quantile of the daily returns, type 7: a loss is negative. */
  readonly valueAtRisk5: number;
  /** Excess kurtosis above 3. */
  readonly hasFatTails: boolean;
  readonly assets: number;
  readonly largestAsset: { readonly symbol: string; readonly weight: number } | null;
  readonly exposure: DirectionalExposure;
  readonly calendar: CalendarFigures;
  /** -Σω·ln(ω)/ln(n): 1 for equal weights, 0 for one sleeve; null for a single sleeve, or weights that are no shares. */
  readonly allocationEntropy: number | null;
}

const fatTailsAbove = 3;
const [saturday, sunday] = [5, 6];

export function calendarFigures(dates: readonly IsoDate[]): CalendarFigures {
  const days = dates.map(dayNumberOf);
  const weekdays = new Set(days.map(weekdayOf));
  const gaps = days.slice(1).map((day, row) => day - days[row]!);
  return {
    days: dates.length,
    hasSaturday: weekdays.has(saturday),
    hasSunday: weekdays.has(sunday),
    gapsOverOneDay: gaps.filter((gap) => gap > 1).length,
    longestGapDays: Math.max(0, ...gaps),
  };
}

/** Shannon's entropy of shares, relative to that of equal ones. */
export function allocationEntropy(weights: readonly number[]): number | null {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (weights.length < 2 || weights.some((weight) => weight < 0) || Math.abs(sum - 1) > 1e-9) return null;
  const entropy = weights.reduce((total, weight) => (weight > 0 ? total - weight * Math.log(weight) : total), 0);
  return entropy / Math.log(weights.length);
}

/** What a forensic report says of a portfolio: figures of its stream, of its assets and of its dates (dossier of meta audits). */
export function forensicStatistics(
  { dates, values }: ReturnSeries,
  weights: Readonly<Record<string, number>>,
  assets: readonly HeldAsset[],
): ForensicStatistics {
  const shares = Object.values(weights);
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / count;
  // The sum of equal values may differ from its multiple in the last bit.
  const varies = values.some((value) => value !== values[0]);
  const excessKurtosis = varies ? adjustedExcessKurtosis(values) : null;
  const [largest] = assets.toSorted((left, right) => Math.abs(right.weight) - Math.abs(left.weight));
  return {
    weightsSum: shares.reduce((sum, weight) => sum + weight, 0),
    sleeves: shares.length,
    dailyMean: mean,
    dailyVolatility: Math.sqrt(variance),
    skewness: varies && count > 2 ? adjustedSkewness(values) : null,
    excessKurtosis,
    valueAtRisk5: linearQuantile(values.toSorted(), 0.05),
    hasFatTails: (excessKurtosis ?? 0) > fatTailsAbove,
    assets: assets.length,
    largestAsset: largest === undefined ? null : { symbol: largest.symbol, weight: largest.weight },
    exposure: directionalExposure(assets),
    calendar: calendarFigures(dates),
    allocationEntropy: allocationEntropy(shares),
  };
}
