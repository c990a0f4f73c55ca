/**
 * What a symbol is, however it was written. `EXCHANGE:TICKER` names one asset: case and blanks around its parts are spelling, another
 * exchange is another asset. Every way in makes one spelling of it before anything is compared.
 */
import { sortedBy } from './order.ts';

const atomSuffix = /^(.+?)(_[a-z][a-z0-9]*(?:_[a-z0-9]+)*_(LONG|SHORT)(?:_\d+[smhdwM])?)$/;

/**
 * A strategy atom in its parts: only the known suffix `_<logic>_<LONG|SHORT>[_<timescale>]` behind the colon is cut, so that
 * `CME_MINI:ES1!` stays whole. Null for a physical symbol.
 */
export function atomParts(name: string): { readonly symbol: string; readonly suffix: string; readonly sign: 1 | -1 } | null {
  const colon = name.indexOf(':');
  const match = atomSuffix.exec(name.slice(colon + 1));
  if (match === null) return null;
  return { symbol: name.slice(0, colon + 1) + match[1]!, suffix: match[2]!, sign: match[3] === 'SHORT' ? -1 : 1 };
}

/** Tickers are ASCII: a capital that some language makes of another letter would be another name. */
function capitals(text: string): string {
  return text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase());
}

/**
 * The one spelling of a symbol or strategy atom: capital letters, no blank around the exchange or the ticker, nothing invisible. A suffix
 * of a strategy stays as it is. Whether the exchange is known, and the ticker may stand, is not looked at.
 */
export function canonicalSymbol(written: string): string {
  const visible = written.replaceAll(/\p{Cf}/gu, '');
  const colon = visible.indexOf(':');
  const exchange = colon < 0 ? '' : `${capitals(visible.slice(0, colon).trim())}:`;
  const rest = visible
    .slice(colon + 1)
    .trim()
    .replaceAll(/\s+/g, ' ');
  const atom = atomParts(rest);
  return exchange + (atom === null ? capitals(rest) : capitals(atom.symbol) + atom.suffix);
}

/** The part behind the exchange; the whole where none is named. */
export function tickerOf(symbol: string): string {
  return symbol.slice(symbol.indexOf(':') + 1);
}

/** One asset and the ways in which it was written. */
export interface Respelled {
  readonly symbol: string;
  readonly written: readonly string[];
}

/** A list with each asset once, in the order of its first mention, and those that were written in several ways. */
export function mergeSpellings(names: readonly string[]): { readonly symbols: string[]; readonly merged: Respelled[] } {
  const spellings = new Map<string, Set<string>>();
  for (const name of names) {
    const symbol = canonicalSymbol(name);
    spellings.set(symbol, (spellings.get(symbol) ?? new Set()).add(name));
  }
  const merged = [...spellings].filter(([, written]) => written.size > 1).map(([symbol, written]) => ({ symbol, written: [...written] }));
  return { symbols: [...spellings.keys()], merged };
}

/** Assets that differ in their exchange alone, by ticker. */
export function tickersOnSeveralExchanges(symbols: Iterable<string>): { readonly ticker: string; readonly symbols: readonly string[] }[] {
  const byTicker = new Map<string, Set<string>>();
  for (const symbol of symbols) byTicker.set(tickerOf(symbol), (byTicker.get(tickerOf(symbol)) ?? new Set()).add(symbol));
  const several = [...byTicker].filter(([, found]) => found.size > 1);
  return sortedBy(several, ([ticker]) => ticker).map(([ticker, found]) => ({ ticker, symbols: sortedBy([...found], (symbol) => symbol) }));
}

/** A warning for each ticker that stands under two exchanges. */
export function exchangeWarnings(symbols: Iterable<string>): string[] {
  return tickersOnSeveralExchanges(symbols).map(
    ({ ticker, symbols: found }) => `${ticker} stands under ${found.length} exchanges, as assets of their own: ${found.join(', ')}`,
  );
}
