import { orderDatedRows } from '../../domain/returns/dated-rows.ts';
import { type PriceFile, rowLines } from '../../domain/returns/price-file.ts';
import { sessionDateOfText } from '../../domain/returns/session-date.ts';
import { numberOfCell, readCells, refuseCsv, type CsvCells, type CsvSource } from './cells.ts';

/** Dates of the rows as they stand. Errors: the code of the source. */
export function datesOfCells(cells: CsvCells, source: CsvSource): string[] {
  const [name = ''] = cells.header;
  return cells.rows.map((row, index) => {
    const text = row[0]!.trim();
    const where = { line: cells.lines[index]!, column: name === '' ? '1' : name, text };
    return (
      sessionDateOfText(text) ??
      refuseCsv(source, `${JSON.stringify(text.slice(0, 80))} is not a date; write yyyy-mm-dd, a time of day only if it is 00:00:00`, where)
    );
  });
}

/**
 * Daily closes from CSV: first column a date, one column per symbol, empty where there was no session. Whatever number stands
 * in a cell is read, zero and negative ones too: the integrity audit judges them. Rows are sorted by date and the first
 * of those with the same date is kept; each row that was out of order or dropped is a defect with its line.
 * Errors: PriceFileUnreadable (file, line, column, text), LimitExceeded.
 */
export function parseCsvPrices(bytes: Uint8Array, file: string): Pick<PriceFile, 'table' | 'lines' | 'defects'> {
  const source: CsvSource = { file, code: 'PriceFileUnreadable' };
  const cells = readCells(bytes, source);
  const dates = datesOfCells(cells, source);
  const { rows, defects } = orderDatedRows(dates, (row) => cells.lines[row]!);
  const symbols = cells.header.slice(1);
  const closes = symbols.map(() => new Float64Array(rows.length));
  for (let row = 0; row < rows.length; row++) {
    const from = rows[row]!;
    const texts = cells.rows[from]!;
    const line = cells.lines[from]!;
    for (let column = 0; column < symbols.length; column++)
      closes[column]![row] = numberOfCell(texts[column + 1]!, source, line, symbols[column]!);
  }
  return {
    table: { dates: rows.map((row) => dates[row]!), symbols, closes },
    lines: rowLines(rows.map((row) => cells.lines[row]!)),
    defects,
  };
}
