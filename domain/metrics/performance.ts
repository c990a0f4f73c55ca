import { dayNumberOf } from '../returns/days.ts';
import { computeMetrics, meaningfulRowsMin } from '../returns/metrics.ts';
import { linearQuantile } from '../returns/quantile.ts';
import { sampleMoments } from '../returns/sample-moments.ts';
import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import { logWealthOf, wealthOf } from '../returns/wealth.ts';
import { invariant } from '../shared/errors.ts';
import { activityOf } from './activity.ts';
import { growthPerCalendarYear, isAnnualisationSuspected, rowsPerCalendarYear } from './calendar-year.ts';
import { normalDensity, normalQuantile } from './normal.ts';
import { sampleShapeOf } from './shape.ts';

/** The tail of every value at risk here. */
const tailProbability = 0.05;

/**
 * Figures of one stream of simple returns, each by the convention of its name (`conventions.ts`). A figure that has no finite value is
 * null; nothing is clipped. Below 30 returns every figure that is scaled to a year is null: what is left is of the period and per row.
 */
export interface Performance {
  readonly rows: number;
  /** Of the wealth 1 that the first return grows from. */
  readonly opened: IsoDate;
  readonly first: IsoDate;
  readonly last: IsoDate;
  readonly annualisationDays: number;
  readonly total: number;
  readonly twrAnnualised: number | null;
  readonly cagrCalendar: number | null;
  readonly meanAnnualised: number | null;
  readonly volatility: number | null;
  readonly sharpe: number | null;
  readonly sortino: number | null;
  readonly calmar: number | null;
  readonly maxDrawdown: number;
  readonly meanPerRow: number;
  readonly deviationPerRow: number | null;
  readonly historicalVar5: number;
  readonly historicalCvar5: number;
  readonly parametricVar5: number | null;
  readonly parametricCvar5: number | null;
  readonly cvarBelowParametricVar5: number | null;
  readonly omega: number | null;
  readonly winRate: number;
  /** Rows with a return other than 0. */
  readonly activeRows: number;
  readonly hitRateOfActive: number | null;
  readonly skewness: number | null;
  readonly excessKurtosis: number | null;
  readonly tailRatio: number | null;
  readonly stability: number | null;
  readonly best: number;
  readonly worst: number;
  readonly flags: readonly ('not_meaningful' | 'annualisation_suspected')[];
}

export interface PerformanceSettings {
  /** From the declared calendars, never from the dates. */
  readonly annualisationDays: number;
  readonly opened: IsoDate;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

type Tails = Pick<Performance, 'tailRatio' | 'parametricVar5' | 'parametricCvar5' | 'cvarBelowParametricVar5'>;

function tailsOf(values: Float64Array): Tails {
  const sorted = values.toSorted();
  const { mean, deviation } = sampleMoments(values);
  const tailRatio = finite(Math.abs(linearQuantile(sorted, 1 - tailProbability)) / Math.abs(linearQuantile(sorted, tailProbability)));
  if (deviation === null) return { tailRatio, parametricVar5: null, parametricCvar5: null, cvarBelowParametricVar5: null };
  const z = normalQuantile(tailProbability);
  const parametricVar5 = mean + z * deviation;
  const below = sorted.filter((value) => value < parametricVar5);
  return {
    tailRatio,
    parametricVar5,
    parametricCvar5: mean - (normalDensity(z) / tailProbability) * deviation,
    cvarBelowParametricVar5: below.length === 0 ? null : below.reduce((sum, value) => sum + value, 0) / below.length,
  };
}

/** R² of a straight line through cumulated log returns; null for fewer than two rows or without variation. */
export function stabilityOf(values: Float64Array): number | null {
  const count = values.length;
  let wealth = 0;
  const path = values.map((value) => (wealth += Math.log1p(value)));
  const centre = (count - 1) / 2;
  const mean = path.reduce((sum, value) => sum + value, 0) / count;
  let across = 0;
  let ofRows = 0;
  let ofPath = 0;
  path.forEach((value, row) => {
    across += (row - centre) * (value - mean);
    ofRows += (row - centre) * (row - centre);
    ofPath += (value - mean) * (value - mean);
  });
  return finite((across * across) / (ofRows * ofPath));
}

/**
 * The figures of a tear sheet. Those that runs record are `computeMetrics`'s, number by number.
 * Errors: those of `computeMetrics`; SchemaViolation for a date that is none.
 */
export function performanceOf(series: ReturnSeries, { annualisationDays, opened }: PerformanceSettings): Performance {
  const { dates, values } = series;
  const recorded = computeMetrics(series, annualisationDays);
  const { rows } = recorded;
  const isMeaningful = rows >= meaningfulRowsMin;
  const ofYear = (value: number | null): number | null => (isMeaningful && value !== null ? finite(value) : null);
  const { mean, deviation } = sampleMoments(values);
  const days = dayNumberOf(dates.at(-1)!) - dayNumberOf(opened);
  invariant(days > 0, 'wealth is opened before the last return', { opened, last: dates.at(-1)! });
  const suspected = isMeaningful && isAnnualisationSuspected(rowsPerCalendarYear(rows, days), annualisationDays);
  const { activeRows, hitRateOfActive } = activityOf(values);
  return {
    rows,
    opened,
    first: dates[0]!,
    last: dates.at(-1)!,
    annualisationDays,
    total: recorded.total,
    twrAnnualised: recorded.twrAnnualised,
    cagrCalendar: ofYear(growthPerCalendarYear(logWealthOf(wealthOf(values)), days)),
    meanAnnualised: ofYear(mean * annualisationDays),
    volatility: ofYear(recorded.volatility),
    sharpe: ofYear(recorded.sharpe),
    sortino: ofYear(recorded.sortino),
    calmar: recorded.calmar,
    maxDrawdown: recorded.maxDrawdown,
    meanPerRow: mean,
    deviationPerRow: deviation,
    historicalVar5: recorded.historicalVar5,
    historicalCvar5: recorded.historicalCvar5,
    ...tailsOf(values),
    omega: recorded.omega,
    winRate: recorded.winRate,
    activeRows,
    hitRateOfActive,
    ...sampleShapeOf(values),
    stability: stabilityOf(values),
    best: values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
    worst: values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    flags: [...recorded.flags, ...(suspected ? (['annualisation_suspected'] as const) : [])],
  };
}
