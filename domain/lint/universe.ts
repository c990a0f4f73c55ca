import type { PriceTable } from '../returns/series.ts';
import { isCoin } from '../selection/identity.ts';
import { type CoinPrices, stableCoinOf } from '../selection/stable-coins.ts';
import { byCodeUnits } from '../shared/order.ts';

/** What is known of the symbols that a profile may hold; benchmarks are none of them. */
export interface LintedUniverse {
  /** Null where neither the manifest nor the question names any. */
  readonly symbols: readonly string[] | null;
  /** Closes and returns by symbol, where price files are given; a peg can be seen in nothing else. */
  readonly prices: ReadonlyMap<string, CoinPrices>;
}

export interface StableCoin {
  readonly symbol: string;
  readonly because: 'listed' | 'pegged';
}

const noPrices: CoinPrices = { closes: new Float64Array(), returns: new Float64Array(), annualisationDays: 365 };

/** Stable coins among the symbols, in code-unit order: listed, or pegged by the prices that are given. */
export function stableCoinsIn({ symbols, prices }: LintedUniverse): StableCoin[] {
  return (symbols ?? []).toSorted(byCodeUnits).flatMap((symbol) => {
    const because = stableCoinOf(symbol, prices.get(symbol) ?? noPrices);
    return because === null ? [] : [{ symbol, because }];
  });
}

/** Whether a sleeve trades round the clock: all of its symbols do, or, where none are named, one of its benchmarks does. */
export function isCryptoSleeve({ symbols }: LintedUniverse, benchmarks: readonly string[]): boolean {
  if (symbols !== null && symbols.length > 0) return symbols.every(isCoin);
  return benchmarks.some(isCoin);
}

/** Last closes of each column and the simple returns between those that are there; at most `rows` of each. */
export function coinPricesOf({ symbols, closes }: PriceTable, rows: number): [symbol: string, prices: CoinPrices][] {
  return symbols.map((symbol, column) => {
    const last = closes[column]!.subarray(-(rows + 1));
    const known = last.filter((close) => !Number.isNaN(close));
    const returns = known.slice(1).map((close, row) => close / known[row]! - 1);
    return [symbol, { closes: last.subarray(-rows), returns, annualisationDays: 365 }];
  });
}
