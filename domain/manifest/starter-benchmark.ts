import { calendarOfSymbol, isRoundTheClock } from '../returns/calendar.ts';

/** Tickers that stand for a whole market, the most usual first; on whatever exchange a file names. */
const marketTickers = ['SPY', 'IVV', 'VOO', 'VTI', 'ES1!', 'MES1!'] as const;
/** Bitcoin in a currency, and its perpetual contract. */
const coinTicker = /^(?:BTC|XBT)(?:USD[A-Z]?|EUR)(?:\.P)?$/;

const tickerOf = (symbol: string): string => symbol.slice(symbol.indexOf(':') + 1);

/**
 * The benchmark of a sleeve among its own symbols: a known market on the calendar of the sleeve, or bitcoin where it trades round the
 * clock. Null when it has none: a symbol that stands for nothing but itself is no market.
 */
export function benchmarkAmong(symbols: readonly string[]): string | null {
  if (symbols.every((symbol) => isRoundTheClock(calendarOfSymbol(symbol)))) {
    return symbols.find((symbol) => coinTicker.test(tickerOf(symbol))) ?? null;
  }
  const found = marketTickers.map((ticker) => symbols.find((symbol) => tickerOf(symbol) === ticker));
  return found.find((symbol) => symbol !== undefined) ?? null;
}

/** What a file without a benchmark would need, in words. */
export function benchmarksKnown(symbols: readonly string[]): string {
  return symbols.every((symbol) => isRoundTheClock(calendarOfSymbol(symbol)))
    ? 'bitcoin, such as BINANCE:BTCUSDT'
    : `a market, such as AMEX:SPY (known are ${marketTickers.join(', ')})`;
}
