import { type Lint, lintProfile } from '../../domain/lint/lint.ts';
import { coinPricesOf } from '../../domain/lint/universe.ts';
import { resolveProfile } from '../../domain/manifest/resolve.ts';
import type { Manifest } from '../../domain/manifest/schema.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { identifiedPrices } from '../../domain/returns/price-symbols.ts';
import { mergeSpellings } from '../../domain/shared/symbol.ts';

export interface LintQuestion {
  readonly manifest: Manifest;
  readonly profile: string;
  /** Symbols that the sleeve may hold; null for the columns of the files. The manifest's own list beats both. */
  readonly symbols: readonly string[] | null;
  readonly files: readonly PriceFile[];
}

/** Which rules a profile keeps or breaks, and which cannot act. Errors: those of resolving; SymbolTwice, ExchangeUnknown. */
export function lintedProfile({ manifest, profile, symbols, files }: LintQuestion): Lint {
  const resolved = resolveProfile(manifest, profile);
  const tables = files.map((file) => identifiedPrices(file).table);
  const { benchmark_symbols: benchmarks } = resolved.blocks.backtest;
  const columns = tables.length === 0 ? null : tables.flatMap((table) => table.symbols.filter((symbol) => !benchmarks.includes(symbol)));
  return lintProfile(resolved, {
    symbols: symbols === null ? columns : mergeSpellings(symbols).symbols,
    prices: new Map(tables.flatMap((table) => coinPricesOf(table, resolved.blocks.backtest.train_window))),
  });
}
