import { returnSeriesOf } from '../../domain/returns/dated-rows.ts';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import { numberOfCell, readCells, refuseCsv, type CsvSource } from './cells.ts';
import { datesOfCells } from './csv-prices.ts';

/**
 * One series of daily returns from CSV: a date and one value a row. Errors: ReturnsFileUnreadable (file, line, column) for
 * more than one value column, an empty cell, text, or dates that do not ascend; LimitExceeded.
 */
export function parseCsvReturns(bytes: Uint8Array, file: string): ReturnSeries {
  const source: CsvSource = { file, code: 'ReturnsFileUnreadable' };
  const cells = readCells(bytes, source);
  const [, name, ...more] = cells.header;
  if (more.length > 0) refuseCsv(source, `${more.length + 1} value columns where one series was expected`, { line: 1, column: more[0]! });
  const dates = datesOfCells(cells, source);
  const values = Float64Array.from(cells.rows, (row, index) => {
    const line = cells.lines[index]!;
    const value = numberOfCell(row[1]!, source, line, name!);
    return Number.isNaN(value) ? refuseCsv(source, `no return on ${dates[index]}`, { line, column: name! }) : value;
  });
  return returnSeriesOf(dates, values, { file, lineOf: (row) => cells.lines[row]! });
}
