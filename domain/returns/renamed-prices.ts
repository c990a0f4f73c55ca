import { LedgerError } from '../shared/errors.ts';
import { suggestion } from '../shared/suggest.ts';
import { canonicalSymbol } from '../shared/symbol.ts';
import type { PriceFile } from './price-file.ts';
import { identifiedPrices } from './price-symbols.ts';
import { requireRenamedSymbol } from './symbol-column.ts';

/** Column of a price file to the symbol that it stands for. */
export type Renames = ReadonlyMap<string, string>;

const at = { path: '--rename' };

/** Reads `FROM=TO`, each once. Errors: Usage, SymbolInvalid, ExchangeUnknown. */
export function parseRenames(pairs: readonly string[]): Renames {
  const renames = new Map<string, string>();
  for (const pair of pairs) {
    const parts = pair.split('=');
    const [from, to] = parts.map((part) => canonicalSymbol(part));
    if (parts.length !== 2 || !from || !to)
      throw new LedgerError('Usage', `--rename ${pair}: write FROM=TO, such as CRYPTO:BTCUSD=BINANCE:BTCUSDT`, { at });
    requireRenamedSymbol(to, pair);
    const before = renames.get(from);
    if (before !== undefined && before !== to)
      throw new LedgerError('Usage', `--rename ${pair}: ${from} is renamed to ${before} already`, { at });
    renames.set(from, to);
  }
  return renames;
}

function refuseTwo(file: string, to: string, columns: readonly string[]): never {
  const named = columns.map((name) => JSON.stringify(name)).join(' and ');
  throw new LedgerError('SymbolTwice', `${file}: the columns ${named} would both be ${to}`, {
    evidence: { symbol: to, columns },
    at: { file, path: to },
  });
}

/** The file with its columns under their new names, and what was renamed beside it; the file itself where no name is one of its columns. */
function renamed(given: PriceFile, renames: Renames): PriceFile {
  const file = identifiedPrices(given);
  const { symbols } = file.table;
  const own = symbols.filter((symbol) => renames.has(symbol));
  if (own.length === 0) return given;
  const columnOf = new Map<string, string>();
  const names = symbols.map((symbol) => renames.get(symbol) ?? symbol);
  for (const [column, name] of names.entries()) {
    const other = columnOf.get(name);
    if (other !== undefined) refuseTwo(file.file, name, [other, symbols[column]!]);
    columnOf.set(name, symbols[column]!);
  }
  const known = given.renamed ?? {};
  const all = Object.fromEntries(own.map((from) => [renames.get(from)!, known[from] ?? from]));
  return { ...file, table: { ...file.table, symbols: names }, renamed: { ...known, ...all } };
}

/**
 * Price files with columns under other names, all at once: A=B and B=A swap two. Each column that is named must stand in one of the files.
 * Errors: PricesMissing for a column that none has; SymbolTwice where two columns would have one name.
 */
export function renamedPrices<File extends PriceFile>(files: readonly File[], renames: Renames): File[] {
  const columns = new Set(files.flatMap((file) => identifiedPrices(file).table.symbols));
  for (const from of renames.keys()) {
    if (columns.has(from)) continue;
    throw new LedgerError('PricesMissing', `--rename: no price file has a column ${from}${suggestion(from, [...columns])}`, {
      evidence: { symbol: from },
      at,
    });
  }
  return files.map((file) => ({ ...file, ...renamed(file, renames) }));
}
