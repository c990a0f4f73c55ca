import type { CsvDelimiter } from '../../domain/shared/csv-reading.ts';

const delimiters: readonly CsvDelimiter[] = [',', ';', '\t', '|'];

/** The first line that holds anything, without the quoted parts. */
function headOf(text: string): string {
  const line = /[^\r\n]+/.exec(text)?.[0] ?? '';
  return line.replaceAll(/"[^"]*"?/g, '');
}

/** Delimiters that stand in the first line, the comma first. */
export function delimitersIn(text: string): CsvDelimiter[] {
  const head = headOf(text);
  return delimiters.filter((delimiter) => head.includes(delimiter));
}

/** Excel's own first line `sep=;`: the delimiter that it states, and the text with that line left empty; null without one. */
export function statedDelimiter(text: string): { readonly delimiter: CsvDelimiter; readonly rest: string } | null {
  const match = /^"?sep=(.)"?(?=\r\n|\r|\n)/i.exec(text);
  const delimiter = delimiters.find((candidate) => candidate === match?.[1]);
  return match === null || delimiter === undefined ? null : { delimiter, rest: text.slice(match[0].length) };
}
