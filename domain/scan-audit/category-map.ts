import { tradedValueColumn } from '../scan/columns.ts';
import { orderedForFetch } from '../scan/rank.ts';
import { numberIn, type ScanRow, valueIn } from '../scan/response.ts';
import { byCodeUnits } from '../shared/order.ts';
import { medianOf, sumOf } from './statistics.ts';

/** What is known of a category: money in the currency of the response, performance in percent. */
export interface CategoryLine {
  /** Null for rows without a category. */
  readonly category: string | null;
  readonly count: number;
  readonly medianValueTraded: number | null;
  readonly medianAum: number | null;
  readonly totalAum: number;
  readonly aumNulls: number;
  readonly medianPerf1m: number | null;
  readonly perf1mNulls: number;
  /** Up to three, by traded value. */
  readonly examples: readonly { readonly symbol: string; readonly description: string | null }[];
}

/** Category ids compare as text: 27 is "27". */
export function categoryOf(row: ScanRow): string | null {
  const value = valueIn(row, 'category');
  if (value === null || value === '') return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function lineOf(category: string | null, rows: readonly ScanRow[]): CategoryLine {
  const numbers = (column: string): number[] => rows.flatMap((row) => numberIn(row, column) ?? []);
  const [aum, perf] = [numbers('aum'), numbers('Perf.1M')];
  const largest = orderedForFetch(rows, { column: tradedValueColumn, order: 'desc' }).slice(0, 3);
  return {
    category,
    count: rows.length,
    medianValueTraded: medianOf(numbers(tradedValueColumn)),
    medianAum: medianOf(aum),
    totalAum: sumOf(aum),
    aumNulls: rows.length - aum.length,
    medianPerf1m: medianOf(perf),
    perf1mNulls: rows.length - perf.length,
    examples: largest.map((row) => {
      const description = valueIn(row, 'description');
      return { symbol: row.symbol, description: typeof description === 'string' ? description : null };
    }),
  };
}

/** Every category of the rows, the largest first; rows without one are a line of their own, at the end of its count. */
export function categoryLines(rows: readonly ScanRow[]): readonly CategoryLine[] {
  const groups = new Map<string | null, ScanRow[]>();
  for (const row of rows) {
    const members = groups.get(categoryOf(row));
    if (members === undefined) groups.set(categoryOf(row), [row]);
    else members.push(row);
  }
  const lines = [...groups].map(([category, members]) => lineOf(category, members));
  return lines.toSorted((left, right) => right.count - left.count || inOrderOfId(left.category, right.category));
}

/** Null last. */
export function inOrderOfId(left: string | null, right: string | null): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  return byCodeUnits(left, right);
}
