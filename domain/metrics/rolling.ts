import { sampleMoments } from '../returns/sample-moments.ts';
import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import { commonRows, pairMoments } from './common-rows.ts';

/** Rows of a rolling window unless another number is asked for: a quarter of sessions. */
export const rollingRowsDefault = 63;

/** A figure at the end of each full window; null where it has no value, such as a Sharpe ratio without variation. */
export interface RollingFigure {
  readonly dates: readonly IsoDate[];
  readonly values: readonly (number | null)[];
}

export interface RollingFigures {
  readonly windowRows: number;
  /** Standard deviation (divisor n-1) of the window times √A. */
  readonly volatility: RollingFigure;
  /** Mean over standard deviation of the window, times √A. */
  readonly sharpe: RollingFigure;
  /** Covariance with the benchmark over its variance, on common dates; null without a benchmark. */
  readonly beta: RollingFigure | null;
}

function rolled(dates: readonly IsoDate[], windowRows: number, figure: (first: number, end: number) => number | null): RollingFigure {
  const ends = dates.flatMap((_, row) => (row + 1 >= windowRows ? [row + 1] : []));
  return { dates: ends.map((end) => dates[end - 1]!), values: ends.map((end) => figure(end - windowRows, end)) };
}

const quotient = (numerator: number, denominator: number): number | null => {
  const value = numerator / denominator;
  return Number.isFinite(value) ? value : null;
};

function rollingBeta(series: ReturnSeries, benchmark: ReturnSeries, windowRows: number): RollingFigure {
  const { dates, left, right } = commonRows(series, benchmark);
  return rolled(dates, windowRows, (first, end) => {
    const { covariance, varianceRight } = pairMoments(left.subarray(first, end), right.subarray(first, end));
    return quotient(covariance, varianceRight);
  });
}

/** Rolling figures over windows of rows, of at least two; a stream shorter than a window has none. */
export function rollingFigures(
  series: ReturnSeries,
  benchmark: ReturnSeries | null,
  { windowRows, annualisationDays }: { readonly windowRows: number; readonly annualisationDays: number },
): RollingFigures {
  const { dates, values } = series;
  const rootA = Math.sqrt(annualisationDays);
  const moments = (first: number, end: number) => sampleMoments(values.subarray(first, end));
  return {
    windowRows,
    volatility: rolled(dates, windowRows, (first, end) => moments(first, end).deviation! * rootA),
    sharpe: rolled(dates, windowRows, (first, end) => {
      const { mean, deviation } = moments(first, end);
      return quotient(mean * rootA, deviation!);
    }),
    beta: benchmark === null ? null : rollingBeta(series, benchmark, windowRows),
  };
}
