import { orderDatedRows } from '../../domain/returns/dated-rows.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { readParquetTable } from './table.ts';

type PriceContent = Pick<PriceFile, 'table' | 'lines' | 'defects'>;

/** Prices whose columns are read when they are asked for: a file with more symbols than fit in memory is read one by one. */
export interface OpenedPrices extends Omit<PriceContent, 'table'> {
  readonly table: Omit<PriceContent['table'], 'closes'> & { readonly closes: readonly (() => Promise<Float64Array>)[] };
}

/**
 * Daily closes from parquet: one column of dates, one column per symbol, missing or NaN where there was no session. Rows are
 * sorted by date and the first of those with the same date is kept, each exception a defect. Errors: PriceFileUnreadable, LimitExceeded.
 */
export async function openParquetPrices(bytes: Uint8Array, file: string): Promise<OpenedPrices> {
  const { dates, columns, valuesOf } = await readParquetTable(bytes, { file, code: 'PriceFileUnreadable' });
  const { rows, defects } = orderDatedRows(dates, null);
  const closes = columns.map((_, at) => async (): Promise<Float64Array> => {
    const values = await valuesOf(at);
    return defects.length === 0 ? values : Float64Array.from(rows, (row) => values[row]!);
  });
  return { table: { dates: rows.map((row) => dates[row]!), symbols: columns, closes }, lines: null, defects };
}

/** The same, whole. */
export async function parseParquetPrices(bytes: Uint8Array, file: string): Promise<PriceContent> {
  const { table, ...rest } = await openParquetPrices(bytes, file);
  const closes: Float64Array[] = [];
  for (const read of table.closes) closes.push(await read());
  return { table: { ...table, closes }, ...rest };
}
