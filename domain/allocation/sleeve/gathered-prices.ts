import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import { type Coverage, type CoverageInput, columnsOf, measureCoverage, rowsUsed } from '../../returns/coverage.ts';
import { parseDay } from '../../returns/days.ts';
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
  /** Null where a date that the run uses has no calendar. */
  readonly coverage: Coverage | null;
  readonly repaired: readonly DroppedPrice[];
}

interface Repaired {
  readonly files: readonly PriceFile[];
  readonly dropped: readonly DroppedPrice[];
}

/** The files with their prices repaired as asked. Errors: ExchangeUnknown. */
export function repairedAs(repair: SleeveRunOptions['repair'], files: readonly PriceFile[]): Repaired {
  if (repair === 'none') return { files, dropped: [] };
  const repairs = files.map(({ table }) => repairOffCalendar(table));
  return {
    files: files.map((file, index) => ({ ...file, table: repairs[index]!.table })),
    dropped: repairs.flatMap(({ dropped }) => dropped),
  };
}

/** Whether a row that the run may use has a date of no calendar: nothing can then be measured. */
function hasUnknownDate(input: CoverageInput): boolean {
  const columns = columnsOf(input.table, input.universe);
  const rows = rowsUsed(input, (row) => columns.some(({ closes }) => !Number.isNaN(closes[row])));
  return rows.some((row) => parseDay(input.table.dates[row]!) === null);
}

/** What coverage and grid are measured on. */
export function measuredOf(
  table: PriceTable,
  { symbols }: Universe,
  { blocks }: Pick<ResolvedProfile, 'blocks'>,
  { from, asOf }: Pick<SleeveRunOptions, 'from' | 'asOf'>,
): CoverageInput {
  return { table, universe: symbols, from, asOf, lookbackDays: blocks.data.lookback_days };
}

/** Errors: SymbolTwice, PricesMissing, ExchangeUnknown; SchemaViolation under rules 1 for a date of no calendar. */
export function gatherPrices(
  cut: readonly PriceFile[],
  universe: Universe,
  resolved: Pick<ResolvedProfile, 'blocks'>,
  options: Pick<SleeveRunOptions, 'repair' | 'from' | 'asOf'>,
  rules: number,
): GatheredPrices {
  const { files, dropped: repaired } = repairedAs(options.repair, cut);
  const table = mergePriceTables(files);
  const measured = measuredOf(table, universe, resolved, options);
  const coverage = rules >= 2 && hasUnknownDate(measured) ? null : measureCoverage(measured);
  return { files, table, coverage, repaired };
}

/** Symbols that their coverage keeps, and those that it drops. */
export function sortedByCoverage(coverage: Coverage): { readonly kept: readonly string[]; readonly dropped: readonly string[] } {
  const names = (keep: boolean): string[] =>
    coverage.symbols.filter(({ coverage: share }) => share >= coverageMin === keep).map(({ symbol }) => symbol);
  return { kept: names(true), dropped: names(false) };
}
