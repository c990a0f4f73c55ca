import type { IsoDate } from '../../domain/returns/series.ts';
import { readColumn } from './columns.ts';
import { dateColumnOf } from './date-column.ts';
import { type Element, leavesOf, openParquet, type ParquetFile } from './footer.ts';
import { dateReader, numberReader, shown, TooLarge } from './logical-types.ts';
import { checkPages } from './pages.ts';
import { guarded, refuseParquet, type ParquetSource } from './source.ts';

/** Numbers on dates as a parquet file holds them: NaN where there is no value, rows in the file's order. */
export interface ParquetTable {
  readonly dates: readonly IsoDate[];
  readonly columns: readonly string[];
  /** Reads one of the columns. */
  readonly valuesOf: (column: number) => Promise<Float64Array>;
}

async function datesOf(file: ParquetFile, at: number, element: Element): Promise<IsoDate[]> {
  const { source, footer } = file;
  const toDate =
    dateReader(element) ?? refuseParquet(source, `the first column must be a date; it is ${element.type ?? 'a group'}`, element.name);
  const dates: (IsoDate | undefined)[] = Array.from({ length: Number(footer.num_rows) });
  await readColumn(file, at, element, (row, value) => {
    dates[row] =
      toDate(value) ??
      refuseParquet(
        source,
        `${JSON.stringify(shown(value))} in row ${row + 1} is not a date (midnight without a zone or in UTC)`,
        element.name,
      );
  });
  const missing = dates.indexOf(undefined);
  if (missing >= 0) refuseParquet(source, `row ${missing + 1} has no date`, element.name);
  return dates as IsoDate[];
}

/** The numbers of a column. One without any value is empty, whatever type its writer gave it: a symbol without prices. */
async function numbersOf(file: ParquetFile, at: number, element: Element): Promise<Float64Array> {
  const { source, footer } = file;
  const toNumber = numberReader(element);
  const numbers = new Float64Array(Number(footer.num_rows)).fill(Number.NaN);
  await readColumn(file, at, element, (row, value) => {
    if (toNumber === null) {
      const held = element.logical_type?.type ?? element.converted_type ?? element.type ?? 'groups';
      return refuseParquet(source, `the column holds ${held}, not numbers`, element.name);
    }
    try {
      const number = toNumber(value);
      if (number === Infinity || number === -Infinity) refuseParquet(source, `a value is ${number}`, element.name);
      numbers[row] = number;
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      refuseParquet(source, error.message, element.name);
    }
  });
  return numbers;
}

/**
 * Opens a flat parquet file of numbers on dates, whoever wrote it, and reads its dates. Pages are decoded by hyparquet, whose work on a
 * damaged file has no bound: foreign files have a process of their own (docs/decisions/0032-foreign-files-have-their-own-process.md).
 * Errors: the code of the source, with the column; LimitExceeded.
 */
export async function readParquetTable(bytes: Uint8Array, source: ParquetSource): Promise<ParquetTable> {
  const file = await openParquet(bytes, source);
  const leaves = leavesOf(file);
  await guarded(source, 'a page', () => checkPages(file, leaves));
  const { date, ignored } = dateColumnOf(file.footer, leaves, source);
  const dates = await datesOf(file, date, leaves[date]!);
  const columns = leaves.map((element, at) => ({ element, at })).filter(({ at }) => at !== date && !ignored.has(at));
  if (columns.length === 0) refuseParquet(source, 'there is no column beside the date');
  return {
    dates,
    columns: columns.map(({ element }) => element.name),
    valuesOf: async (column) => numbersOf(file, columns[column]!.at, columns[column]!.element),
  };
}
