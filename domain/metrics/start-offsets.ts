import { linearQuantile } from '../returns/quantile.ts';
import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import { LedgerError } from '../shared/errors.ts';
import { performanceOf } from './performance.ts';

/** The stream of a walk-forward that drops the first `offset` rows of its history. */
export interface OffsetStream {
  readonly offset: number;
  readonly series: ReturnSeries;
}

const compared = ['total', 'twrAnnualised', 'volatility', 'sharpe', 'sortino', 'maxDrawdown', 'historicalCvar5'] as const;

/** How much a figure owes to the day on which the walk began. */
export interface OffsetSpread {
  readonly figure: (typeof compared)[number];
  readonly perOffset: readonly { readonly offset: number; readonly value: number }[];
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** Place of offset 0 from the greatest value down, from 1; equal values share the better place. */
  readonly rankOfZero: number;
}

export interface OffsetComparison {
  /** Dates that every offset has: all figures are of them. */
  readonly dates: readonly IsoDate[];
  /** Figures that have a value at every offset. */
  readonly spreads: readonly OffsetSpread[];
}

function spreadOf(figure: OffsetSpread['figure'], perOffset: OffsetSpread['perOffset']): OffsetSpread {
  const sorted = Float64Array.from(perOffset, ({ value }) => value).toSorted();
  const ofZero = perOffset.find(({ offset }) => offset === 0)!.value;
  return {
    figure,
    perOffset,
    min: sorted[0]!,
    median: linearQuantile(sorted, 0.5),
    max: sorted.at(-1)!,
    rankOfZero: 1 + perOffset.filter(({ value }) => value > ofZero).length,
  };
}

function onDates({ dates, values }: ReturnSeries, wanted: ReadonlySet<IsoDate>): ReturnSeries {
  const rows = dates.flatMap((date, row) => (wanted.has(date) ? [row] : []));
  return { dates: rows.map((row) => dates[row]!), values: Float64Array.from(rows, (row) => values[row]!) };
}

/**
 * Compares the streams of a sweep of start offsets on the dates common to all. `openedBefore` gives the close before a date. Errors:
 * SchemaViolation without offset 0, HistoryTooShort without a common date, and those of `performanceOf`.
 */
export function compareStartOffsets(
  streams: readonly OffsetStream[],
  { annualisationDays, openedBefore }: { readonly annualisationDays: number; readonly openedBefore: (first: IsoDate) => IsoDate },
): OffsetComparison {
  const [zero] = streams.filter(({ offset }) => offset === 0);
  if (zero === undefined) throw new LedgerError('SchemaViolation', 'a sweep of start offsets has none at 0', { evidence: {} });
  const known = streams.map(({ series }) => new Set(series.dates));
  const dates = zero.series.dates.filter((date) => known.every((ofStream) => ofStream.has(date)));
  const common = new Set(dates);
  if (dates.length === 0)
    throw new LedgerError('HistoryTooShort', 'the streams of the start offsets have no date in common', { evidence: {} });
  const opened = openedBefore(dates[0]!);
  const measured = streams.map(({ offset, series }) => ({
    offset,
    performance: performanceOf(onDates(series, common), { annualisationDays, opened }),
  }));
  const spreads = compared.flatMap((figure) => {
    const perOffset = measured.flatMap(({ offset, performance }) => {
      const value = performance[figure];
      return value === null ? [] : [{ offset, value }];
    });
    return perOffset.length === streams.length ? [spreadOf(figure, perOffset)] : [];
  });
  return { dates, spreads };
}
