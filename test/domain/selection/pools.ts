import type { SelectionPool, SymbolFacts } from '../../../domain/selection/pool.ts';
import { fullLiquidityValue, marketOf, unknownFacts } from '../../../domain/selection/pool.ts';
import { selectionReadings, type SelectionSettings } from '../../../domain/selection/settings.ts';
import type { ReturnMatrix } from '../../../domain/returns/series.ts';

/** The settings of the worked examples: v4 with the manifest's thresholds. */
export const usual: SelectionSettings = {
  mode: 'v4',
  strategy: 'trend_following',
  top_n: 3,
  threshold: 0.5,
  min_momentum_score: 0,
  min_winners: 5,
  veto_share_max: 0.7,
  dynamic_selection: true,
  predictability_vetoes: true,
  short_direction: false,
  entropy_max: 0.95,
  entropy_acceptance: null,
  efficiency_min: 0.05,
  hurst_random_walk: [0.48, 0.52],
  eci_hurdle: 0,
  correlation_shrinkage: 0.01,
  cluster_lookbacks: [60, 120, 200],
  exclude_cash_like: false,
  min_score_rank: 0,
  require: [],
  reading: selectionReadings.ruled,
};

/** Columns by symbol as a matrix; the dates are placeholders. */
export function matrixOf(columns: Readonly<Record<string, readonly number[]>>): ReturnMatrix {
  const symbols = Object.keys(columns);
  const rows = columns[symbols[0]!]!.length;
  const values = new Float64Array(rows * symbols.length);
  symbols.forEach((symbol, column) => columns[symbol]!.forEach((value, row) => (values[row * symbols.length + column] = value)));
  return { dates: Array.from({ length: rows }, (_, row) => `day ${row}`), columns: symbols, values };
}

/** A pool of which nothing but returns is known, unless facts are given. */
export function poolOf(
  returns: ReturnMatrix,
  facts: Readonly<Record<string, Partial<SymbolFacts>>> = {},
  more: Partial<SelectionPool> = {},
): SelectionPool {
  return {
    returns,
    market: marketOf(returns),
    facts: returns.columns.map((symbol) => ({ ...unknownFacts(symbol), ...facts[symbol] })),
    annualisationDays: 252,
    fullLiquidity: fullLiquidityValue.others,
    ...more,
  };
}
