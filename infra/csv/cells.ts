import type { CsvDelimiter } from '../../domain/shared/csv-reading.ts';
import { limits } from '../../domain/shared/limits.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { eachRecord, type SeparatedText } from './records.ts';
import { type CsvSource, refuseCsv, refuseSize } from './refusals.ts';

/** A table of separated text, without the cells behind the first column: these go to a visitor, row by row. */
export interface CsvTable {
  readonly header: readonly string[];
  /** The first cell of each row. */
  readonly firsts: readonly string[];
  /** Line of the file on which a row ends, 1-based. */
  readonly lines: readonly number[];
  readonly delimiter: CsvDelimiter;
}

/** What becomes of the cells of a row, as wide as the header. */
export type RowVisitor = (cells: readonly string[], row: number, line: number) => void;

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

/** The refusal that an act ends with; null when it ends well. */
function refusalOf(act: () => void): LedgerError | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
}

/**
 * Passes over a table once. The visitor sees rows only as long as nothing is wrong with the table; what is wrong is refused at the end,
 * as malformed quotes anywhere come first. Errors: the code of the source, LimitExceeded.
 */
export function readTable(text: SeparatedText, source: CsvSource, visitorOf: (header: readonly string[]) => RowVisitor): CsvTable {
  const firsts: string[] = [];
  const lines: number[] = [];
  const found: { header?: readonly string[]; headerLine?: number; visit?: RowVisitor; refusal: LedgerError | null; rows: number } = {
    refusal: null,
    rows: 0,
  };
  eachRecord(text, source, (record, line) => {
    if (found.headerLine === undefined) {
      found.headerLine = line;
      found.refusal = refusalOf(() => (found.header = headerOf(record, source, line)));
      if (found.header !== undefined) found.visit = visitorOf(found.header);
      return;
    }
    const row = found.rows++;
    if (found.header === undefined || found.refusal !== null || row >= limits.priceRowsMax) return;
    const width = found.header.length;
    if (record.length === width) {
      firsts.push(record[0]!);
      lines.push(line);
      found.visit!(record, row, line);
    } else {
      const why = `${record.length} cells where the header has ${width}`;
      found.refusal = refusalOf(() => refuseCsv(source, why, { line, text: record.join(text.delimiter) }));
    }
  });
  const { header, headerLine, refusal, rows } = found;
  if (headerLine === undefined) return refuseCsv(source, 'the file is empty');
  if (header === undefined) throw refusal!;
  if (rows < 1) refuseCsv(source, 'the file has a header and no rows', { line: headerLine });
  if (rows > limits.priceRowsMax) refuseSize(source, 'rows', rows, limits.priceRowsMax);
  if (refusal !== null) throw refusal;
  return { header, firsts, lines, delimiter: text.delimiter };
}
