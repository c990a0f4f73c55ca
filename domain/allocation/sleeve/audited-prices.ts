import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import { type Coverage, measureCoverage } from '../../returns/coverage.ts';
import { auditPrices, type IntegrityVerdict } from '../../returns/integrity.ts';
import type { PriceFile } from '../../returns/price-file.ts';
import { type DroppedPrice, mergePriceTables, repairOffCalendar } from '../../returns/prices.ts';
import type { PriceTable } from '../../returns/series.ts';
import type { SleeveRunOptions } from './options.ts';
import type { SleeveScope } from './scope.ts';

/** Share of its own sessions that a symbol must cover. */
export const coverageMin = 0.7;

/** The prices of a run, repaired where it asked for it, in one table, with what was found of them. */
export interface AuditedPrices {
  readonly table: PriceTable;
  readonly coverage: Coverage;
  readonly verdict: IntegrityVerdict;
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
export function auditedPrices({ universe, files: cut }: SleeveScope, resolved: ResolvedProfile, options: SleeveRunOptions): AuditedPrices {
  const { files, dropped } = repairedAs(options.repair, cut);
  const table = mergePriceTables(files);
  const coverage = measureCoverage({
    table,
    universe: universe.symbols,
    from: options.from,
    asOf: options.asOf,
    lookbackDays: resolved.blocks.data.lookback_days,
  });
  const verdict = auditPrices({
    files,
    asOf: options.asOf,
    range: { from: options.from, to: options.asOf },
    symbols: [...universe.symbols, ...universe.benchmarks],
    // Staleness is judged of what the sleeve can hold: a symbol that its coverage drops ends no grid early, and is listed as dropped.
    inactive: [...coverage.inactive, ...coverage.symbols.filter((symbol) => symbol.coverage < coverageMin).map(({ symbol }) => symbol)],
  });
  return { table, coverage, verdict, repaired: dropped };
}
