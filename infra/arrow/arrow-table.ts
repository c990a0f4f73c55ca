import {
  type Data,
  Field,
  Float64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  TimestampMillisecond,
  Utf8,
} from 'apache-arrow';
import { instantOfDate } from '../../domain/returns/session-date.ts';
import { pandasMetadata, type TableIndex } from '../../domain/shared/table-formats.ts';
import type { TableColumn } from '../../handlers/ports/ports.ts';

/** One column of a record batch under its name. */
interface Column {
  readonly field: Field;
  readonly data: Data;
}

function datesColumn(dates: readonly string[]): Column {
  const type = new TimestampMillisecond();
  const instants = BigInt64Array.from(dates, (date) => BigInt(instantOfDate(date)));
  return { field: new Field('date', type, false), data: makeData({ type, length: dates.length, nullCount: 0, data: instants }) };
}

function namesColumn(heading: string, names: readonly string[]): Column {
  const type = new Utf8();
  const utf8 = new TextEncoder();
  const texts = names.map((name) => utf8.encode(name));
  const valueOffsets = new Int32Array(names.length + 1);
  texts.forEach(({ length }, row) => (valueOffsets[row + 1] = valueOffsets[row]! + length));
  const data = new Uint8Array(valueOffsets.at(-1)!);
  texts.forEach((text, row) => data.set(text, valueOffsets[row]));
  return { field: new Field(heading, type, false), data: makeData({ type, length: names.length, nullCount: 0, valueOffsets, data }) };
}

/** NaN is no cell: null, with zero bits below it, so that the same table gives the same bytes. */
function numbersColumn({ name, values }: TableColumn): Column {
  const type = new Float64();
  const present = new Float64Array(values.length);
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  values.forEach((value, row) => {
    if (Number.isNaN(value)) {
      nullCount++;
      return;
    }
    present[row] = value;
    nullBitmap[row >> 3]! |= 1 << (row & 7);
  });
  return { field: new Field(name, type, true), data: makeData({ type, length: values.length, nullCount, nullBitmap, data: present }) };
}

function tableOf(index: TableIndex, columns: readonly TableColumn[]): Table {
  const first = index.kind === 'dates' ? datesColumn(index.values) : namesColumn(index.heading, index.values);
  const all = [first, ...columns.map(numbersColumn)];
  const names = columns.map(({ name }) => name);
  const metadata = new Map([['pandas', pandasMetadata(first.field.name, index.kind, names)]]);
  const schema = new Schema(
    all.map(({ field }) => field),
    metadata,
  );
  const rows = makeData({
    type: new Struct(schema.fields),
    length: index.values.length,
    nullCount: 0,
    children: all.map(({ data }) => data),
  });
  return new Table(schema, [new RecordBatch(schema, rows)]);
}

/**
 * A table of numbers as an Arrow IPC file (Apache Arrow columnar format, version 1; that of Feather version 2, not compressed), in one
 * record batch: dates as `timestamp[ms]` without a zone, as parquet has them, or names of rows as `utf8`; then `double` columns, in which
 * a missing cell is null. Pandas makes the first column the index. The same table gives the same bytes.
 */
export function formatArrowTable(index: TableIndex, columns: readonly TableColumn[]): Uint8Array {
  return tableToIPC(tableOf(index, columns), 'file');
}

/** The same as an Arrow IPC stream, which is read from its beginning to its end. */
export function formatArrowStream(index: TableIndex, columns: readonly TableColumn[]): Uint8Array {
  return tableToIPC(tableOf(index, columns), 'stream');
}
