import type { IsoDate } from '../../domain/returns/series.ts';
import { sessionDateOfDay, sessionDateOfText, sessionDateOfTicks, type TickUnit } from '../../domain/returns/session-date.ts';
import { dateColumnOf } from './date-column.ts';
import { footerOf, leavesOf, type Element, type Footer } from './footer.ts';
import { readChunk, type Raw } from './pages.ts';
import { refuseParquet, type ParquetSource } from './source.ts';

/** Numbers on dates as a parquet file holds them: NaN where there is no value, rows in the file's order. */
export interface ParquetTable {
  readonly dates: readonly IsoDate[];
  readonly columns: readonly string[];
  readonly values: readonly Float64Array[];
}

function eachValue(
  bytes: Uint8Array,
  footer: Footer,
  column: number,
  element: Element,
  source: ParquetSource,
  take: (row: number, value: Raw) => void,
): void {
  let first = 0;
  for (const group of footer.row_groups) {
    const meta = group.columns[column]?.meta_data;
    if (meta === undefined || meta.type !== element.type || meta.path_in_schema.join('.') !== element.name) {
      return refuseParquet(source, 'the data of the column are not described', element.name);
    }
    const start = first;
    readChunk({ bytes, element, meta, rows: Number(group.num_rows), source }, (row, value) => take(start + row, value));
    first += Number(group.num_rows);
  }
}

const units: Readonly<Record<string, TickUnit>> = {
  TIMESTAMP_MILLIS: 'ms',
  TIMESTAMP_MICROS: 'us',
  MILLIS: 'ms',
  MICROS: 'us',
  NANOS: 'ns',
};

/** How the raw values of a date column become dates; null when the column holds none. */
function dateReader(element: Element): ((value: Raw) => IsoDate | null) | null {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (type === 'INT32' && (converted === 'DATE' || logical?.type === 'DATE')) return (value) => sessionDateOfDay(Number(value));
  if (type === 'BYTE_ARRAY') return (value) => sessionDateOfText(String(value));
  const unit = logical?.type === 'TIMESTAMP' ? units[logical.unit ?? ''] : units[converted ?? ''];
  return type === 'INT64' && unit !== undefined ? (value) => sessionDateOfTicks(value as bigint, unit) : null;
}

function isNumeric(element: Element): boolean {
  if (element.type === 'DOUBLE' || element.type === 'FLOAT') return true;
  const { converted_type: converted, logical_type: logical } = element;
  return (
    (element.type === 'INT32' || element.type === 'INT64') &&
    (logical === undefined || logical.type === 'INTEGER') &&
    !/^(DATE|TIME|DECIMAL|UINT_64)/.test(converted ?? '')
  );
}

function numberOf(value: Raw, element: Element, source: ParquetSource): number {
  const number = Number(value);
  if (typeof value === 'bigint' && !Number.isSafeInteger(number))
    refuseParquet(source, `the integer ${value} is beyond what a double holds`, element.name);
  if (number === Infinity || number === -Infinity) refuseParquet(source, `a value is ${number}`, element.name);
  return number;
}

/**
 * Reads a flat parquet file of numbers on dates, as pandas, pyarrow and polars write it. Memory is bounded by the limits whatever the file
 * claims of itself: every count and length is checked before it is used. Errors: the code of the source, with the column; LimitExceeded.
 */
export function readParquetTable(bytes: Uint8Array, source: ParquetSource): ParquetTable {
  const footer = footerOf(bytes, source);
  const leaves = leavesOf(footer, source);
  const rows = Number(footer.num_rows);
  const { date: dateAt, ignored } = dateColumnOf(footer, leaves, source);
  const dateElement = leaves[dateAt]!;
  const toDate =
    dateReader(dateElement) ??
    refuseParquet(source, `the first column must be a date; it is ${dateElement.type ?? 'a group'}`, dateElement.name);
  const dates: (IsoDate | undefined)[] = Array.from({ length: rows });
  eachValue(bytes, footer, dateAt, dateElement, source, (row, value) => {
    dates[row] =
      toDate(value) ??
      refuseParquet(
        source,
        `${JSON.stringify(String(value).slice(0, 40))} in row ${row + 1} is not a date (midnight without a zone or in UTC)`,
        dateElement.name,
      );
  });
  const missing = dates.indexOf(undefined);
  if (missing >= 0) refuseParquet(source, `row ${missing + 1} has no date`, dateElement.name);
  const columns = leaves.map((element, at) => ({ element, at })).filter(({ at }) => at !== dateAt && !ignored.has(at));
  if (columns.length === 0) refuseParquet(source, 'there is no column beside the date');
  const values = columns.map(({ element, at }) => {
    if (!isNumeric(element))
      refuseParquet(
        source,
        `the column holds ${element.logical_type?.type ?? element.converted_type ?? element.type ?? 'groups'}, not numbers`,
        element.name,
      );
    const column = new Float64Array(rows).fill(Number.NaN);
    eachValue(bytes, footer, at, element, source, (row, value) => {
      column[row] = numberOf(value, element, source);
    });
    return column;
  });
  return { dates: dates as IsoDate[], columns: columns.map(({ element }) => element.name), values };
}
