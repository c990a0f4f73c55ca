import type { SleeveAllocationInput } from '../allocation/sleeve/allocation.ts';
import { symbolsByCoverage } from '../allocation/sleeve/gathered-prices.ts';
import type { SleeveScope } from '../allocation/sleeve/scope.ts';
import { type Coverage, type CoverageInput, columnsOf, measureCoverage, rowsUsed } from '../returns/coverage.ts';
import { LedgerError } from '../shared/errors.ts';

/** Rows of the range on which some, or all, of some symbols have a price. */
function rowsWith(measured: CoverageInput, symbols: readonly string[], quorum: 'some' | 'every'): number[] {
  const columns = columnsOf(measured.table, symbols);
  return rowsUsed(measured, (row) => columns[quorum](({ closes }) => !Number.isNaN(closes[row])));
}

/**
 * Coverage judged up to the newest row that the first window reads, and on no later one. Which row that is depends on the symbols that are
 * kept, so it is looked for from the earliest that it can be. Errors: HistoryTooShort, PricesMissing, ExchangeUnknown.
 */
function coverageAtStart(measured: CoverageInput, trainWindow: number): Coverage {
  const { table } = measured;
  const dateOf = (rows: readonly number[]): string => {
    const row = rows[trainWindow];
    if (row !== undefined) return table.dates[row]!;
    throw new LedgerError('HistoryTooShort', `${rows.length} price rows hold no training window of ${trainWindow} returns`, {
      evidence: { rows: rows.length, trainWindow },
    });
  };
  const priced = rowsWith(measured, measured.universe, 'some');
  const from = priced.length === 0 ? measured.from : table.dates[priced[0]!]!;
  let judged: Coverage | null = null;
  for (let last = dateOf(priced); ;) {
    const coverage = measureCoverage({ ...measured, from, asOf: last });
    const read = dateOf(rowsWith(measured, symbolsByCoverage(coverage).kept, 'every'));
    // Fewer symbols share more dates: what was judged before looked no further than the first window that it leads to.
    if (judged !== null && read < last) return judged;
    if (read === last) return coverage;
    judged = coverage;
    last = read;
  }
}

/** The scope of a sleeve with its universe chosen as of the start of a backtest. */
export function scopeAsOfStart({ resolved, options, scope }: SleeveAllocationInput): SleeveScope {
  const { table, coverage } = scope.prices;
  if (coverage === null) return scope;
  const { data, backtest } = resolved.blocks;
  const { from, asOf } = options;
  const measured = { table, universe: scope.universe.symbols, from, asOf, lookbackDays: data.lookback_days };
  return { ...scope, prices: { ...scope.prices, coverage: coverageAtStart(measured, backtest.train_window) } };
}
