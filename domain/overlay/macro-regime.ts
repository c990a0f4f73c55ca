import { dayNumberOf } from '../returns/days.ts';
import { periodEnds, periodOf } from '../returns/periods.ts';
import { lastAtOrBefore } from '../execution/schedule.ts';
import type { IsoDate } from '../returns/series.ts';
import type { DatedTable } from '../returns/table-text.ts';
import { LedgerError } from '../shared/errors.ts';
import { LogReturns } from './log-returns.ts';
import { sampleMoments } from '../returns/sample-moments.ts';
import type { MacroRegime } from './parameters.ts';

/** The regime at the last row of a week, the inputs smoothed. */
export interface MacroSample {
  readonly date: IsoDate;
  /** Mean over the index symbols of their annualised volatility. */
  readonly volatility: number;
  /** Share of index symbols that close above their average. */
  readonly breadth: number;
  readonly raw: number;
  readonly clamped: number;
  /** Holds from the close of its date. */
  readonly k: number;
  /** The last row does not close its week: later rows may still belong to it. */
  readonly isOpenWeek: boolean;
}

/** Rows on which every index symbol has a close. Errors: PricesMissing. */
function commonCloses(prices: DatedTable, symbols: readonly string[]): DatedTable {
  const values = symbols.map((symbol) => {
    const column = prices.columns.indexOf(symbol);
    if (column >= 0) return prices.values[column]!;
    throw new LedgerError('PricesMissing', `the macro regime reads ${symbol}, and there are no prices of it`, {
      evidence: { symbol },
      at: { path: symbol },
    });
  });
  const rows = prices.dates.flatMap((_, row) => (values.every((closes) => !Number.isNaN(closes[row]!)) ? [row] : []));
  return {
    dates: rows.map((row) => prices.dates[row]!),
    columns: symbols,
    values: values.map((closes) => Float64Array.from(rows, (row) => closes[row]!)),
  };
}

interface Inputs {
  readonly volatility: number;
  readonly breadth: number;
}

/** Null before both inputs exist. */
function inputsAt(closes: DatedTable, returns: LogReturns, row: number, regime: MacroRegime, annualisationDays: number): Inputs | null {
  if (row + 1 < regime.sma_window || row < regime.vol_window) return null;
  let volatility = 0;
  let above = 0;
  for (const [column, series] of closes.values.entries()) {
    const last = returns.lastOf(column, closes.dates[row]!, regime.vol_window);
    volatility += sampleMoments(last).deviation! * Math.sqrt(annualisationDays);
    let sum = 0;
    for (let each = row - regime.sma_window + 1; each <= row; each++) sum += series[each]!;
    if (series[row]! > sum / regime.sma_window) above += 1;
  }
  return { volatility: volatility / closes.columns.length, breadth: above / closes.columns.length };
}

const clamped = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const smoothed = (value: number, before: number | undefined, alpha: number): number =>
  before === undefined ? value : alpha * value + (1 - alpha) * before;

export interface MacroPath {
  readonly samples: readonly MacroSample[];
  /** Macro series are not read: their term is 0. */
  readonly fred: 'not_evaluated';
}

/**
 * The macro scaler, sampled at the last row of each week that ends on a Friday: volatility and breadth are taken there and smoothed
 * (y = αx + (1-α)y before, the first value as it is), then k = k_max - clip((vol - lo)/(hi - lo), 0, 1)(k_max - k_min) + w(2·breadth - 1),
 * clamped to [k_min, k_max] and smoothed itself. No value before both inputs exist. Errors: PricesMissing, IntegrityFailed.
 */
export function macroPath(prices: DatedTable, regime: MacroRegime, annualisationDays: number): MacroPath {
  const closes = commonCloses(prices, regime.index_symbols);
  const returns = LogReturns.ofPrices(closes, regime.index_symbols);
  const samples: MacroSample[] = [];
  for (const row of periodEnds(closes.dates, 'W-FRI')) {
    const inputs = inputsAt(closes, returns, row, regime, annualisationDays);
    if (inputs === null) continue;
    const before = samples.at(-1);
    const volatility = smoothed(inputs.volatility, before?.volatility, regime.input_alpha);
    const breadth = smoothed(inputs.breadth, before?.breadth, regime.input_alpha);
    const stress = clamped((volatility - regime.vol_lo) / (regime.vol_hi - regime.vol_lo), 0, 1);
    const raw = regime.k_max - stress * (regime.k_max - regime.k_min) + regime.breadth_weight * (2 * breadth - 1);
    const bounded = clamped(raw, regime.k_min, regime.k_max);
    const date = closes.dates[row]!;
    samples.push({
      date,
      volatility,
      breadth,
      raw,
      clamped: bounded,
      k: smoothed(bounded, before?.k, regime.alpha),
      isOpenWeek: row === closes.dates.length - 1 && periodOf(date, 'W-FRI') !== dayNumberOf(date),
    });
  }
  return { samples, fred: 'not_evaluated' };
}

/** The newest sample at or before a date; null before the first. */
export function sampleAt({ samples }: MacroPath, date: IsoDate): MacroSample | null {
  return (
    samples[
      lastAtOrBefore(
        samples.map((sample) => sample.date),
        date,
      )
    ] ?? null
  );
}
