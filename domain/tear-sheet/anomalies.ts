import { sampleMoments } from '../returns/sample-moments.ts';
import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import { extremeReturn } from '../walk-forward/walk-forward.ts';
import type { HeldWindow } from './tear-sheet-input.ts';

/** A Sharpe ratio of this size a year, or a volatility above the other, is more likely a fault than a result. */
const sharpeMax = 10;
const volatilityMax = 2;

/** What a reader should look at before believing the rest. */
export interface Anomaly {
  readonly kind: 'window_sharpe' | 'window_volatility' | 'extreme_day';
  readonly first: IsoDate;
  readonly last: IsoDate;
  /** Per row: a window is too short for a year. */
  readonly value: number;
  /** Beyond which it counts, per row as well. */
  readonly limit: number;
}

function ofWindow(values: Float64Array, first: IsoDate, last: IsoDate, annualisationDays: number): Anomaly[] {
  const { mean, deviation } = sampleMoments(values);
  if (deviation === null || deviation === 0) return [];
  const rootA = Math.sqrt(annualisationDays);
  const sharpe = mean / deviation;
  const found: Anomaly[] = [];
  if (Math.abs(sharpe) > sharpeMax / rootA) found.push({ kind: 'window_sharpe', first, last, value: sharpe, limit: sharpeMax / rootA });
  if (deviation > volatilityMax / rootA)
    found.push({ kind: 'window_volatility', first, last, value: deviation, limit: volatilityMax / rootA });
  return found;
}

/** Days that moved by more than a half, and windows whose figures no market gives; null windows have none. */
export function anomaliesOf(
  { dates, values }: ReturnSeries,
  windows: readonly Pick<HeldWindow, 'testFirst' | 'testLast'>[] | null,
  annualisationDays: number,
): Anomaly[] {
  const days = dates.flatMap((date, row): Anomaly[] => {
    const value = values[row]!;
    return Math.abs(value) > extremeReturn ? [{ kind: 'extreme_day', first: date, last: date, value, limit: extremeReturn }] : [];
  });
  const ofWindows = (windows ?? []).flatMap(({ testFirst, testLast }) => {
    const first = dates.indexOf(testFirst);
    const last = dates.indexOf(testLast);
    return first < 0 || last < first ? [] : ofWindow(values.subarray(first, last + 1), testFirst, testLast, annualisationDays);
  });
  return [...days, ...ofWindows];
}
