import { orderDatedRows } from '../../domain/returns/dated-rows.ts';
import { type PriceFile, rowLines } from '../../domain/returns/price-file.ts';
import { type CsvAsked, nothingAsked, wordsOfReading } from '../../domain/shared/csv-reading.ts';
import { datesOfTable } from './dates.ts';
import { readNumberTable } from './number-table.ts';
import type { CsvSource } from './refusals.ts';

/**
 * Daily closes from CSV: first column a date, one column per symbol, empty where there was no session. Whatever number stands
 * in a cell is read, zero and negative ones too: the integrity audit judges them. Rows are sorted by date and the first
 * of those with the same date is kept; each row that was out of order or dropped is a defect with its line.
 * Errors: PriceFileUnreadable (file, line, column, text), LimitExceeded.
 */
export function parseCsvPrices(bytes: Uint8Array, file: string, asked: CsvAsked = nothingAsked): Omit<PriceFile, 'file' | 'sha256'> {
  const source: CsvSource = { file, code: 'PriceFileUnreadable' };
  const table = readNumberTable(bytes, source, { asked, percentShown: false });
  const { dates, format } = datesOfTable(table, source, asked.dateFormat);
  const { rows, defects } = orderDatedRows(dates, (row) => table.lines[row]!);
  const { columns: closes, decimal, percent } = table.numbersOf(rows);
  const reading = { delimiter: table.delimiter, decimal, dateFormat: format, percent, na: [...(asked.na ?? [])] };
  return {
    table: { dates: rows.map((row) => dates[row]!), symbols: table.header.slice(1), closes },
    lines: rowLines(rows.map((row) => table.lines[row]!)),
    defects,
    ...(wordsOfReading(reading) === null ? {} : { reading }),
  };
}
