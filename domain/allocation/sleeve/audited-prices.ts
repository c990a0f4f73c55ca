import { auditPrices, type IntegrityVerdict } from '../../returns/integrity.ts';
import { coverageMin } from './gathered-prices.ts';
import type { SleeveRunOptions } from './options.ts';
import type { SleeveScope } from './scope.ts';

/**
 * What was found of the prices of a run. Since rules 2 a run without an as-of date judges freshness as of the last date on which any symbol
 * of its universe has a price, and a benchmark that nothing holds is not judged for it.
 */
export function auditedPrices({ universe, prices, lastPrice }: SleeveScope, options: SleeveRunOptions, rules: number): IntegrityVerdict {
  const { files, coverage } = prices;
  const held = new Set(universe.symbols);
  return auditPrices({
    files,
    asOf: rules >= 2 ? (options.asOf ?? lastPrice) : options.asOf,
    range: { from: options.from, to: options.asOf },
    symbols: [...universe.symbols, ...universe.benchmarks],
    // Staleness is judged of what the sleeve can hold: a symbol that its coverage drops ends no grid early, and is listed as dropped.
    inactive: [
      ...coverage.inactive,
      ...coverage.symbols.filter((symbol) => symbol.coverage < coverageMin).map(({ symbol }) => symbol),
      ...(rules >= 2 ? universe.benchmarks.filter((symbol) => !held.has(symbol)) : []),
    ],
  });
}
