import { parse } from 'csv-parse/sync';
import type { CsvDelimiter } from '../../domain/shared/csv-reading.ts';
import { LedgerError, type ErrorCode } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { delimitersIn, statedDelimiter } from './delimiters.ts';

/** A file of separated text, as cells. */
export interface CsvCells {
  readonly header: readonly string[];
  /** One list of texts a row, each as long as the header. */
  readonly rows: readonly (readonly string[])[];
  /** Line of the file on which a row ends, 1-based. */
  readonly lines: readonly number[];
  readonly delimiter: CsvDelimiter;
}

/** What is read, and how a refusal is made. */
export interface CsvSource {
  readonly file: string;
  readonly code: Extract<ErrorCode, 'PriceFileUnreadable' | 'ReturnsFileUnreadable' | 'HoldingsInvalid'>;
}

export function refuseCsv(
  source: CsvSource,
  why: string,
  at: { readonly line?: number; readonly column?: string; readonly text?: string } = {},
): never {
  const { line, column, text } = at;
  throw new LedgerError(
    source.code,
    `${source.file}${line === undefined ? '' : `, line ${line}`}${column === undefined ? '' : `, column ${column}`}: ${why}`,
    {
      evidence: { ...(column === undefined ? {} : { column }), ...(text === undefined ? {} : { text: text.slice(0, 80) }) },
      at: { file: source.file, ...(line === undefined ? {} : { line }) },
    },
  );
}

function refuseSize(source: CsvSource, what: string, found: number, max: number): never {
  throw new LedgerError('LimitExceeded', `${source.file}: ${found} ${what}, at most ${max} are read`, {
    evidence: { found, max },
    at: { file: source.file },
  });
}

function decode(bytes: Uint8Array, source: CsvSource): string {
  if (bytes.length > limits.priceFileBytesMax) refuseSize(source, 'bytes', bytes.length, limits.priceFileBytesMax);
  try {
    // Takes the byte order mark off, and refuses what spreadsheets call "Unicode text" (UTF-16).
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const nul = text.indexOf('\0');
    return nul < 0 ? text : refuseCsv(source, 'the file holds a NUL character and is not text', { line: lineAt(text, nul) });
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    return refuseCsv(source, 'the file is not UTF-8 text');
  }
}

function lineAt(text: string, position: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** Refuses a file that is too large before its cells are made: lines are cheap to count. */
function checkSize(text: string, delimiters: readonly CsvDelimiter[], source: CsvSource): void {
  const lines = lineAt(text, text.length);
  if (lines > 2 * limits.priceRowsMax) refuseSize(source, 'lines', lines, 2 * limits.priceRowsMax);
  const end = text.indexOf('\n');
  const head = end < 0 ? text : text.slice(0, end);
  const columns = Math.max(0, ...delimiters.map((delimiter) => head.split(delimiter).length - 1));
  if (columns > limits.symbolsPerSleeveMax) refuseSize(source, 'columns', columns, limits.symbolsPerSleeveMax);
  if (columns * lines > limits.priceCellsMax) refuseSize(source, 'cells', columns * lines, limits.priceCellsMax);
}

export interface ParsedRecord {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

function parseRecords(text: string, delimiter: CsvDelimiter, source: CsvSource): readonly ParsedRecord[] {
  try {
    const options = {
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      max_record_size: 4_194_304,
    };
    return parse(text, options) as unknown as readonly ParsedRecord[];
  } catch (error) {
    const { lines, message } = error as { readonly lines?: number; readonly message: string };
    return refuseCsv(source, `malformed quoting (${message})`, lines === undefined ? {} : { line: lines });
  }
}

/** Every record as wide as the first. */
function isTable([first, ...rest]: readonly ParsedRecord[]): boolean {
  return first !== undefined && rest.every(({ record }) => record.length === first.record.length);
}

/**
 * The records under the delimiter that was stated, or that the first line shows. Where it shows several, one of them must make a table of
 * the file, and no other.
 */
function recordsOf(
  text: string,
  stated: CsvDelimiter | null,
  source: CsvSource,
): { readonly delimiter: CsvDelimiter; readonly records: readonly ParsedRecord[] } {
  const shown = stated === null ? delimitersIn(text) : [stated];
  checkSize(text, shown, source);
  const ways = (shown.length === 0 ? ([','] as const) : shown).map((delimiter) => ({
    delimiter,
    records: parseRecords(text, delimiter, source),
  }));
  const tables = ways.length === 1 ? ways : ways.filter(({ records }) => isTable(records));
  if (tables.length > 1) {
    const flags = tables.map(({ delimiter }) => `--delimiter ${delimiter === '\t' ? 'tab' : `'${delimiter}'`}`);
    return refuseCsv(source, `the columns can be parted in more than one way; say ${flags.join(' or ')}`, { line: 1 });
  }
  return tables[0] ?? ways[0]!;
}

function headerOf(cells: readonly string[], source: CsvSource, line: number): string[] {
  const header = cells.map((cell) => cell.trim());
  if (header.length < 2)
    refuseCsv(source, 'the header names one column only; columns are separated by commas, semicolons, tabs or |', { line });
  const seen = new Set<string>();
  for (const name of header.slice(1)) {
    if (name === '') refuseCsv(source, 'a column has no name', { line });
    if (seen.has(name)) refuseCsv(source, 'two columns have this name', { line, column: name });
    seen.add(name);
  }
  return header;
}

/**
 * Splits separated text (RFC 4180, UTF-8 with or without byte order mark, any line end, empty lines skipped) into records of one width or
 * not. Errors: the code of the source, with line and column; LimitExceeded.
 */
export function readRecords(
  bytes: Uint8Array,
  source: CsvSource,
  asked: CsvDelimiter | null,
): { readonly delimiter: CsvDelimiter; readonly records: readonly ParsedRecord[] } {
  const text = decode(bytes, source);
  const stated = asked === null ? statedDelimiter(text) : null;
  return recordsOf(stated?.rest ?? text, asked ?? stated?.delimiter ?? null, source);
}

/** The same as a table: a header, and rows of its width. Errors: as for `readRecords`. */
export function readCells(bytes: Uint8Array, source: CsvSource, asked: CsvDelimiter | null): CsvCells {
  const read = readRecords(bytes, source, asked);
  const [first, ...records] = read.records;
  if (first === undefined) return refuseCsv(source, 'the file is empty');
  const header = headerOf(first.record, source, first.info.lines);
  if (records.length < 1) refuseCsv(source, 'the file has a header and no rows', { line: first.info.lines });
  if (records.length > limits.priceRowsMax) refuseSize(source, 'rows', records.length, limits.priceRowsMax);
  for (const { record, info } of records) {
    if (record.length !== header.length) {
      const text = record.join(read.delimiter);
      refuseCsv(source, `${record.length} cells where the header has ${header.length}`, { line: info.lines, text });
    }
  }
  return {
    header,
    rows: records.map(({ record }) => record),
    lines: records.map(({ info }) => info.lines),
    delimiter: read.delimiter,
  };
}
