import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import { type CoverageInput, columnsOf, rowsUsed } from '../../returns/coverage.ts';
import { type JudgedPrices, judgePrices } from '../../returns/integrity.ts';
import { measuredOf, sortedByCoverage } from './gathered-prices.ts';
import type { SleeveRunOptions } from './options.ts';
import type { SleeveScope } from './scope.ts';

/** The first date that a run uses: of the rows that coverage is judged by, or of the grid where it reaches back further. */
function firstDateUsed(input: CoverageInput, kept: readonly string[]): string | null {
  const first = (symbols: readonly string[], quorum: 'some' | 'every'): number | undefined => {
    const columns = columnsOf(input.table, symbols);
    return rowsUsed(input, (row) => columns[quorum](({ closes }) => !Number.isNaN(closes[row])))[0];
  };
  const rows = [first(input.universe, 'some'), first(kept, 'every')].filter((row) => row !== undefined);
  return rows.length === 0 ? null : input.table.dates[Math.min(...rows)]!;
}

/**
 * Audits what a run reads. From rules 2 on only what it uses is judged: rows from the first that its coverage or its grid takes, and the
 * symbols that it keeps; without an as-of date freshness is judged as of the last date on which any symbol of the universe has a price. A
 * benchmark that it cannot hold stops nothing. Errors: PricesMissing, ExchangeUnknown.
 */
export function auditedPrices(
  { universe, prices, lastPrice }: SleeveScope,
  resolved: Pick<ResolvedProfile, 'blocks'>,
  options: Pick<SleeveRunOptions, 'from' | 'asOf'>,
  rules: number,
): JudgedPrices {
  const { from, asOf } = options;
  const { files, table, coverage } = prices;
  const common = { files, accepted: resolved.blocks.data.accept_moves, rules };
  if (rules < 2 && coverage !== null) {
    return judgePrices({
      ...common,
      asOf,
      range: { from, to: asOf },
      symbols: [...universe.symbols, ...universe.benchmarks],
      // Staleness is judged of what the sleeve can hold: a symbol that its coverage drops ends no grid early, and is listed as dropped.
      inactive: [...coverage.inactive, ...sortedByCoverage(coverage).dropped],
    });
  }
  const kept = coverage === null ? universe.symbols : sortedByCoverage(coverage).kept;
  return judgePrices({
    ...common,
    asOf: asOf ?? lastPrice,
    range: { from: firstDateUsed(measuredOf(table, universe, resolved, options), kept), to: asOf },
    symbols: kept,
    benchmarks: universe.benchmarks,
  });
}
