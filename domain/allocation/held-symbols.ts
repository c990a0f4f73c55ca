import { nearest } from '../shared/suggest.ts';
import { LedgerError } from '../shared/errors.ts';
import { canonicalSymbol, tickerOf } from '../shared/symbol.ts';
import type { Holding } from './trades.ts';

/** What becomes of a holding that cannot be matched with what is published. */
export type Unmapped = 'keep' | 'refuse';

/** Symbols that a holding may mean. */
export interface KnownSymbols {
  /** Targets of the publication. */
  readonly published: readonly string[];
  /** Others that its sleeves may hold: what is sold now may have been a target before. */
  readonly universe: readonly string[];
}

export interface MatchedHoldings {
  readonly holdings: readonly Holding[];
  readonly warnings: readonly string[];
}

function refuse(symbol: string, why: string, candidates: readonly string[]): never {
  throw new LedgerError('HoldingsInvalid', why, { evidence: { symbol, candidates: [...candidates] }, at: { path: symbol } });
}

/** Classes of shares are parted with a point, a blank, a stroke or a slash, each broker in its way. */
function classless(ticker: string): string {
  return ticker.replaceAll(/[ ./-]/g, '.');
}

/** Symbols of a ticker: targets before others, and its own spelling before that of another house. */
function ofTicker(ticker: string, { published, universe }: KnownSymbols): readonly string[] {
  for (const symbols of [published, universe]) {
    const same = symbols.filter((symbol) => tickerOf(symbol) === ticker);
    const alike = same.length > 0 ? same : symbols.filter((symbol) => classless(tickerOf(symbol)) === classless(ticker));
    if (alike.length > 0) return [...new Set(alike)];
  }
  return [];
}

const keepWords = '--unmapped keep takes it for an asset of its own, which is sold';

/** A ticker without an exchange: the only symbol of that name. */
function withoutExchange(ticker: string, known: KnownSymbols, unmapped: Unmapped): { readonly symbol: string; readonly said: string } {
  const candidates = ofTicker(ticker, known);
  const [only] = candidates;
  if (candidates.length > 1)
    return refuse(ticker, `${ticker} may be ${candidates.join(' or ')}: write the holding with its exchange`, candidates);
  if (only !== undefined) return { symbol: only, said: `${ticker} is read as ${only}` };
  if (unmapped === 'keep') return { symbol: ticker, said: `${ticker} is no symbol of the portfolio, and is sold` };
  const near = nearest(ticker, known.published.map(tickerOf));
  const meant = near === null ? '.' : `; did you mean ${ofTicker(near, known).join(' or ')}?`;
  return refuse(ticker, `${ticker} is no symbol of the portfolio${meant} Write it as EXCHANGE:TICKER; ${keepWords}`, []);
}

/** A symbol with its exchange: the published one, or one of its own unless its ticker is published elsewhere. */
function withExchange(symbol: string, { published }: KnownSymbols, unmapped: Unmapped): string | null {
  if (published.includes(symbol)) return null;
  const elsewhere = published.filter((target) => tickerOf(target) === tickerOf(symbol));
  if (elsewhere.length === 0) return null;
  const names = elsewhere.join(' or ');
  if (unmapped === 'keep') return `${symbol} is held and ${names} is published: they are two assets, and ${symbol} is sold`;
  return refuse(symbol, `${symbol} is held, and ${names} is published: write ${names} if it is the same; ${keepWords}`, elsewhere);
}

/**
 * Holdings under the symbols of a publication. Case and blanks are spelling; a ticker without an exchange is looked up, and one that is
 * published under another exchange is refused unless it is to be kept. Errors: HoldingsInvalid with the candidates.
 */
export function matchHoldings(holdings: readonly Holding[], known: KnownSymbols, unmapped: Unmapped): MatchedHoldings {
  const matched = new Map<string, { readonly holding: Holding; readonly written: string }>();
  const warnings: string[] = [];
  for (const held of holdings) {
    const written = canonicalSymbol(held.symbol);
    const bare = written.includes(':') ? null : withoutExchange(written, known, unmapped);
    const warning = bare?.said ?? withExchange(written, known, unmapped);
    if (warning !== null) warnings.push(warning);
    const symbol = bare?.symbol ?? written;
    const other = matched.get(symbol);
    if (other !== undefined) refuse(symbol, `${other.written} and ${held.symbol} are both ${symbol}`, [symbol]);
    matched.set(symbol, { holding: { symbol, notional: held.notional, unitValue: held.unitValue }, written: held.symbol });
  }
  return { holdings: [...matched.values()].map(({ holding }) => holding), warnings };
}
