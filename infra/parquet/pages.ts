import { parquetHeader } from 'hyparquet/src/column.js';
import { limits } from '../../domain/shared/limits.ts';
import type { Element, ParquetFile } from './footer.ts';
import { refuseParquet, refuseSize } from './source.ts';

/** A page's header in a window of the file: numbers of any length would be added up byte by byte. */
const headerBytesMax = 32_768;
/** What the pages of a file may unpack to: so many bytes a cell, and one page more, as short files have other proportions. */
const unpackedBytesPerCell = 64;

type Header = ReturnType<typeof parquetHeader>;

interface Chunk {
  readonly column: string;
  readonly start: number;
  readonly end: number;
  readonly rows: number;
}

function chunksOf({ footer, source, bytes }: ParquetFile, leaves: readonly Element[]): Chunk[] {
  let total = 0;
  const chunks = footer.row_groups.flatMap((group) =>
    group.columns.map(({ meta_data: meta }, at): Chunk => {
      const column = leaves[at]!.name;
      // As the decoder has it: an offset of 0 is none.
      const start = Number(
        meta.dictionary_page_offset === 0n ? meta.data_page_offset : (meta.dictionary_page_offset ?? meta.data_page_offset),
      );
      const end = start + Number(meta.total_compressed_size);
      if (!(start >= 4 && end >= start && end <= bytes.length))
        refuseParquet(source, `its data are said to lie at bytes ${start} to ${end} of ${bytes.length}`, column);
      total += end - start;
      return { column, start, end, rows: Number(group.num_rows) };
    }),
  );
  if (total > bytes.length)
    refuseParquet(source, `the columns are said to take ${total} bytes of ${bytes.length}: several share their data`);
  return chunks;
}

const isWithin = (value: number, max: number): boolean => value >= 0 && value <= max;
const isCount = (value: number | undefined, max: number): value is number => value !== undefined && isWithin(value, max);

/** Values in a data page; null for another page. */
function valuesIn(header: Header, { column, rows }: Chunk, { source }: ParquetFile): number | null {
  const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: dictionary } = header;
  if (header.type === 'DICTIONARY_PAGE') {
    if (!isCount(dictionary?.num_values, limits.priceRowsMax))
      refuseParquet(source, `a dictionary of ${dictionary?.num_values ?? 'no'} values`, column);
    return null;
  }
  const values = header.type === 'DATA_PAGE_V2' ? second?.num_values : first?.num_values;
  if (!isCount(values, rows)) return refuseParquet(source, `a page of ${values ?? 'no'} values where there are ${rows} rows`, column);
  if (header.type === 'DATA_PAGE_V2' && !isCount(second?.num_nulls, values))
    refuseParquet(source, `a page of ${values} values of which ${second?.num_nulls ?? 'none'} are missing`, column);
  return values;
}

/** Walks over the pages of a chunk; answers what they unpack to. A chunk has one dictionary at most, and one page without values. */
function unpackedBytesOf(file: ParquetFile, chunk: Chunk): number {
  const { bytes, source } = file;
  let [at, rows, unpacked, aside] = [chunk.start, 0, 0, 0];
  while (rows < chunk.rows && at < chunk.end - 1) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, Math.min(chunk.end - at, headerBytesMax));
    const reader = { view, offset: 0 };
    const header = parquetHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: size } = header;
    at += reader.offset;
    if (!isWithin(packed, chunk.end - at))
      refuseParquet(source, `a page of ${packed} bytes where ${chunk.end - at} are left`, chunk.column);
    if (!isWithin(size, limits.parquetPageBytesMax)) refuseSize(source, 'bytes in a page', size, limits.parquetPageBytesMax, chunk.column);
    const values = valuesIn(header, chunk, file);
    if ((values ?? 0) === 0 && ++aside > 2) refuseParquet(source, 'pages without values', chunk.column);
    rows += values ?? 0;
    unpacked += size;
    at += packed;
  }
  return unpacked;
}

/**
 * Looks at the head of every page before any is decoded: a decoder allocates what a head announces, and goes on for as long as there are
 * pages, with or without rows. Errors: the code of the source with the column, LimitExceeded.
 */
export function checkPages(file: ParquetFile, leaves: readonly Element[]): void {
  const max = limits.parquetPageBytesMax + unpackedBytesPerCell * leaves.length * Number(file.footer.num_rows);
  let unpacked = 0;
  for (const chunk of chunksOf(file, leaves)) {
    unpacked += unpackedBytesOf(file, chunk);
    if (unpacked > max) refuseSize(file.source, 'bytes in pages, unpacked', unpacked, max, chunk.column);
  }
}
