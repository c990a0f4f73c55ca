import type { CsvAsked } from '../../domain/shared/csv-reading.ts';
import type { NamedTable } from '../../presentation/ports/ports.ts';
import { readNumberTable } from './number-table.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';

/**
 * A table of numbers with a name for every row and every column: `asset,tsmom,xsec`. An empty cell is no number. Errors:
 * PositionsFileUnreadable (file, line, column) for a name that is missing or given twice, text in place of a number; LimitExceeded.
 */
export function parseNamedTable(bytes: Uint8Array, file: string, asked: CsvAsked): NamedTable {
  const source: CsvSource = { file, code: 'PositionsFileUnreadable' };
  const table = readNumberTable(bytes, source, { asked, percentShown: false });
  const rows = table.firsts.map((name) => name.trim());
  const seen = new Set<string>();
  for (const [row, name] of rows.entries()) {
    const at = { line: table.lines[row]!, column: table.header[0]!, text: name };
    if (name === '') refuseCsv(source, 'a row has no name', at);
    if (seen.has(name)) refuseCsv(source, `${name} appears twice`, at);
    seen.add(name);
  }
  const { columns } = table.numbersOf(rows.map((_, row) => row));
  return { rows, columns: table.header.slice(1), values: columns };
}
