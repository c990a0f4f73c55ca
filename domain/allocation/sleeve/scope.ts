import { cutPriceFile, type PriceFile } from '../../returns/price-file.ts';
import { LedgerError } from '../../shared/errors.ts';
import { type Universe, type UniverseInput, universeOf } from './universe.ts';

/** What a run of a sleeve may see: its universe, and the price files cut to it. */
export interface SleeveScope {
  readonly universe: Universe;
  readonly files: readonly PriceFile[];
  /** The as-of date of the run: the requested one, else the last session with a price. */
  readonly asOf: string;
}

function lastPriceDate(files: readonly PriceFile[], universe: Universe): string {
  const wanted = new Set(universe.symbols);
  let last = '';
  for (const { table } of files) {
    for (const [column, symbol] of table.symbols.entries()) {
      if (!wanted.has(symbol)) continue;
      const row = table.closes[column]!.findLastIndex((price) => !Number.isNaN(price));
      if (row >= 0 && table.dates[row]! > last) last = table.dates[row]!;
    }
  }
  if (last === '')
    throw new LedgerError('HistoryTooShort', 'no symbol of the universe has a price in the range', {
      evidence: { symbols: universe.symbols },
    });
  return last;
}

/** Errors: PricesMissing, ExchangeUnknown, HistoryTooShort. */
export function scopeOf(input: UniverseInput): SleeveScope {
  const { from, asOf } = input.options;
  const universe = universeOf(input);
  const wanted = new Set([...universe.symbols, ...universe.benchmarks]);
  const files = input.files.map((file) => cutPriceFile(file, wanted, { from, to: asOf }));
  return { universe, files, asOf: asOf ?? lastPriceDate(files, universe) };
}
