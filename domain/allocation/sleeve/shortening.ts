import { columnsOf } from '../../returns/coverage.ts';
import type { Grid } from '../../returns/grid.ts';
import type { SleeveScope } from './scope.ts';

/** How far the prices of a universe reach, and what ends the grid before. */
export interface Shortening {
  readonly pricesLast: string;
  /** Kept symbols without a price behind the grid's end, else those without one on the last date; empty when the grid reaches it. */
  readonly by: readonly { readonly symbol: string; readonly last: string }[];
}

/** Errors: PricesMissing. */
export function shorteningOf({ prices, lastPrice }: Pick<SleeveScope, 'prices' | 'lastPrice'>, { grid, kept }: Grid): Shortening {
  const { table } = prices;
  if (grid.last >= lastPrice) return { pricesLast: lastPrice, by: [] };
  const lasts = columnsOf(table, kept).map(({ symbol, closes }) => ({
    symbol,
    last: table.dates[closes.findLastIndex((price, row) => !Number.isNaN(price) && table.dates[row]! <= lastPrice)]!,
  }));
  const ended = lasts.filter(({ last }) => last <= grid.last);
  return { pricesLast: lastPrice, by: ended.length > 0 ? ended : lasts.filter(({ last }) => last < lastPrice) };
}
