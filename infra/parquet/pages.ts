import { limits } from '../../domain/shared/limits.ts';
import { decompressPage } from './compression.ts';
import type { ChunkDescription, Element } from './footer.ts';
import { readHybrid } from './hybrid.ts';
import { refuseParquet, refuseSize, type ParquetSource } from './source.ts';
import { ThriftReader, type ThriftStruct } from './thrift.ts';

/** A value as parquet stores it, before its logical type is looked at. */
export type Raw = number | bigint | string;

/** One column of one row group. */
export interface Chunk {
  readonly bytes: Uint8Array;
  readonly element: Element;
  readonly meta: ChunkDescription;
  readonly rows: number;
  readonly source: ParquetSource;
}

const pageType = { data: 0, dictionary: 2, dataV2: 3 } as const;
const encoding = { plain: 0, plainDictionary: 2, rle: 3, rleDictionary: 8, byteStreamSplit: 9 } as const;
const encodingNames = [
  'PLAIN',
  'GROUP_VAR_INT',
  'PLAIN_DICTIONARY',
  'RLE',
  'BIT_PACKED',
  'DELTA_BINARY_PACKED',
  'DELTA_LENGTH_BYTE_ARRAY',
  'DELTA_BYTE_ARRAY',
];
const widths: Readonly<Partial<Record<string, number>>> = { INT32: 4, FLOAT: 4, INT64: 8, DOUBLE: 8 };

interface Page {
  readonly header: ThriftStruct;
  readonly body: Uint8Array;
  readonly uncompressed: number;
}

function numberAt(chunk: Chunk, struct: ThriftStruct, field: number): number {
  const value = struct.get(field);
  if (typeof value === 'number' && value >= 0) return value;
  return refuse(chunk, `field ${field} of a page header is missing or negative`);
}

function refuse(chunk: Chunk, why: string): never {
  return refuseParquet(chunk.source, why, chunk.element.name);
}

/** The pages of a chunk, one after the other; sizes are checked against the file and the limits before a page is handed out. */
function* pagesOf(chunk: Chunk): Generator<Page> {
  const { meta, bytes } = chunk;
  const dictionary = Number(meta.dictionary_page_offset ?? 0n);
  const start = dictionary > 0 ? Math.min(dictionary, Number(meta.data_page_offset)) : Number(meta.data_page_offset);
  const end = start + Number(meta.total_compressed_size);
  if (!(start >= 4 && end >= start && end <= bytes.length))
    refuse(chunk, `its data are said to lie at bytes ${start} to ${end} of ${bytes.length}`);
  for (let position = start; position < end;) {
    const reader = new ThriftReader(bytes, position, end, chunk.source);
    const header = reader.struct();
    const uncompressed = numberAt(chunk, header, 2);
    const compressed = numberAt(chunk, header, 3);
    if (uncompressed > limits.parquetPageBytesMax) refuseSize(chunk.source, 'bytes in a page', uncompressed, limits.parquetPageBytesMax);
    position = reader.position + compressed;
    if (position > end) refuse(chunk, `a page of ${compressed} bytes does not fit`);
    yield { header, body: bytes.subarray(reader.position, position), uncompressed };
  }
}

function plainValues(chunk: Chunk, bytes: Uint8Array, count: number): Raw[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { type } = chunk.element;
  const width = type === undefined ? undefined : widths[type];
  if (width !== undefined && count * width > bytes.length)
    refuse(chunk, `a page of ${bytes.length} bytes cannot hold ${count} values of ${type}`);
  switch (type) {
    case 'DOUBLE':
      return Array.from({ length: count }, (_, at) => view.getFloat64(8 * at, true));
    case 'FLOAT':
      return Array.from({ length: count }, (_, at) => view.getFloat32(4 * at, true));
    case 'INT32':
      return Array.from({ length: count }, (_, at) => view.getInt32(4 * at, true));
    case 'INT64':
      return Array.from({ length: count }, (_, at) => view.getBigInt64(8 * at, true));
    case 'BYTE_ARRAY':
      return texts(chunk, bytes, view, count);
    default:
      return refuse(chunk, `values of parquet type ${type ?? 'group'} are not read`);
  }
}

function texts(chunk: Chunk, bytes: Uint8Array, view: DataView, count: number): string[] {
  if (count * 4 > bytes.length) refuse(chunk, `a page of ${bytes.length} bytes cannot hold ${count} texts`);
  const decoder = new TextDecoder('utf-8');
  let position = 0;
  return Array.from({ length: count }, () => {
    const length = position + 4 <= bytes.length ? view.getUint32(position, true) : Number.POSITIVE_INFINITY;
    if (position + 4 + length > bytes.length) refuse(chunk, `a text of ${length} bytes does not fit its page of ${bytes.length}`);
    position += 4 + length;
    return decoder.decode(bytes.subarray(position - length, position));
  });
}

/** BYTE_STREAM_SPLIT keeps the first bytes of all values, then all second bytes, and so on: put together they are PLAIN. */
function joined(chunk: Chunk, bytes: Uint8Array, count: number): Uint8Array {
  const width = widths[chunk.element.type ?? ''] ?? refuse(chunk, 'texts cannot be split into streams');
  if (bytes.length !== count * width) refuse(chunk, `a page of ${bytes.length} bytes cannot hold ${count} values`);
  const plain = new Uint8Array(bytes.length);
  for (let at = 0; at < count; at++) for (let byte = 0; byte < width; byte++) plain[at * width + byte] = bytes[byte * count + at]!;
  return plain;
}

