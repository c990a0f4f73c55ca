import { isRoundTheClock, knownCalendarOf } from '../returns/calendar.ts';

/** Currencies that a pair of coins may be quoted in; the longer names first, so that BUSD is not read as B and USD. */
const quotes = ['USDT', 'USDC', 'BUSD', 'USD', 'EUR'] as const;
const perpetual = '.P';

/** The part of `EXCHANGE:SYMBOL` behind the colon. */
function tickerOf(symbol: string): string {
  return symbol.slice(symbol.indexOf(':') + 1);
}

/** Whether a symbol trades round the clock, as coins do. */
export function isCoin(symbol: string): boolean {
  const calendar = knownCalendarOf(symbol);
  return calendar !== null && isRoundTheClock(calendar);
}

/** The base asset of a pair: BTC of BINANCE:BTCUSDT.P; the ticker where no quote follows it. */
export function baseAssetOf(symbol: string): string {
  const ticker = tickerOf(symbol);
  const pair = ticker.endsWith(perpetual) ? ticker.slice(0, -perpetual.length) : ticker;
  const quote = quotes.find((suffix) => pair.endsWith(suffix) && pair.length > suffix.length);
  return quote === undefined ? pair : pair.slice(0, -quote.length);
}

/** What counts as one bet: what metadata say, else the base asset of a coin, else the symbol. */
export function identityOf(symbol: string, stated: string | null): string {
  if (stated !== null) return stated;
  return isCoin(symbol) ? baseAssetOf(symbol) : symbol;
}
