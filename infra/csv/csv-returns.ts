import { returnSeriesOf } from '../../domain/returns/dated-rows.ts';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import { type CsvAsked, type CsvReading, nothingAsked, wordsOfReading } from '../../domain/shared/csv-reading.ts';
import type { ReadSeries } from '../../handlers/ports/ports.ts';
import { datesOfTable } from './dates.ts';
import { readNumberTable } from './number-table.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';

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
  const table = readNumberTable(bytes, source, { asked, percentShown: true });
  const [, name, ...more] = table.header;
  if (more.length > 0) refuseCsv(source, `${more.length + 1} value columns where one series was expected`, { line: 1, column: more[0]! });
  const { dates, format } = datesOfTable(table, source, asked.dateFormat);
  const rows = dates.map((_, row) => row);
  const { columns, decimal, percent } = table.numbersOf(rows);
  const [values] = columns;
  const empty = values!.findIndex((value) => Number.isNaN(value));
  if (empty >= 0) refuseCsv(source, `no return on ${dates[empty]}`, { line: table.lines[empty]!, column: name! });
  return {
    series: returnSeriesOf(dates, values!, { file, lineOf: (row) => table.lines[row]! }),
    reading: { delimiter: table.delimiter, decimal, dateFormat: format, percent, na: [...(asked.na ?? [])] },
  };
}

/** The same, saying how it was read where that is not the plain way. Errors: as for `readCsvReturns`. */
export function parseCsvReturns(bytes: Uint8Array, file: string, asked: CsvAsked = nothingAsked): ReadSeries {
  const { series, reading } = readCsvReturns(bytes, file, asked);
  return wordsOfReading(reading) === null ? series : { ...series, reading };
}
