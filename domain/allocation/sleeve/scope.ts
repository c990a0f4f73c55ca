import { lastCommonDate } from '../../returns/grid.ts';
import { cutPriceFile, type PriceFile } from '../../returns/price-file.ts';
import { cutSupply, type GivenSupply, nothingGiven } from './given-supply.ts';
import { LedgerError } from '../../shared/errors.ts';
import { type GatheredPrices, gatherPrices, symbolsByCoverage } from './gathered-prices.ts';
import { type Universe, type UniverseInput, universeOf } from './universe.ts';

/** What a run of a sleeve may see: its universe, and the price files cut to it. */
export interface SleeveScope {
  readonly universe: Universe;
  readonly files: readonly PriceFile[];
  readonly prices: GatheredPrices;
  /** What is known of the symbols beside their prices, cut like the price files. */
  readonly supply: GivenSupply;
  /** The last date on which any symbol of the universe has a price; the as-of date asked for where none has one. */
  readonly lastPrice: string;
  /** The as-of date of the run: the requested one, else where its grid ends. */
  readonly asOf: string;
  /** As-of dates that earlier rules gave the same run, newest first. */
  readonly asOfBefore: readonly string[];
}

function lastPriceDate(files: readonly PriceFile[], universe: Universe): string | null {
  const wanted = new Set(universe.symbols);
  let last = '';
  for (const { table } of files) {
    for (const [column, symbol] of table.symbols.entries()) {
      if (!wanted.has(symbol)) continue;
      const row = table.closes[column]!.findLastIndex((price) => !Number.isNaN(price));
      if (row >= 0 && table.dates[row]! > last) last = table.dates[row]!;
    }
  }
  return last === '' ? null : last;
}

/**
 * Rules 1 took the last date of any symbol. A run of which no grid can be made has that date under every rules.
 * Errors: PricesMissing, SymbolTwice, ExchangeUnknown, HistoryTooShort.
 */
export function scopeOf(input: UniverseInput): SleeveScope {
  const { resolved, options, rules } = input;
  const universe = universeOf(input);
  const wanted = new Set([...universe.symbols, ...universe.benchmarks]);
  const range = { from: options.from, to: options.asOf };
  const files = input.files.map((file) => cutPriceFile(file, wanted, range));
  const lastPrice = lastPriceDate(files, universe) ?? options.asOf;
  if (lastPrice === null)
    throw new LedgerError('HistoryTooShort', 'no symbol of the universe has a price in the range', {
      evidence: { symbols: universe.symbols },
    });
  const supply = cutSupply(input.supply ?? nothingGiven, wanted, range);
  const prices = gatherPrices(files, universe, resolved, options, rules);
  const kept = prices.coverage === null ? universe.symbols : symbolsByCoverage(prices.coverage).kept;
  const gridEnd = lastCommonDate(prices.table, kept, range) ?? lastPrice;
  if (options.asOf !== null) return { universe, files, prices, supply, lastPrice, asOf: options.asOf, asOfBefore: [] };
  if (rules < 2) return { universe, files, prices, supply, lastPrice, asOf: lastPrice, asOfBefore: [] };
  return { universe, files, prices, supply, lastPrice, asOf: gridEnd, asOfBefore: gridEnd === lastPrice ? [] : [lastPrice] };
}
