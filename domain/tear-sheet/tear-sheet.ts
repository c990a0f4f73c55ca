import type { IsoDate } from '../returns/series.ts';
import { type Anomaly, anomaliesOf } from './anomalies.ts';
import { type BenchmarkComparison, compareWithBenchmark } from '../metrics/benchmark.ts';
import { type ComparedBenchmark, compareOnCommonDates } from '../metrics/common-dates.ts';
import { type DrawdownEpisode, drawdownsOf, worstDrawdowns } from '../metrics/drawdowns.ts';
import { type CalendarReturns, calendarReturns } from '../metrics/months.ts';
import { type Performance, performanceOf } from '../metrics/performance.ts';
import { type RollingFigures, rollingFigures } from '../metrics/rolling.ts';
import type { Baseline, OpenedSeries, TearSheetInput, WeightHistory } from './tear-sheet-input.ts';
import { type AllocationTurnover, allocationStability, allocationTurnover } from '../metrics/turnover.ts';

/** Episodes that a tear sheet lists. */
export const worstDrawdownsMax = 10;

/** A stream with its wealth and its figures. */
export interface MeasuredStream {
  readonly id: string;
  readonly note: string | null;
  readonly dates: readonly IsoDate[];
  readonly returns: Float64Array;
  /** Growth of 1 after each row. */
  readonly wealth: Float64Array;
  /** In [-1, 0]. */
  readonly drawdown: Float64Array;
  readonly performance: Performance;
}

/** Parts that are shown as they are given. */
const givenParts = [
  'contributions',
  'trades',
  'crossingBenefit',
  'windows',
  'correlations',
  'tree',
  'verdicts',
  'parity',
  'trace',
  'robustness',
] as const;
type GivenPart = (typeof givenParts)[number];

/** A tear sheet: every figure behind a page, and no word of it. What is null is not part of the run. */
export interface TearSheet extends Pick<TearSheetInput, 'name' | 'basis' | GivenPart> {
  readonly portfolio: MeasuredStream;
  readonly parts: readonly MeasuredStream[] | null;
  readonly baselines: readonly MeasuredStream[] | null;
  readonly benchmark: { readonly id: string; readonly comparison: BenchmarkComparison } | null;
  /** Compared, not held. */
  readonly compared: readonly ComparedBenchmark[];
  readonly calendar: CalendarReturns;
  readonly drawdowns: {
    readonly worst: readonly DrawdownEpisode[];
    readonly episodes: number;
    readonly averageLengthRows: number | null;
  };
  readonly rolling: RollingFigures;
  readonly weights: {
    readonly history: WeightHistory;
    readonly turnover: AllocationTurnover;
    /** Standard deviation of each weight over the decisions. */
    readonly stability: readonly (number | null)[];
  } | null;
  readonly anomalies: readonly Anomaly[];
}

/** Parts that a run may lack, in the order of the sections. */
const optionalParts = ['parts', 'baselines', 'benchmark', 'weights', ...givenParts] as const;
export type TearSheetPart = (typeof optionalParts)[number];

/** What the sheet has to say "not part of this run" about, in the order of its sections. */
export function absentParts(sheet: TearSheet): TearSheetPart[] {
  return optionalParts.filter((part) => sheet[part] === null);
}

function wealthPath(values: Float64Array): Float64Array {
  let wealth = 1;
  return values.map((value) => (wealth *= 1 + value));
}

function measured({ id, series, opened, note }: Baseline, annualisationDays: number): MeasuredStream {
  const { dates, values } = series;
  return {
    id,
    note,
    dates,
    returns: values,
    wealth: wealthPath(values),
    drawdown: drawdownsOf(series, opened).path,
    performance: performanceOf(series, { annualisationDays, opened }),
  };
}

function weightsOf(history: WeightHistory | null): TearSheet['weights'] {
  if (history === null) return null;
  const decisions = history.decisions.map(({ weights }) => weights);
  return { history, turnover: allocationTurnover(decisions), stability: allocationStability(decisions) };
}

function benchmarkOf({ benchmark, returns, annualisationDays }: TearSheetInput): TearSheet['benchmark'] {
  const comparison = benchmark === null ? null : compareWithBenchmark(returns, benchmark.series, annualisationDays);
  return benchmark === null || comparison === null ? null : { id: benchmark.id, comparison };
}

function comparedOf({ compared, returns, opened }: TearSheetInput): ComparedBenchmark[] {
  if (compared === undefined) return [];
  const found = compared.closes.map((closes) => compareOnCommonDates({ opened, series: returns }, closes, compared.annualisationDays));
  return found.filter((comparison) => comparison !== null);
}

/**
 * Computes every figure of a tear sheet. Errors: Bankruptcy, IntegrityFailed, HistoryTooShort or MetricsOverflow for a stream that has no
 * performance, each naming the date.
 */
export function tearSheetOf(input: TearSheetInput): TearSheet {
  const { name, basis, returns, annualisationDays, opened, isSession, windows } = input;
  const drawdowns = drawdownsOf(returns, opened);
  const withoutNote = (given: OpenedSeries): MeasuredStream => measured({ ...given, note: null }, annualisationDays);
  return {
    name,
    basis,
    portfolio: withoutNote({ id: name, series: returns, opened }),
    parts: input.parts?.map(withoutNote) ?? null,
    baselines: input.baselines?.map((baseline) => measured(baseline, annualisationDays)) ?? null,
    benchmark: benchmarkOf(input),
    compared: comparedOf(input),
    calendar: calendarReturns(returns, { opened, isSession }),
    drawdowns: {
      worst: worstDrawdowns(drawdowns, worstDrawdownsMax),
      episodes: drawdowns.episodes.length,
      averageLengthRows: drawdowns.averageLengthRows,
    },
    rolling: rollingFigures(returns, input.benchmark?.series ?? null, { windowRows: input.rollingRows, annualisationDays }),
    weights: weightsOf(input.weights),
    contributions: input.contributions,
    trades: input.trades,
    crossingBenefit: input.crossingBenefit,
    windows,
    correlations: input.correlations,
    tree: input.tree,
    verdicts: input.verdicts,
    parity: input.parity,
    trace: input.trace,
    robustness: input.robustness,
    anomalies: anomaliesOf(returns, windows, annualisationDays),
  };
}
