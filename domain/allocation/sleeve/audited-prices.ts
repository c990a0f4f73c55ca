import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import type { JudgedSuspicions } from '../../returns/accepted-moves.ts';
import { type CoverageInput, columnsOf, rowsUsed } from '../../returns/coverage.ts';
import { type IntegrityVerdict, judgePrices } from '../../returns/integrity.ts';
import { invariant } from '../../shared/errors.ts';
import { type GatheredPrices, symbolsByCoverage } from './gathered-prices.ts';
import type { SleeveRunOptions } from './options.ts';
import type { Universe } from './universe.ts';

/** What was found of the prices of a run. */
export interface AuditedPrices {
  readonly verdict: IntegrityVerdict;
  readonly suspicions: JudgedSuspicions;
  readonly benchmarkFaults: ReadonlyMap<string, string>;
}

/** What is audited: the prices that a run reads, and the last date on which any symbol of its universe has one. */
export interface PricesToAudit {
  readonly universe: Universe;
  readonly prices: GatheredPrices;
  readonly lastPrice: string;
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

/**
 * Audits what a run reads. From rules 2 on only what it uses is judged: rows from the first that its coverage or its grid takes, and the
 * symbols that it keeps; freshness counts from the last date of the universe's prices where no as-of date is asked for; and a benchmark
 * that it cannot hold stops nothing. Errors: PricesMissing, ExchangeUnknown.
 */
export function auditedPrices(
  { universe, prices: { files, table, coverage }, lastPrice }: PricesToAudit,
  { blocks: { data } }: Pick<ResolvedProfile, 'blocks'>,
  { from, asOf }: Pick<SleeveRunOptions, 'from' | 'asOf'>,
  rules: number,
): AuditedPrices {
  const measured: CoverageInput = { table, universe: universe.symbols, from, asOf, lookbackDays: data.lookback_days };
  const common = { files, accepted: data.accept_moves, rules };
  if (rules < 2) {
    invariant(coverage !== null, 'coverage is measured or refused under rules 1', {});
    return judgePrices({
      ...common,
      asOf,
      range: { from, to: asOf },
      symbols: [...universe.symbols, ...universe.benchmarks],
      // Staleness is judged of what the sleeve can hold: a symbol that its coverage drops ends no grid early, and is listed as dropped.
      inactive: [...coverage.inactive, ...symbolsByCoverage(coverage).dropped],
    });
  }
  const kept = coverage === null ? universe.symbols : symbolsByCoverage(coverage).kept;
  return judgePrices({
    ...common,
    asOf: asOf ?? lastPrice,
    range: { from: firstDateUsed(measured, kept), to: asOf },
    symbols: kept,
    benchmarks: universe.benchmarks,
  });
}
