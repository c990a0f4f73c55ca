import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import { calendarByExchange } from './exchanges.ts';

/** A column of a price file, counted from 1: the first holds the dates. */
export interface SymbolColumn {
  readonly file: string;
  readonly column: number;
  readonly symbol: string;
}

interface Fault {
  readonly code: 'SymbolInvalid' | 'ExchangeUnknown';
  readonly why: string;
}

const malformed = (why: string): Fault => ({ code: 'SymbolInvalid', why });

/** Capitals, and a dot where a blank stood inside: what most sources write. */
function respelled(symbol: string): string {
  return symbol.trim().toUpperCase().replace(/\s+/g, '.');
}

/** What keeps a text from being an `EXCHANGE:TICKER` of a known exchange; null when nothing does. */
function faultOf(symbol: string): Fault | null {
  const parts = symbol.split(':');
  const [exchange, ticker] = parts;
  if (symbol.length > 200) return malformed('it is longer than 200 characters');
  if (ticker === undefined) return malformed('it names no exchange');
  if (parts.length > 2) return malformed('it has more than one colon');
  if (exchange === '') return malformed('nothing stands before the colon');
  if (ticker === '') return malformed('nothing stands behind the colon');
  if (/\s/u.test(symbol)) return malformed(`a blank stands in it; write ${respelled(symbol)}`);
  if (/["',\p{Cc}\p{Cf}]/u.test(symbol)) return malformed('a quote, comma or control character stands in it');
  if (/\p{Ll}/u.test(symbol)) return malformed(`symbols are written in capitals; write ${respelled(symbol)}`);
  if (calendarByExchange.has(exchange!)) return null;
  const known = [...calendarByExchange.keys()].toSorted(byCodeUnits).join(', ');
  return { code: 'ExchangeUnknown', why: `the exchange ${exchange} has no calendar; known are ${known}` };
}

/** Errors: SymbolInvalid, ExchangeUnknown; each names the file, the column and the symbol. */
export function requireSymbolColumn({ file, column, symbol }: SymbolColumn): void {
  const fault = faultOf(symbol);
  if (fault === null) return;
  throw new LedgerError(fault.code, `${file}, column ${column}: ${JSON.stringify(symbol)} is no EXCHANGE:TICKER: ${fault.why}`, {
    evidence: { column, symbol },
    at: { file, line: 1, path: symbol },
  });
}

/** The same of a name that a column is given. */
export function requireRenamedSymbol(symbol: string, pair: string): void {
  const fault = faultOf(symbol);
  if (fault === null) return;
  throw new LedgerError(fault.code, `--rename ${pair}: ${JSON.stringify(symbol)} is no EXCHANGE:TICKER: ${fault.why}`, {
    evidence: { symbol },
    at: { path: '--rename' },
  });
}

/** The same of each column of a price file that is wanted; a file may have columns beside them. */
export function requireSymbolColumns(file: string, symbols: readonly string[], wanted: ReadonlySet<string>): void {
  // The first column holds the dates.
  for (const [index, symbol] of symbols.entries()) if (wanted.has(symbol)) requireSymbolColumn({ file, column: index + 2, symbol });
}
