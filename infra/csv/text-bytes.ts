import { isUtf8 } from 'node:buffer';
import type { CsvDelimiter } from '../../domain/shared/csv-reading.ts';
import { limits } from '../../domain/shared/limits.ts';
import { type CsvSource, refuseCsv, refuseSize } from './refusals.ts';

/** A file stays bytes until its cells are made: as one text it would take its length again, or twice that. */
const lineFeed = 10;
const byteOrderMark = Buffer.from('\u{feff}');

function countIn(bytes: Buffer, byte: number): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) count++;
  return count;
}

/** Lines of some bytes; the last one may be empty. */
export function linesIn(bytes: Buffer): number {
  return 1 + countIn(bytes, lineFeed);
}

/** The bytes of a text in UTF-8, without its byte order mark. Errors: the code of the source, LimitExceeded. */
export function textBytes(bytes: Uint8Array, source: CsvSource): Buffer {
  if (bytes.length > limits.priceFileBytesMax) refuseSize(source, 'bytes', bytes.length, limits.priceFileBytesMax);
  // Also refuses what spreadsheets call "Unicode text" (UTF-16).
  if (!isUtf8(bytes)) refuseCsv(source, 'the file is not UTF-8 text');
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = all.subarray(0, byteOrderMark.length).equals(byteOrderMark) ? all.subarray(byteOrderMark.length) : all;
  const nul = text.indexOf(0);
  if (nul >= 0) refuseCsv(source, 'the file holds a NUL character and is not text', { line: linesIn(text.subarray(0, nul)) });
  return text;
}

/** Refuses a file that is too large before its cells are made: lines are cheap to count. */
export function checkSize(bytes: Buffer, delimiters: readonly CsvDelimiter[], source: CsvSource): void {
  const lines = linesIn(bytes);
  if (lines > 2 * limits.priceRowsMax) refuseSize(source, 'lines', lines, 2 * limits.priceRowsMax);
  const end = bytes.indexOf(lineFeed);
  const head = end < 0 ? bytes : bytes.subarray(0, end);
  const columns = Math.max(0, ...delimiters.map((delimiter) => countIn(head, delimiter.charCodeAt(0))));
  if (columns > limits.symbolsPerSleeveMax) refuseSize(source, 'columns', columns, limits.symbolsPerSleeveMax);
  if (columns * lines > limits.priceCellsMax) refuseSize(source, 'cells', columns * lines, limits.priceCellsMax);
}
