import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import { calendarOfSymbol } from '../../returns/calendar.ts';
import type { PriceFile } from '../../returns/price-file.ts';
import { LedgerError } from '../../shared/errors.ts';
import { byCodeUnits } from '../../shared/order.ts';
import { suggestion } from '../../shared/suggest.ts';
import type { SleeveRunOptions } from './options.ts';

export interface Universe {
  /** Symbols that the sleeve may hold, in code-unit order. */
  readonly symbols: readonly string[];
  /** Read for the `market` profile only. */
  readonly benchmarks: readonly string[];
}

export interface UniverseInput {
  readonly resolved: ResolvedProfile;
  readonly options: SleeveRunOptions;
  readonly files: readonly PriceFile[];
  /**
   * Symbols that the run named and left out, where their columns were cut away before: the tables that a ledger keeps hold none. A file
   * had each of them, or the run would have been refused.
   */
  readonly leftOut: readonly string[];
}

/** The universe: listed symbols, else every column except benchmarks; less the excluded ones. Errors: ExchangeUnknown, PricesMissing. */
export function universeOf({ resolved, options, files, leftOut }: UniverseInput): Universe {
  const columns = files.flatMap(({ file, table }) => table.symbols.map((symbol) => ({ symbol, file })));
  const known = new Set([...columns.map(({ symbol }) => symbol), ...leftOut]);
  const { data, backtest } = resolved.blocks;
  const benchmarks = [...new Set(backtest.benchmark_symbols)].toSorted(byCodeUnits);
  const listed = options.symbols ?? data.symbols ?? null;
  const excluded = new Set([...options.exclude, ...data.exclude]);
  for (const symbol of [...(listed ?? []), ...options.exclude]) {
    if (!known.has(symbol))
      throw new LedgerError('PricesMissing', `no price file has a column ${symbol}${suggestion(symbol, [...known])}`, {
        evidence: { symbol },
        at: { path: symbol },
      });
  }
  const candidates = listed ?? columns.map(({ symbol }) => symbol).filter((symbol) => !benchmarks.includes(symbol));
  const symbols = [...new Set(candidates)].filter((symbol) => !excluded.has(symbol)).toSorted(byCodeUnits);
  const used = new Set([...symbols, ...benchmarks]);
  for (const { symbol, file } of columns) {
    if (!used.has(symbol)) continue;
    try {
      calendarOfSymbol(symbol);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      throw new LedgerError('ExchangeUnknown', error.message, { evidence: { symbol }, at: { file, line: 1, path: symbol } });
    }
  }
  return { symbols, benchmarks };
}

/** Symbols that settings and options name and leave out. */
export function namedAndLeftOut(resolved: ResolvedProfile, options: SleeveRunOptions): string[] {
  const { data } = resolved.blocks;
  const excluded = new Set([...options.exclude, ...data.exclude]);
  const named = [...options.exclude, ...(options.symbols ?? data.symbols ?? [])];
  return [...new Set(named)].filter((symbol) => excluded.has(symbol));
}
