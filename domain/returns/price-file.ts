import type { CsvReading } from '../shared/csv-reading.ts';
import type { DateDefect } from './dated-rows.ts';
import type { IsoDate, PriceTable } from './series.ts';

/**
 * Lines of the file on which the rows of a table stand, counted from 1: the first when they follow one another, else all; null without
 * lines.
 */
export type RowLines = { readonly first: number } | readonly number[] | null;

/** Prices as a file gave them, whole or cut to what a run may see. */
export interface PriceFile {
  /** As given by the user, for messages; without its folder once a run has taken it. */
  readonly file: string;
  /** SHA-256 of the file's raw bytes. */
  readonly sha256: string;
  readonly table: PriceTable;
  readonly lines: RowLines;
  /** What the file's own text did wrong, kept for the integrity audit. */
  readonly defects: readonly DateDefect[];
  /** How the text of the file was read; left out for the plain way, and for formats that need none. */
  readonly reading?: CsvReading;
  /** Symbol to the column of the file that it was read from, where that has another name; left out where none has. */
  readonly renamed?: Readonly<Record<string, string>>;
}

/** Lines as short as they can be written. */
export function rowLines(lines: readonly number[]): RowLines {
  const [first] = lines;
  if (first === undefined) return null;
  return lines.every((line, row) => line === first + row) ? { first } : lines;
}

export function lineOfRow(lines: RowLines, row: number): number | null {
  if (lines === null) return null;
  return 'first' in lines ? lines.first + row : lines[row]!;
}

/** Cuts a file to some of its symbols, and to the rows between two dates; null leaves an end open. A symbol without any price stays. */
export function cutPriceFile(
  file: PriceFile,
  symbols: ReadonlySet<string>,
  range: { readonly from: IsoDate | null; readonly to: IsoDate | null },
): PriceFile {
  const { from, to } = range;
  const { dates, closes } = file.table;
  const columns = file.table.symbols
    .map((symbol, column) => ({ symbol, prices: closes[column]! }))
    .filter(({ symbol }) => symbols.has(symbol));
  const rows: number[] = [];
  for (const [row, date] of dates.entries()) if ((from === null || date >= from) && (to === null || date <= to)) rows.push(row);
  return {
    ...file,
    table: {
      dates: rows.map((row) => dates[row]!),
      symbols: columns.map(({ symbol }) => symbol),
      closes: columns.map(({ prices }) => Float64Array.from(rows, (row) => prices[row]!)),
    },
    lines: file.lines === null ? null : rowLines(rows.map((row) => lineOfRow(file.lines, row)!)),
  };
}
