import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import { type Coverage, measureCoverage } from '../../returns/coverage.ts';
import type { PriceFile } from '../../returns/price-file.ts';
import { type DroppedPrice, mergePriceTables, repairOffCalendar } from '../../returns/prices.ts';
import type { PriceTable } from '../../returns/series.ts';
import type { SleeveRunOptions } from './options.ts';
import type { Universe } from './universe.ts';

/** Share of its own sessions that a symbol must cover. */
export const coverageMin = 0.7;

/** The prices of a run, repaired where it asked for it, in one table. */
export interface GatheredPrices {
  readonly files: readonly PriceFile[];
  readonly table: PriceTable;
  readonly coverage: Coverage;
  readonly repaired: readonly DroppedPrice[];
}

interface Repaired {
  readonly files: readonly PriceFile[];
  readonly dropped: readonly DroppedPrice[];
}

function repairedAs(repair: SleeveRunOptions['repair'], files: readonly PriceFile[]): Repaired {
  if (repair === 'none') return { files, dropped: [] };
  const repairs = files.map(({ table }) => repairOffCalendar(table));
  return {
    files: files.map((file, index) => ({ ...file, table: repairs[index]!.table })),
    dropped: repairs.flatMap(({ dropped }) => dropped),
  };
}

/** Errors: SymbolTwice, PricesMissing, ExchangeUnknown. */
export function gatherPrices(
  cut: readonly PriceFile[],
  { symbols }: Universe,
  { blocks }: ResolvedProfile,
  { repair, from, asOf }: SleeveRunOptions,
): GatheredPrices {
  const { files, dropped } = repairedAs(repair, cut);
  const table = mergePriceTables(files);
  const coverage = measureCoverage({ table, universe: symbols, from, asOf, lookbackDays: blocks.data.lookback_days });
  return { files, table, coverage, repaired: dropped };
}

/** Symbols that the sleeve can hold: those that cover enough of their sessions. */
export function keptSymbols({ coverage }: GatheredPrices): string[] {
  return coverage.symbols.filter((symbol) => symbol.coverage >= coverageMin).map(({ symbol }) => symbol);
}
