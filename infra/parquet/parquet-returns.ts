import { returnSeriesOf } from '../../domain/returns/dated-rows.ts';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import { refuseParquet, type ParquetSource } from './source.ts';
import { readParquetTable } from './table.ts';

/** One series of daily returns from parquet: dates and one column of numbers. Errors: ReturnsFileUnreadable, LimitExceeded. */
export async function parseParquetReturns(bytes: Uint8Array, file: string): Promise<ReturnSeries> {
  const source: ParquetSource = { file, code: 'ReturnsFileUnreadable' };
  const { dates, columns, valuesOf } = await readParquetTable(bytes, source);
  if (columns.length !== 1)
    refuseParquet(source, `${columns.length} value columns (${columns.slice(0, 8).join(', ')}) where one series was expected`);
  return returnSeriesOf(dates, await valuesOf(0), { file });
}
