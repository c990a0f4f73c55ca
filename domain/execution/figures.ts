import { dayNumberOf } from '../returns/days.ts';
import { computeMetrics, meaningfulRowsMin, type Metrics } from '../returns/metrics.ts';
import type { IsoDate } from '../returns/series.ts';
import { type Drawdown, drawdownsOf } from './drawdowns.ts';
import type { ExecutionPath } from './path.ts';

const calendarDaysPerYear = 365.25;
/** Rows a year may differ from the annual factor by this share. */
const annualisationTolerance = 0.05;

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

function hitsOf(net: Float64Array): Pick<ExecutionFigures, 'hitRate' | 'activeRows' | 'activeHitRate'> {
  let wins = 0;
  let activeRows = 0;
  for (const value of net) {
    if (value > 0) wins += 1;
    if (value !== 0) activeRows += 1;
  }
  return { hitRate: wins / net.length, activeRows, activeHitRate: activeRows === 0 ? null : wins / activeRows };
}

function fallsOf(path: ExecutionPath, openingDate: IsoDate): Pick<ExecutionFigures, 'maxDrawdown' | 'drawdowns'> {
  const falls = drawdownsOf(path.dates, path.equity, openingDate);
  const worst = falls.toSorted((left, right) => left.depth - right.depth).slice(0, 5);
  const averageLengthRows = falls.length === 0 ? null : falls.reduce((sum, { lengthRows }) => sum + lengthRows, 0) / falls.length;
  return { maxDrawdown: worst[0]?.depth ?? 0, drawdowns: { count: falls.length, averageLengthRows, worst } };
}

/**
 * Figures of an executed path of at least one row. A year is `annualisationDays` rows, but for `cagrCalendar`. Nothing is annualised under
 * 30 rows. Errors: MetricsOverflow.
 */
export function figuresOf(path: ExecutionPath, openingDate: IsoDate, annualisationDays: number): ExecutionFigures {
  const { dates, equity, net, bankrupt } = path;
  const rows = dates.length;
  const last = dates[rows - 1]!;
  const days = dayNumberOf(last) - dayNumberOf(openingDate);
  const rowsPerYear = days > 0 ? (rows * calendarDaysPerYear) / days : null;
  const isMeaningful = rows >= meaningfulRowsMin;
  const perYear = (value: number): number | null => (isMeaningful ? (value / rows) * annualisationDays : null);
  const isSuspected = isMeaningful && rowsPerYear !== null && Math.abs(rowsPerYear / annualisationDays - 1) > annualisationTolerance;
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
    cagrCalendar: isMeaningful && days > 0 && bankrupt === null ? Math.expm1((calendarDaysPerYear / days) * Math.log(finalEquity)) : null,
    metrics: bankrupt === null ? computeMetrics({ dates, values: net }, annualisationDays) : null,
    ...hitsOf(net),
    ...fallsOf(path, openingDate),
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
