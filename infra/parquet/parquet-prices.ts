import { orderDatedRows, type DateDefect } from '../../domain/returns/dated-rows.ts';
import type { PriceTable } from '../../domain/returns/series.ts';
import { readParquetTable } from './table.ts';

/**
 * Daily closes from parquet: one column of dates, one column per symbol, missing or NaN where there was no session. Rows are
 * sorted by date and the first of those with the same date is kept, each exception a defect. Errors: PriceFileUnreadable, LimitExceeded.
 */
export function parseParquetPrices(bytes: Uint8Array, file: string): { readonly table: PriceTable; readonly lineOfRow: null; readonly defects: readonly DateDefect[] } {
  const { dates, columns, values } = readParquetTable(bytes, { file, code: 'PriceFileUnreadable' });
  const { rows, defects } = orderDatedRows(dates, null);
  const closes = defects.length === 0 ? values : values.map((column) => Float64Array.from(rows, (row) => column[row]!));
  return { table: { dates: rows.map((row) => dates[row]!), symbols: columns, closes }, lineOfRow: null, defects };
}
