import { type AsyncBuffer, type ColumnChunk, type FileMetaData, parquetRead } from 'hyparquet';
import { decompressorsFor } from './compression.ts';
import type { Element, ParquetFile } from './footer.ts';
import { isUnsigned, type Raw } from './logical-types.ts';
import { guarded, refuseParquet } from './source.ts';

/** The bytes of a file for the library, which asks for ranges that a footer names. */
function rangesOf({ bytes, source }: ParquetFile, column: string): AsyncBuffer {
  return {
    byteLength: bytes.length,
    slice: (start, end = bytes.length) => {
      if (!(start >= 4 && end >= start && end <= bytes.length))
        refuseParquet(source, `its data are said to lie at bytes ${start} to ${end} of ${bytes.length}`, column);
      return new Uint8Array(bytes.subarray(start, end)).buffer;
    },
  };
}

/**
 * How the library is to decode a chunk. DuckDB writes differences of unsigned integers that do not fit into the library's arithmetic of 32
 * bits; its arithmetic of 64 bits reads them, and the logical type narrows them again.
 */
function chunkFor(chunk: ColumnChunk, element: Element): ColumnChunk {
  const { meta_data: meta } = chunk;
  if (meta === undefined || element.type !== 'INT32' || !isUnsigned(element)) return chunk;
  const differences = meta.encodings.every((encoding) => ['DELTA_BINARY_PACKED', 'RLE', 'BIT_PACKED'].includes(encoding));
  return differences ? { ...chunk, meta_data: { ...meta, type: 'INT64' } } : chunk;
}

/** A footer of one column, without its logical type: the library hands over what is stored, and `logical-types.ts` says what it means. */
function metadataOf({ metadata }: ParquetFile, at: number, element: Element): FileMetaData {
  const { name, type, type_length: length, repetition_type: repetition } = element;
  return {
    ...metadata,
    schema: [
      { name: 'schema', num_children: 1 },
      {
        name,
        ...(type === undefined ? {} : { type }),
        ...(length === undefined ? {} : { type_length: length }),
        ...(repetition === undefined ? {} : { repetition_type: repetition }),
      },
    ],
    row_groups: metadata.row_groups.map((group) => ({ ...group, columns: [chunkFor(group.columns[at]!, element)] })),
  };
}

/**
 * Hands every value of a column to `take`, row by row; missing values are not handed over. One column is in memory at a time.
 * Errors: the code of the source, LimitExceeded.
 */
export async function readColumn(file: ParquetFile, at: number, element: Element, take: (row: number, value: Raw) => void): Promise<void> {
  const { footer, source } = file;
  for (const { columns } of footer.row_groups) {
    const meta = columns[at]!.meta_data;
    if (meta.type !== element.type || meta.path_in_schema.join('.') !== element.name)
      refuseParquet(source, 'the data of the column are not described', element.name);
    if (meta.codec === 'LZO') refuseParquet(source, 'compression LZO is not read', element.name);
  }
  const rows = Number(footer.num_rows);
  let read = 0;
  const onPage = ({ columnData, rowStart }: { columnData: ArrayLike<unknown>; rowStart: number }): void => {
    read += columnData.length;
    if (rowStart + columnData.length > rows || read > rows)
      refuseParquet(source, 'a page holds more values than there are rows', element.name);
    for (let row = 0; row < columnData.length; row++) {
      const value = columnData[row] as Raw | null | undefined;
      if (value === undefined) refuseParquet(source, `row ${rowStart + row + 1} refers to a value that is not there`, element.name);
      if (value !== null) take(rowStart + row, value);
    }
  };
  const options = {
    file: rangesOf(file, element.name),
    metadata: metadataOf(file, at, element),
    compressors: decompressorsFor(source, element.name),
    parsers: { timestampFromNanoseconds: (nanoseconds: bigint) => nanoseconds },
    utf8: false,
    onPage,
  };
  await guarded(source, 'a page', async () => parquetRead(options), element.name);
  if (read !== rows) refuseParquet(source, `${read} values where there are ${rows} rows`, element.name);
}
