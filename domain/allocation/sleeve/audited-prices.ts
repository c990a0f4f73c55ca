import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import type { JudgedSuspicions } from '../../returns/accepted-moves.ts';
import { type Coverage, type CoverageInput, columnsOf, measureCoverage, rowsUsed } from '../../returns/coverage.ts';
import { parseDay } from '../../returns/days.ts';
import { type IntegrityVerdict, judgePrices } from '../../returns/integrity.ts';
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
  /** Null where a date that the run uses has no calendar; the verdict then has errors. */
  readonly coverage: Coverage | null;
  readonly verdict: IntegrityVerdict;
  readonly suspicions: JudgedSuspicions;
  readonly benchmarkFaults: ReadonlyMap<string, string>;
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

/** Symbols that their coverage keeps, and those that it drops. */
function sorted(coverage: Coverage): { readonly kept: readonly string[]; readonly dropped: readonly string[] } {
  const names = (keep: boolean): string[] =>
    coverage.symbols.filter(({ coverage: share }) => share >= coverageMin === keep).map(({ symbol }) => symbol);
  return { kept: names(true), dropped: names(false) };
}

/** The first date that a run uses: of the rows that coverage is judged by, or of the grid where it reaches back further. */
function firstDateUsed(input: CoverageInput, kept: readonly string[]): string | null {
  const first = (symbols: readonly string[], quorum: 'some' | 'every'): number | undefined => {
    const columns = columnsOf(input.table, symbols);
    return rowsUsed(input, (row) => columns[quorum](({ closes }) => !Number.isNaN(closes[row])))[0];
  };
  const rows = [first(input.universe, 'some'), first(kept, 'every')].filter((row) => row !== undefined);
  return rows.length === 0 ? null : input.table.dates[Math.min(...rows)]!;
}

/** Whether a row that the run may use has a date of no calendar: nothing can then be measured. */
function hasUnknownDate(input: CoverageInput): boolean {
  const columns = columnsOf(input.table, input.universe);
  const rows = rowsUsed(input, (row) => columns.some(({ closes }) => !Number.isNaN(closes[row])));
  return rows.some((row) => parseDay(input.table.dates[row]!) === null);
}

/**
 * Audits what a run reads. From rules 2 on only what it uses is judged: rows from the first that its coverage or its grid takes, and the
 * symbols that it keeps. A benchmark that it cannot hold stops nothing. Errors: SymbolTwice, PricesMissing, ExchangeUnknown.
 */
export function auditedPrices(
  { universe, files: cut }: SleeveScope,
  { blocks: { data } }: Pick<ResolvedProfile, 'blocks'>,
  { repair, from, asOf }: Pick<SleeveRunOptions, 'repair' | 'from' | 'asOf'>,
  rules: number,
): AuditedPrices {
  const { files, dropped: repaired } = repairedAs(repair, cut);
  const table = mergePriceTables(files);
  const measured: CoverageInput = { table, universe: universe.symbols, from, asOf, lookbackDays: data.lookback_days };
  const common = { files, asOf, accepted: data.accept_moves, rules };
  if (rules < 2) {
    const coverage = measureCoverage(measured);
    const judged = judgePrices({
      ...common,
      range: { from, to: asOf },
      symbols: [...universe.symbols, ...universe.benchmarks],
      // Staleness is judged of what the sleeve can hold: a symbol that its coverage drops ends no grid early, and is listed as dropped.
      inactive: [...coverage.inactive, ...sorted(coverage).dropped],
    });
    return { table, coverage, ...judged, repaired };
  }
  const coverage = hasUnknownDate(measured) ? null : measureCoverage(measured);
  const kept = coverage === null ? universe.symbols : sorted(coverage).kept;
  const judged = judgePrices({
    ...common,
    range: { from: firstDateUsed(measured, kept), to: asOf },
    symbols: kept,
    benchmarks: universe.benchmarks,
  });
  return { table, coverage, ...judged, repaired };
}
