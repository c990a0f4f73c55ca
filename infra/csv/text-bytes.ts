import { isUtf8 } from 'node:buffer';
import type { CsvDelimiter } from '../../domain/shared/csv-reading.ts';
import { limits } from '../../domain/shared/limits.ts';
import { type CsvSource, refuseCsv, refuseSize } from './refusals.ts';

/** A file stays bytes until its cells are made: as one text it would take its length again, or twice that. */
const lineFeed = 10;
const carriageReturn = 13;
const doubleQuote = 34;
const byteOrderMark = Buffer.from('\u{feff}');

/** Lines of some bytes; the last one may be empty. */
export function linesIn(bytes: Buffer): number {
  let lines = 1;
  for (let at = bytes.indexOf(lineFeed); at >= 0; at = bytes.indexOf(lineFeed, at + 1)) lines++;
  return lines;
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

/** What a byte means to the scan; a delimiter is `firstDelimiter` and its place among those looked for. */
const [quoteMark, lineEnd, firstDelimiter] = [1, 2, 3];

function meaningsOf(delimiters: readonly CsvDelimiter[]): Uint8Array {
  const meanings = new Uint8Array(256);
  meanings[doubleQuote] = quoteMark;
  meanings[lineFeed] = lineEnd;
  meanings[carriageReturn] = lineEnd;
  for (const [place, delimiter] of delimiters.entries()) meanings[delimiter.charCodeAt(0)] = firstDelimiter + place;
  return meanings;
}

/**
 * Refuses a file that is too large before its cells are made, at the first byte that is too many: the parser makes every cell of a record,
 * and goes on to the end of the file. Text in quotes separates nothing. Errors: LimitExceeded with the line.
 */
export function checkSize(bytes: Buffer, delimiters: readonly CsvDelimiter[], source: CsvSource): void {
  const meanings = meaningsOf(delimiters);
  const linesMax = 2 * limits.priceRowsMax;
  // Under a delimiter that turns out to be none of this file, such as a comma within its numbers, a row may have more.
  const columnsMax = limits.symbolsPerSleeveMax * delimiters.length;
  const cellsMax = limits.priceCellsMax * delimiters.length;
  const found = new Uint32Array(delimiters.length);
  let [lines, cells, quoted] = [1, 0, false];
  for (let at = 0; at < bytes.length; at++) {
    const meaning = meanings[bytes[at]!]!;
    if (meaning === 0) continue;
    if (meaning === quoteMark) quoted = !quoted;
    else if (meaning === lineEnd) {
      if (!quoted) found.fill(0);
      // Of a carriage return and a line feed together one ends the line.
      if (bytes[at] === carriageReturn && bytes[at + 1] === lineFeed) continue;
      if (++lines > linesMax) refuseSize(source, 'lines or more', lines, linesMax);
    } else if (!quoted) {
      const columns = ++found[meaning - firstDelimiter]!;
      if (columns > columnsMax) refuseSize(source, 'columns or more', columns, columnsMax, lines);
      if (++cells > cellsMax) refuseSize(source, 'cells or more', cells, cellsMax, lines);
    }
  }
}
