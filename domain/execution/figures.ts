import { activityOf } from '../metrics/activity.ts';
import { averageLengthOf, worstDrawdowns } from '../metrics/drawdowns.ts';
import { growthPerCalendarYear, isAnnualisationSuspected, rowsPerCalendarYear } from '../metrics/calendar-year.ts';
import { dayNumberOf } from '../returns/days.ts';
import { computeMetrics, meaningfulRowsMin, type Metrics } from '../returns/metrics.ts';
import type { IsoDate } from '../returns/series.ts';
import { type Drawdown, drawdownsOf } from './drawdowns.ts';
import type { ExecutionPath } from './path.ts';

export interface ExecutionFigures {
  readonly rows: number;
  readonly first: IsoDate;
  readonly last: IsoDate;
  readonly openingDate: IsoDate;
  /** Calendar days from the opening date to the last row, and the rows a year that follow. */
  readonly days: number;
  readonly rowsPerYear: number | null;
  readonly finalEquity: number;
  /** (1 + total)^(365.25/days) - 1; null under 30 rows. `metrics.twrAnnualised` counts rows instead. */
  readonly cagrCalendar: number | null;
  /** Of the net returns; null when the book went bankrupt, as nothing can be annualised then. */
  readonly metrics: Metrics | null;
  /** Share of all rows with a net return above zero, and of those whose net return is not zero. */
  readonly hitRate: number;
  readonly activeRows: number;
  readonly activeHitRate: number | null;
  /** In [-1, 0], start included. */
  readonly maxDrawdown: number;
  readonly drawdowns: {
    readonly count: number;
    /** Open ones counted to the last row; null without a drawdown. */
    readonly averageLengthRows: number | null;
    /** The deepest five. */
    readonly worst: readonly Drawdown[];
  };
  readonly averageGrossExposure: number;
  readonly averageNetExposure: number;
  readonly turnoverTwoSided: number;
  readonly turnoverTwoSidedPerYear: number | null;
  readonly costs: {
    /** Each the sum over rows of fractions of the equity of their day. */
    readonly slippageAndCommission: number;
    readonly impact: number;
    readonly borrow: number;
    readonly total: number;
    readonly totalPerYear: number | null;
  };
  readonly cashInterest: number;
  readonly syntheticResetTurnover: number;
  readonly flags: readonly ('annualisation_suspected' | 'not_meaningful')[];
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/**
 * Figures of an executed path of at least one row. A year is `annualisationDays` rows, but for `cagrCalendar`. Nothing is annualised under
 * 30 rows. Errors: MetricsOverflow.
 */
export function figuresOf(path: ExecutionPath, openingDate: IsoDate, annualisationDays: number): ExecutionFigures {
  const { dates, equity, net, bankrupt } = path;
  const rows = dates.length;
  const last = dates[rows - 1]!;
  const days = dayNumberOf(last) - dayNumberOf(openingDate);
  const rowsPerYear = days > 0 ? rowsPerCalendarYear(rows, days) : null;
  const isMeaningful = rows >= meaningfulRowsMin;
  const perYear = (value: number): number | null => (isMeaningful ? (value / rows) * annualisationDays : null);
  const isSuspected = isMeaningful && rowsPerYear !== null && isAnnualisationSuspected(rowsPerYear, annualisationDays);
  const { wins, activeRows, hitRateOfActive } = activityOf(net);
  const episodes = drawdownsOf(dates, equity, openingDate);
  const worst = worstDrawdowns({ episodes }, 5);
  const finalEquity = equity[rows - 1]!;
  const [slippageAndCommission, impact, borrow] = [sumOf(path.cost), sumOf(path.impact), sumOf(path.borrow)];
  const total = slippageAndCommission + impact + borrow;
  const turnoverTwoSided = sumOf(path.turnoverTwoSided);
  return {
    rows,
    first: dates[0]!,
    last,
    openingDate,
    days,
    rowsPerYear,
    finalEquity,
    cagrCalendar: isMeaningful && days > 0 && bankrupt === null ? growthPerCalendarYear(Math.log(finalEquity), days) : null,
    metrics: bankrupt === null ? computeMetrics({ dates, values: net }, annualisationDays) : null,
    hitRate: wins / rows,
    activeRows,
    activeHitRate: hitRateOfActive,
    maxDrawdown: worst[0]?.depth ?? 0,
    drawdowns: { count: episodes.length, averageLengthRows: averageLengthOf(episodes), worst },
    averageGrossExposure: sumOf(path.grossExposure) / rows,
    averageNetExposure: sumOf(path.netExposure) / rows,
    turnoverTwoSided,
    turnoverTwoSidedPerYear: perYear(turnoverTwoSided),
    costs: { slippageAndCommission, impact, borrow, total, totalPerYear: perYear(total) },
    cashInterest: sumOf(path.cashInterest),
    syntheticResetTurnover: sumOf(path.syntheticResetTurnover),
    flags: [...(isSuspected ? (['annualisation_suspected'] as const) : []), ...(isMeaningful ? [] : (['not_meaningful'] as const))],
  };
}
