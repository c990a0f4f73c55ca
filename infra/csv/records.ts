import { CsvError, parse } from 'csv-parse/sync';
import type { CsvDelimiter } from '../../domain/shared/csv-reading.ts';
import { delimitersIn, statedDelimiter } from './delimiters.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';
import { checkSize, textBytes } from './text-bytes.ts';

/** Separated text whose delimiter is known, and whose records can be passed over as often as is needed. */
export interface SeparatedText {
  readonly bytes: Buffer;
  readonly delimiter: CsvDelimiter;
}

/** Passes over the records; none is kept. `line` is the line on which a record ends, 1-based. Errors: the code of the source. */
export function eachRecord(
  { bytes, delimiter }: SeparatedText,
  source: CsvSource,
  visit: (record: readonly string[], line: number) => void,
): void {
  try {
    parse(bytes, {
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: 4_194_304,
      on_record: (record: string[], { lines }) => {
        visit(record, lines);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines, message } = error as { readonly lines?: number; readonly message: string };
    refuseCsv(source, `malformed quoting (${message})`, lines === undefined ? {} : { line: lines });
  }
}

/** Every record as wide as the first, and one at least. */
function isTable(text: SeparatedText, source: CsvSource): boolean {
  const widths = new Set<number>();
  eachRecord(text, source, (record) => widths.add(record.length));
  return widths.size === 1;
}

/**
 * Separated text (RFC 4180, UTF-8 with or without byte order mark, any line end, empty lines skipped) under the delimiter that was asked
 * for, that the text states, or that its first line shows. Where that shows several, one of them must make a table of the file, and no
 * other. Errors: the code of the source, with line and column; LimitExceeded.
 */
export function openText(file: Uint8Array, source: CsvSource, asked: CsvDelimiter | null): SeparatedText {
  const whole = textBytes(file, source);
  const stated = asked === null ? statedDelimiter(whole) : null;
  const bytes = stated?.rest ?? whole;
  const known = asked ?? stated?.delimiter ?? null;
  const shown = known === null ? delimitersIn(bytes) : [known];
  checkSize(bytes, shown, source);
  const [first = ',' as const, ...others] = shown;
  if (others.length === 0) return { bytes, delimiter: first };
  const tables = shown.map((delimiter) => ({ bytes, delimiter })).filter((text) => isTable(text, source));
  if (tables.length > 1) {
    const flags = tables.map(({ delimiter }) => `--delimiter ${delimiter === '\t' ? 'tab' : `'${delimiter}'`}`);
    return refuseCsv(source, `the columns can be parted in more than one way; say ${flags.join(' or ')}`, { line: 1 });
  }
  const chosen = tables[0] ?? { bytes, delimiter: first };
  checkSize(bytes, [chosen.delimiter], source);
  return chosen;
}

export interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** The records of a short file, of one width or not. Errors: as for `openText`. */
export function readRecords(
  bytes: Uint8Array,
  source: CsvSource,
  asked: CsvDelimiter | null,
): { readonly delimiter: CsvDelimiter; readonly records: readonly ParsedRecord[] } {
  const text = openText(bytes, source, asked);
  const records: ParsedRecord[] = [];
  eachRecord(text, source, (record, line) => records.push({ record, info: { lines: line } }));
  return { delimiter: text.delimiter, records };
}
