import { parse } from 'csv-parse/sync';
import { LedgerError, type ErrorCode } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';

/** A file of comma-separated text, as cells. */
export interface CsvCells {
  readonly header: readonly string[];
  /** One list of texts a row, each as long as the header. */
  readonly rows: readonly (readonly string[])[];
  /** Line of the file on which a row ends, 1-based. */
  readonly lines: readonly number[];
}

/** What is read, and how a refusal is made. */
export interface CsvSource {
  readonly file: string;
  readonly code: Extract<ErrorCode, 'PriceFileUnreadable' | 'ReturnsFileUnreadable' | 'HoldingsInvalid'>;
  /** Fewer rows are refused; 1 unless said. */
  readonly rowsMin?: 0 | 1;
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
function checkSize(text: string, source: CsvSource): void {
  const lines = lineAt(text, text.length);
  if (lines > 2 * limits.priceRowsMax) refuseSize(source, 'lines', lines, 2 * limits.priceRowsMax);
  const end = text.indexOf('\n');
  const columns = (end < 0 ? text : text.slice(0, end)).split(',').length - 1;
  if (columns > limits.symbolsPerSleeveMax) refuseSize(source, 'columns', columns, limits.symbolsPerSleeveMax);
  if (columns * lines > limits.priceCellsMax) refuseSize(source, 'cells', columns * lines, limits.priceCellsMax);
}

interface ParsedRecord {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

function parseRecords(text: string, source: CsvSource): readonly ParsedRecord[] {
  try {
    const options = {
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

function headerOf(cells: readonly string[], source: CsvSource, line: number): string[] {
  const header = cells.map((cell) => cell.trim());
  if (header.length === 1 && /[;\t|]/.test(header[0]!))
    refuseCsv(source, 'the header has no comma; columns are separated by commas', { line, text: header[0]! });
  if (header.length < 2) refuseCsv(source, 'the header names one column only', { line });
  const seen = new Set<string>();
  for (const name of header.slice(1)) {
    if (name === '') refuseCsv(source, 'a column has no name', { line });
    if (seen.has(name)) refuseCsv(source, 'two columns have this name', { line, column: name });
    seen.add(name);
  }
  return header;
}

/**
 * Splits comma-separated text (RFC 4180, UTF-8 with or without byte order mark, any line end, empty lines skipped) into a header
 * and rows of the header's width. Errors: the code of the source, with line and column; LimitExceeded.
 */
export function readCells(bytes: Uint8Array, source: CsvSource): CsvCells {
  const text = decode(bytes, source);
  checkSize(text, source);
  const [first, ...records] = parseRecords(text, source);
  if (first === undefined) return refuseCsv(source, 'the file is empty');
  const header = headerOf(first.record, source, first.info.lines);
  if (records.length < (source.rowsMin ?? 1)) refuseCsv(source, 'the file has a header and no rows', { line: first.info.lines });
  if (records.length > limits.priceRowsMax) refuseSize(source, 'rows', records.length, limits.priceRowsMax);
  for (const { record, info } of records) {
    if (record.length !== header.length) {
      refuseCsv(source, `${record.length} cells where the header has ${header.length}`, { line: info.lines, text: record.join(',') });
    }
  }
  return { header, rows: records.map(({ record }) => record), lines: records.map(({ info }) => info.lines) };
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * The number in a cell, NaN for an empty one. A number is written as in JSON or Python: no thousands separator, no decimal comma,
 * no `NaN`, no `inf`; blanks around it are ignored. Nothing depends on the locale.
 */
export function numberOfCell(cell: string, source: CsvSource, line: number, column: string): number {
  if (cell === '') return Number.NaN;
  const text = decimal.test(cell) ? cell : cell.trim();
  if (text === '') return Number.NaN;
  const value = decimal.test(text) ? Number(text) : Number.NaN;
  if (Number.isFinite(value)) return value;
  const empty = source.code === 'HoldingsInvalid' ? '' : '; leave the cell empty where there was no session';
  return refuseCsv(source, `${JSON.stringify(text.slice(0, 80))} is not a number${empty}`, { line, column, text });
}
