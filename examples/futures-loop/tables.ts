import { readFileSync } from 'node:fs';

/** Columns of numbers on dates; NaN is an empty cell. */
export interface Table {
  readonly dates: readonly string[];
  readonly columns: readonly string[];
  /** `values[column][row]` */
  readonly values: readonly Float64Array[];
}

/** A plain CSV file: first column a date. */
export function readTable(file: string): Table {
  const [header, ...lines] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const columns = header!.split(',').slice(1);
  const cells = lines.map((line) => line.split(','));
  const number = (cell: string | undefined): number => (cell === undefined || cell === '' ? Number.NaN : Number(cell));
  return {
    dates: cells.map(([date]) => date!),
    columns,
    values: columns.map((_, column) => Float64Array.from(cells, (row) => number(row[column + 1]))),
  };
}

/** Some columns of a table, in the order asked for. */
export function columnsOf(table: Table, columns: readonly string[]): Table {
  return { dates: table.dates, columns, values: columns.map((name) => table.values[table.columns.indexOf(name)]!) };
}

/** A table of rows on dates. */
export function tableOf(dates: readonly string[], columns: readonly string[], rows: readonly (readonly number[])[]): Table {
  return { dates, columns, values: columns.map((_, column) => Float64Array.from(rows, (row) => row[column]!)) };
}
