import type { IsoDate, PriceTable, ReturnMatrix } from '../returns/series.ts';
import type { SymbolFacts } from '../selection/pool.ts';
import { symbolFactsAt } from '../selection/symbol-facts.ts';

/** Rows of returns that a decision reads. */
export interface ReadRows {
  readonly first: number;
  readonly end: number;
}

function rowsUpTo(dates: readonly IsoDate[], date: IsoDate): number {
  let low = 0;
  let high = dates.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (dates[middle]! <= date) low = middle + 1;
    else high = middle;
  }
  return low;
}

function columnBetween({ columns, values }: ReturnMatrix, column: number, { first, end }: ReadRows): Float64Array {
  return Float64Array.from({ length: end - first }, (_, row) => values[(first + row) * columns.length + column]!);
}

/** What is known of each column of a pool on the day of a decision, the last of the rows that it reads. */
export function knownFacts(
  {
    returns,
    benchmarks,
    prices,
    annualisationDays,
  }: {
    readonly returns: ReturnMatrix;
    readonly benchmarks: readonly string[];
    readonly prices: PriceTable;
    readonly annualisationDays: number;
  },
  rows: ReadRows,
): SymbolFacts[] {
  const seen = rowsUpTo(prices.dates, returns.dates[rows.end - 1]!);
  const dates = prices.dates.slice(0, seen);
  const placeOf = new Map(prices.symbols.map((symbol, place) => [symbol, place]));
  return returns.columns.map((symbol, column) =>
    symbolFactsAt({
      symbol,
      isBenchmark: benchmarks.includes(symbol),
      dates,
      closes: prices.closes[placeOf.get(symbol)!]!.subarray(0, seen),
      volumes: null,
      trainingRows: rows.end - rows.first,
      returns: columnBetween(returns, column, rows),
      annualisationDays,
      identity: null,
      metadata: null,
      scan: null,
    }),
  );
}
