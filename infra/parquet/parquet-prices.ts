import { orderDatedRows } from '../../domain/returns/dated-rows.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { readParquetTable } from './table.ts';

/**
 * Daily closes from parquet: one column of dates, one column per symbol, missing or NaN where there was no session. Rows are
 * sorted by date and the first of those with the same date is kept, each exception a defect. Errors: PriceFileUnreadable, LimitExceeded.
 */
export function parseParquetPrices(bytes: Uint8Array, file: string): Pick<PriceFile, 'table' | 'lines' | 'defects'> {
  const { dates, columns, values } = readParquetTable(bytes, { file, code: 'PriceFileUnreadable' });
  const { rows, defects } = orderDatedRows(dates, null);
  const closes = defects.length === 0 ? values : values.map((column) => Float64Array.from(rows, (row) => column[row]!));
  return { table: { dates: rows.map((row) => dates[row]!), symbols: columns, closes }, lines: null, defects };
}