function dictionaryOf(chunk: Chunk, page: Page): Raw[] {
  const header = page.header.get(7);
  if (!(header instanceof Map)) return refuse(chunk, 'a dictionary page has no header of its own');
  const count = numberAt(chunk, header, 1);
  if (count > limits.priceRowsMax) refuseSize(chunk.source, 'entries in a dictionary', count, limits.priceRowsMax);
  return plainValues(chunk, decompressPage(page.body, page.uncompressed, chunk.meta.codec, chunk.source, chunk.element.name), count);
}

interface DataPage {
  readonly count: number;
  readonly encoding: number;
  /** 1 where there is a value, 0 where it is missing; null when the column is required. */
  readonly present: Int32Array | null;
  readonly values: Uint8Array;
}

function levels(chunk: Chunk, bytes: Uint8Array, start: number, end: number, count: number): Int32Array {
  return (
    (end <= bytes.length ? readHybrid(bytes, start, end, 1, count) : null) ??
    refuse(chunk, 'the runs of missing values do not fit their page')
  );
}

function dataPageV1(chunk: Chunk, page: Page, header: ThriftStruct, room: number): DataPage {
  const count = numberAt(chunk, header, 1);
  if (count > room) refuse(chunk, `a page of ${count} values where ${room} rows are left`);
  const bytes = decompressPage(page.body, page.uncompressed, chunk.meta.codec, chunk.source, chunk.element.name);
  if (chunk.element.repetition_type === 'REQUIRED') return { count, encoding: numberAt(chunk, header, 2), present: null, values: bytes };
  if (numberAt(chunk, header, 3) !== encoding.rle || bytes.length < 4) refuse(chunk, 'missing values are marked in a way that is not read');
  const end = 4 + new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  return { count, encoding: numberAt(chunk, header, 2), present: levels(chunk, bytes, 4, end, count), values: bytes.subarray(end) };
}

function dataPageV2(chunk: Chunk, page: Page, header: ThriftStruct, room: number): DataPage {
  const count = numberAt(chunk, header, 1);
  if (count > room) refuse(chunk, `a page of ${count} values where ${room} rows are left`);
  const marks = numberAt(chunk, header, 5);
  if (numberAt(chunk, header, 6) !== 0 || marks > page.body.length || marks > page.uncompressed)
    refuse(chunk, 'a page has levels that do not fit it');
  const rest = page.body.subarray(marks);
  const codec = header.get(7) === false ? 'UNCOMPRESSED' : chunk.meta.codec;
  const present = chunk.element.repetition_type === 'REQUIRED' ? null : levels(chunk, page.body, 0, marks, count);
  return {
    count,
    encoding: numberAt(chunk, header, 4),
    present,
    values: decompressPage(rest, page.uncompressed - marks, codec, chunk.source, chunk.element.name),
  };
}

function valuesOf(chunk: Chunk, page: DataPage, dictionary: readonly Raw[] | null, stored: number): Raw[] {
  switch (page.encoding) {
    case encoding.plain:
      return plainValues(chunk, page.values, stored);
    case encoding.byteStreamSplit:
      return plainValues(chunk, joined(chunk, page.values, stored), stored);
    case encoding.plainDictionary:
    case encoding.rleDictionary: {
      if (dictionary === null) return refuse(chunk, 'a page refers to a dictionary that is not there');
      if (stored === 0) return [];
      const indices =
        readHybrid(page.values, 1, page.values.length, page.values[0] ?? 255, stored) ??
        refuse(chunk, 'the dictionary indices do not fit their page');
      return Array.from(indices, (index) => dictionary[index] ?? refuse(chunk, `index ${index} into a dictionary of ${dictionary.length}`));
    }
    default:
      return refuse(chunk, `encoding ${encodingNames[page.encoding] ?? page.encoding} is not read; what pandas writes by default is`);
  }
}

/**
 * Hands every value of a chunk to `take`, row by row within the row group; missing values are not handed over. Errors: the code of the
 * source.
 */
export function readChunk(chunk: Chunk, take: (row: number, value: Raw) => void): void {
  let dictionary: Raw[] | null = null;
  let row = 0;
  for (const page of pagesOf(chunk)) {
    const type = numberAt(chunk, page.header, 1);
    if (type === pageType.dictionary) {
      if (dictionary !== null) refuse(chunk, 'a second dictionary');
      dictionary = dictionaryOf(chunk, page);
      continue;
    }
    const header = page.header.get(type === pageType.data ? 5 : 8);
    if ((type !== pageType.data && type !== pageType.dataV2) || !(header instanceof Map))
      refuse(chunk, `a page of type ${type} is not read`);
    const data = (type === pageType.data ? dataPageV1 : dataPageV2)(chunk, page, header as ThriftStruct, chunk.rows - row);
    let stored = data.count;
    if (data.present !== null) for (const mark of data.present) stored -= 1 - mark;
    const values = valuesOf(chunk, data, dictionary, stored);
    for (let at = 0, next = 0; at < data.count; at++) if (data.present === null || data.present[at] === 1) take(row + at, values[next++]!);
    row += data.count;
  }
  if (row !== chunk.rows) refuse(chunk, `${row} values where the row group has ${chunk.rows} rows`);
}
