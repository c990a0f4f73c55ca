import type { ScanResponse } from '../scan/response.ts';
import { valueIn } from '../scan/response.ts';
import { byCodeUnits } from '../shared/order.ts';
import { shareOf } from './statistics.ts';

export interface AttributeLine {
  readonly column: string;
  readonly requestedBy: readonly string[];
  /** `absent`: in no row. `all_null`: there, and without a value. */
  readonly state: 'absent' | 'all_null' | 'ok';
  readonly nulls: number;
  /** Null, missing or empty; null where there is no row. */
  readonly nullShare: number | null;
  readonly zeros: number;
}

/** How much of each column is there, over every fetched row: columns that were returned, and those that scanners ask for. */
export function attributesOf(response: ScanResponse, requested: ReadonlyMap<string, readonly string[]>): readonly AttributeLine[] {
  const { rows, columns } = response;
  const all = [...new Set([...columns, ...requested.keys()])].toSorted(byCodeUnits);
  return all.map((column) => {
    const values = rows.map((row) => valueIn(row, column));
    const nulls = values.filter((value) => value === null || value === '').length;
    return {
      column,
      requestedBy: requested.get(column) ?? [],
      state: !columns.includes(column) ? 'absent' : nulls === rows.length ? 'all_null' : 'ok',
      nulls,
      nullShare: shareOf(nulls, rows.length),
      zeros: values.filter((value) => value === 0).length,
    };
  });
}
