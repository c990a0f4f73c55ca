import { returnSeriesOf } from '../../domain/returns/dated-rows.ts';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import { type CsvAsked, type CsvReading, nothingAsked, wordsOfReading } from '../../domain/shared/csv-reading.ts';
import type { ReadSeries } from '../../handlers/ports/ports.ts';
import { type CsvSource, readCells, refuseCsv } from './cells.ts';
import { datesOfCells } from './dates.ts';
import { numbersOfCells } from './number-columns.ts';

export interface ReadReturns {
  readonly series: ReturnSeries;
  readonly reading: CsvReading;
}

/**
 * One series of daily returns from CSV: a date and one value a row. Errors: ReturnsFileUnreadable (file, line, column) for
 * more than one value column, an empty cell, text, or dates that do not ascend; LimitExceeded.
 */
export function readCsvReturns(bytes: Uint8Array, file: string, asked: CsvAsked): ReadReturns {
  const source: CsvSource = { file, code: 'ReturnsFileUnreadable' };
  const cells = readCells(bytes, source, asked.delimiter);
  const [, name, ...more] = cells.header;
  if (more.length > 0) refuseCsv(source, `${more.length + 1} value columns where one series was expected`, { line: 1, column: more[0]! });
  const { dates, format } = datesOfCells(cells, source, asked.dateFormat);
  const rows = dates.map((_, row) => row);
  const { closes, decimal, percent } = numbersOfCells(cells, { rows, columns: [1], asked, percentShown: true }, source);
  const [values] = closes;
  const empty = values!.findIndex((value) => Number.isNaN(value));
  if (empty >= 0) refuseCsv(source, `no return on ${dates[empty]}`, { line: cells.lines[empty]!, column: name! });
  return {
    series: returnSeriesOf(dates, values!, { file, lineOf: (row) => cells.lines[row]! }),
    reading: { delimiter: cells.delimiter, decimal, dateFormat: format, percent, na: [...(asked.na ?? [])] },
  };
}

/** The same, saying how it was read where that is not the plain way. Errors: as for `readCsvReturns`. */
export function parseCsvReturns(bytes: Uint8Array, file: string, asked: CsvAsked = nothingAsked): ReadSeries {
  const { series, reading } = readCsvReturns(bytes, file, asked);
  return wordsOfReading(reading) === null ? series : { ...series, reading };
}
