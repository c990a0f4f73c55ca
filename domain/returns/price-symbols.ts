import { LedgerError } from '../shared/errors.ts';
import { canonicalSymbol } from '../shared/symbol.ts';
import type { PriceFile } from './price-file.ts';

/**
 * A price file under the one spelling of each of its symbols. Nothing but the names of columns changes: the bytes of the file, which are
 * hashed, do not. Errors: SymbolTwice where two columns are one symbol.
 */
export function identifiedPrices<File extends PriceFile>(file: File): File {
  const { symbols } = file.table;
  // A column that names no exchange is no symbol, and is refused where it is used.
  const spelled = symbols.map((name) => (name.includes(':') ? canonicalSymbol(name) : name));
  if (spelled.every((symbol, column) => symbol === symbols[column])) return file;
  const first = new Map<string, string>();
  for (const [column, symbol] of spelled.entries()) {
    const written = symbols[column]!;
    const other = first.get(symbol);
    if (other !== undefined) {
      const columns = [other, written];
      throw new LedgerError(
        'SymbolTwice',
        `${file.file}: the columns ${columns.map((name) => JSON.stringify(name)).join(' and ')} are both ${symbol}`,
        {
          evidence: { symbol, columns },
          at: { file: file.file, path: symbol },
        },
      );
    }
    first.set(symbol, written);
  }
  return { ...file, table: { ...file.table, symbols: spelled } };
}
