import type { SelectionPool, SymbolFacts } from '../../../domain/selection/pool.ts';
import { fullLiquidityValue, marketOf, unknownFacts } from '../../../domain/selection/pool.ts';
import type { ReturnMatrix } from '../../../domain/returns/series.ts';

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
