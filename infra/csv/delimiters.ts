import type { CsvDelimiter } from '../../domain/shared/csv-reading.ts';

const delimiters: readonly CsvDelimiter[] = [',', ';', '\t', '|'];
const quote = 34;

function isLineEnd(byte: number): boolean {
  return byte === 10 || byte === 13;
}

/** Delimiters that stand in the first line that holds anything, outside of quotes; the comma first. */
export function delimitersIn(bytes: Buffer): CsvDelimiter[] {
  let at = 0;
  while (at < bytes.length && isLineEnd(bytes[at]!)) at++;
  const found = new Set<number>();
  for (let quoted = false; at < bytes.length && !isLineEnd(bytes[at]!); at++) {
    if (bytes[at] === quote) quoted = !quoted;
    else if (!quoted) found.add(bytes[at]!);
  }
  return delimiters.filter((delimiter) => found.has(delimiter.charCodeAt(0)));
}

/** Excel's own first line `sep=;`: the delimiter that it states, and the text with that line left empty; null without one. */
export function statedDelimiter(bytes: Buffer): { readonly delimiter: CsvDelimiter; readonly rest: Buffer } | null {
  const match = /^"?sep=(.)"?(?=\r\n|\r|\n)/i.exec(bytes.toString('latin1', 0, 16));
  const delimiter = delimiters.find((candidate) => candidate === match?.[1]);
  return match === null || delimiter === undefined ? null : { delimiter, rest: bytes.subarray(match[0].length) };
}
