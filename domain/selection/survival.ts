import { calendarOfSymbol, countExpected } from '../returns/calendar.ts';
import { dayNumberOf } from '../returns/days.ts';
import type { IsoDate } from '../returns/series.ts';

/** A stretch in which markets were under stress, both days included. */
export interface StressPeriod {
  readonly first: IsoDate;
  readonly last: IsoDate;
}

/** The stress calendar: spring 2022, banks in March 2023, the carry unwind of August 2024. */
export const stressCalendar: readonly StressPeriod[] = [
  { first: '2022-05-01', last: '2022-06-30' },
  { first: '2023-03-01', last: '2023-03-31' },
  { first: '2024-08-01', last: '2024-08-31' },
];

/** Closes of one symbol, NaN where it had no session. */
export interface CloseSeries {
  readonly symbol: string;
  readonly dates: readonly IsoDate[];
  readonly closes: Float64Array;
}

/** What a symbol kept in one period. */
export interface Survived extends StressPeriod {
  /** 1 + maximum drawdown of the period's returns. */
  readonly kept: number;
}

/** A period counts if so many of the symbol's sessions have a price. */
const coverageMin = 0.8;

/** 1 + maximum drawdown of the returns dated inside; the first is taken from the close before the period, where there is one. */
function survivedIn({ symbol, dates, closes }: CloseSeries, { first, last }: StressPeriod): Survived | null {
  const expected = countExpected(calendarOfSymbol(symbol), dayNumberOf(first), dayNumberOf(last));
  let present = 0;
  let peak: number | null = null;
  let kept = 1;
  for (const [row, date] of dates.entries()) {
    const close = closes[row]!;
    if (date > last) break;
    if (Number.isNaN(close)) continue;
    if (date < first) {
      peak = close;
      continue;
    }
    present++;
    peak = Math.max(peak ?? close, close);
    kept = Math.min(kept, close / peak);
  }
  return expected > 0 && present >= coverageMin * expected ? { first, last, kept } : null;
}

/**
 * Periods that ended before the decision and that the symbol lived through. It reads the symbol's whole past, for the periods lie outside
 * of a training window, and nothing behind the decision.
 */
export function survivedPeriods(series: CloseSeries, decision: IsoDate, calendar: readonly StressPeriod[] = stressCalendar): Survived[] {
  return calendar.flatMap((period) => {
    const survived = period.last < decision ? survivedIn(series, period) : null;
    return survived === null ? [] : [survived];
  });
}

/** Mean of what was kept; null without a period. */
export function survivalScore(periods: readonly Survived[]): number | null {
  return periods.length === 0 ? null : periods.reduce((sum, { kept }) => sum + kept, 0) / periods.length;
}
