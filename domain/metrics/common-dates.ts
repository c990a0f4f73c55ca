import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import { grown, returnBetween, unitWealth, type Wealth } from '../returns/wealth.ts';
import { type BenchmarkComparison, compareWithBenchmark } from './benchmark.ts';
import { type Performance, performanceOf } from './performance.ts';

/** A stream with the date of the wealth 1 that its first return grows from. */
export interface OpenedStream {
  readonly opened: IsoDate;
  readonly series: ReturnSeries;
}

/** Prices of a benchmark on its own dates, in their order; NaN where there is none. */
export interface BenchmarkCloses {
  readonly id: string;
  readonly dates: readonly IsoDate[];
  readonly closes: Float64Array;
}

/** Two streams on the dates that both have a price for: returns go from one common date to the next. */
export interface CommonDates {
  readonly opened: IsoDate;
  readonly stream: ReturnSeries;
  readonly benchmark: ReturnSeries;
}

/** A stream beside a benchmark that it does not hold, and that other sessions price. */
export interface ComparedBenchmark {
  readonly id: string;
  readonly annualisationDays: number;
  readonly opened: IsoDate;
  readonly comparison: BenchmarkComparison;
  readonly own: Performance;
  readonly benchmark: Performance;
  /** Total return of the stream less that of the benchmark, on the common dates. */
  readonly excessTotal: number;
  /** The same of the time-weighted returns a year; null below 30 common rows. */
  readonly excessAnnualised: number | null;
}

/** Null for fewer than two common returns. */
export function onCommonDates({ opened, series }: OpenedStream, { dates, closes }: BenchmarkCloses): CommonDates | null {
  const wealthOn = new Map<IsoDate, Wealth>([[opened, unitWealth]]);
  let wealth = unitWealth;
  for (const [row, date] of series.dates.entries()) wealthOn.set(date, (wealth = grown(wealth, series.values[row]!)));
  const common = dates.flatMap((date, row) => {
    const own = wealthOn.get(date);
    return own === undefined || Number.isNaN(closes[row]!) ? [] : [{ date, own, close: closes[row]! }];
  });
  if (common.length < 3) return null;
  const later = common.slice(1);
  const on = later.map(({ date }) => date);
  return {
    opened: common[0]!.date,
    stream: { dates: on, values: Float64Array.from(later, ({ own }, row) => returnBetween(common[row]!.own, own)) },
    benchmark: { dates: on, values: Float64Array.from(later, ({ close }, row) => close / common[row]!.close - 1) },
  };
}

/**
 * Compares a stream with a benchmark of other sessions: prices on common dates, returns between them, so that a weekend of coins lies in
 * the return to Monday and no return of the benchmark is made up. `annualisationDays` are those of both calendars together. Null for
 * fewer than two common returns.
 */
export function compareOnCommonDates(
  stream: OpenedStream,
  benchmark: BenchmarkCloses,
  annualisationDays: number,
): ComparedBenchmark | null {
  const common = onCommonDates(stream, benchmark);
  const comparison = common === null ? null : compareWithBenchmark(common.stream, common.benchmark, annualisationDays);
  if (common === null || comparison === null) return null;
  const { opened } = common;
  const own = performanceOf(common.stream, { annualisationDays, opened });
  const other = performanceOf(common.benchmark, { annualisationDays, opened });
  return {
    id: benchmark.id,
    annualisationDays,
    opened,
    comparison,
    own,
    benchmark: other,
    excessTotal: own.total - other.total,
    excessAnnualised: own.twrAnnualised === null || other.twrAnnualised === null ? null : own.twrAnnualised - other.twrAnnualised,
  };
}
