import { orderDatedRows } from '../../domain/returns/dated-rows.ts';
import { type PriceFile, rowLines } from '../../domain/returns/price-file.ts';
import { type CsvAsked, nothingAsked, wordsOfReading } from '../../domain/shared/csv-reading.ts';
import { type CsvSource, readCells } from './cells.ts';
import { datesOfCells } from './dates.ts';
import { numbersOfCells } from './number-columns.ts';

/**
 * Daily closes from CSV: first column a date, one column per symbol, empty where there was no session. Whatever number stands
 * in a cell is read, zero and negative ones too: the integrity audit judges them. Rows are sorted by date and the first
 * of those with the same date is kept; each row that was out of order or dropped is a defect with its line.
 * Errors: PriceFileUnreadable (file, line, column, text), LimitExceeded.
 */
export function parseCsvPrices(bytes: Uint8Array, file: string, asked: CsvAsked = nothingAsked): Omit<PriceFile, 'file' | 'sha256'> {
  const source: CsvSource = { file, code: 'PriceFileUnreadable' };
  const cells = readCells(bytes, source, asked.delimiter);
  const { dates, format } = datesOfCells(cells, source, asked.dateFormat);
  const { rows, defects } = orderDatedRows(dates, (row) => cells.lines[row]!);
  const symbols = cells.header.slice(1);
  const columns = symbols.map((_, index) => index + 1);
  const { closes, decimal, percent } = numbersOfCells(cells, { rows, columns, asked, percentShown: false }, source);
  const reading = { delimiter: cells.delimiter, decimal, dateFormat: format, percent, na: [...(asked.na ?? [])] };
  return {
    table: { dates: rows.map((row) => dates[row]!), symbols, closes },
    lines: rowLines(rows.map((row) => cells.lines[row]!)),
    defects,
    ...(wordsOfReading(reading) === null ? {} : { reading }),
  };
}
