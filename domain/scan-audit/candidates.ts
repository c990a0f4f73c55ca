import { tradedValueColumn } from '../scan/columns.ts';
import { orderedForRank } from '../scan/rank.ts';
import { numberIn, type ScanRow, valueIn } from '../scan/response.ts';
import type { ImportedExport, ImportedRow } from '../scan/import-export.ts';
import { type CandidateWarning, warningsOf } from './warnings.ts';

export interface Candidate {
  readonly symbol: string;
  readonly description: string | null;
  /** Percent. */
  readonly perf1m: number | null;
  readonly dividendYield: number | null;
  readonly valueTraded: number | null;
  readonly aum: number | null;
  readonly expenseRatio: number | null;
  /** Who found it, and at which place. */
  readonly foundBy: readonly { readonly scanner: string; readonly rank: number }[];
  readonly warnings: readonly CandidateWarning[];
}

export interface Candidates {
  readonly asOf: readonly (string | null)[];
  /** By performance of the month. */
  readonly byPerformance: readonly Candidate[];
  /** Symbols by dividend yield. */
  readonly byYield: readonly string[];
}

interface Found {
  readonly row: ScanRow;
  readonly foundBy: { scanner: string; rank: number }[];
}

/** Values of the first export that has the symbol: a later one adds those that are missing. */
function mergedRow(known: ScanRow, { symbol, values }: ImportedRow): ScanRow {
  const added = Object.entries(values).filter(([column, value]) => value !== null && valueIn(known, column) === null);
  return { symbol, values: { ...known.values, ...Object.fromEntries(added) } };
}

function foundIn(exports: readonly ImportedExport[]): Found[] {
  const found = new Map<string, Found>();
  for (const { scanner, rows } of exports)
    for (const row of rows) {
      if (row.rank === null) continue;
      const known = found.get(row.symbol);
      const entry = { scanner, rank: row.rank };
      found.set(
        row.symbol,
        known === undefined ? { row, foundBy: [entry] } : { row: mergedRow(known.row, row), foundBy: [...known.foundBy, entry] },
      );
    }
  return [...found.values()];
}

function candidateOf({ row, foundBy }: Found): Candidate {
  const description = valueIn(row, 'description');
  return {
    symbol: row.symbol,
    description: typeof description === 'string' ? description : null,
    perf1m: numberIn(row, 'Perf.1M'),
    dividendYield: numberIn(row, 'dividend_yield_recent'),
    valueTraded: numberIn(row, tradedValueColumn),
    aum: numberIn(row, 'aum'),
    expenseRatio: numberIn(row, 'expense_ratio'),
    foundBy,
    warnings: warningsOf(row),
  };
}

/** What the scanners selected, each symbol once: by performance and by yield, with everything to be warned of. */
export function candidatesOf(exports: readonly ImportedExport[]): Candidates {
  const found = foundIn(exports);
  const bySymbol = new Map(found.map((one) => [one.row.symbol, one]));
  const rows = found.map(({ row }) => row);
  const ordered = (column: string): ScanRow[] => orderedForRank(rows, { column, order: 'desc' });
  return {
    asOf: exports.map(({ asOf }) => asOf),
    byPerformance: ordered('Perf.1M').map(({ symbol }) => candidateOf(bySymbol.get(symbol)!)),
    byYield: ordered('dividend_yield_recent').map(({ symbol }) => symbol),
  };
}
