import { meaningfulRowsMin } from '../returns/metrics.ts';
import { sampleMoments } from '../returns/sample-moments.ts';
import type { ReturnSeries } from '../returns/series.ts';
import { logWealthOf, wealthOf } from '../returns/wealth.ts';
import { commonRows, pairMoments } from './common-rows.ts';

/** A stream beside a benchmark, on the dates that both have. Below 30 common rows every figure that is scaled to a year is null. */
export interface BenchmarkComparison {
  readonly commonRows: number;
  /** Covariance over the benchmark's variance (divisor n-1). */
  readonly beta: number | null;
  /** (mean - beta * mean of the benchmark) * A. */
  readonly alphaAnnualised: number | null;
  readonly correlation: number | null;
  readonly rSquared: number | null;
  /** Standard deviation (divisor n-1) of the difference, times √A. */
  readonly trackingError: number | null;
  /** Mean of the difference over its standard deviation, times √A. */
  readonly informationRatio: number | null;
  /** TWR of the rows on which the benchmark rises, over the benchmark's own on them. */
  readonly upCapture: number | null;
  readonly downCapture: number | null;
}

const ratio = (numerator: number, denominator: number): number | null => {
  const value = numerator / denominator;
  return denominator !== 0 && Number.isFinite(value) ? value : null;
};

function twrOf(values: Float64Array, annualisationDays: number): number {
  return Math.expm1((annualisationDays / values.length) * logWealthOf(wealthOf(values)));
}

function captureOf(
  left: Float64Array,
  right: Float64Array,
  isIn: (ofBenchmark: number) => boolean,
  annualisationDays: number,
): number | null {
  const own = left.filter((_, row) => isIn(right[row]!));
  const benchmark = right.filter(isIn);
  return own.length < meaningfulRowsMin ? null : ratio(twrOf(own, annualisationDays), twrOf(benchmark, annualisationDays));
}

/** Null for fewer than two common dates. */
export function compareWithBenchmark(series: ReturnSeries, benchmark: ReturnSeries, annualisationDays: number): BenchmarkComparison | null {
  const { dates, left, right } = commonRows(series, benchmark);
  if (dates.length < 2) return null;
  const { covariance, varianceLeft, varianceRight, meanLeft, meanRight } = pairMoments(left, right);
  const beta = ratio(covariance, varianceRight);
  const correlation = ratio(covariance, Math.sqrt(varianceLeft) * Math.sqrt(varianceRight));
  const active = sampleMoments(left.map((value, row) => value - right[row]!));
  const isMeaningful = dates.length >= meaningfulRowsMin;
  const rootA = Math.sqrt(annualisationDays);
  return {
    commonRows: dates.length,
    beta,
    alphaAnnualised: isMeaningful && beta !== null ? (meanLeft - beta * meanRight) * annualisationDays : null,
    correlation,
    rSquared: correlation === null ? null : correlation * correlation,
    trackingError: isMeaningful ? active.deviation! * rootA : null,
    informationRatio: isMeaningful ? ratio(active.mean * rootA, active.deviation!) : null,
    upCapture: captureOf(left, right, (value) => value > 0, annualisationDays),
    downCapture: captureOf(left, right, (value) => value < 0, annualisationDays),
  };
}
