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
  /** Null where a date that the run uses has no calendar: the audit of its prices then has errors. */
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

/** Errors: SymbolTwice, PricesMissing, ExchangeUnknown. */
export function gatherPrices(
  cut: readonly PriceFile[],
  { symbols }: Universe,
  { blocks }: Pick<ResolvedProfile, 'blocks'>,
  { repair, from, asOf }: Pick<SleeveRunOptions, 'repair' | 'from' | 'asOf'>,
  rules: number,
): GatheredPrices {
  const { files, dropped } = repairedAs(repair, cut);
  const table = mergePriceTables(files);
  const measured: CoverageInput = { table, universe: symbols, from, asOf, lookbackDays: blocks.data.lookback_days };
  const coverage = rules >= 2 && hasUnknownDate(measured) ? null : measureCoverage(measured);
  return { files, table, coverage, repaired: dropped };
}

/** Symbols that the sleeve can hold, those that cover enough of their sessions, and the others that have a price. */
export function symbolsByCoverage(coverage: Coverage): { readonly kept: readonly string[]; readonly dropped: readonly string[] } {
  const names = (keep: boolean): string[] =>
    coverage.symbols.filter(({ coverage: share }) => share >= coverageMin === keep).map(({ symbol }) => symbol);
  return { kept: names(true), dropped: names(false) };
}
