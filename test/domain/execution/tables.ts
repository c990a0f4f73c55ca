import type { DatedTable } from '../../../domain/returns/table-text.ts';

/** By column the value of each date, as worked examples write it; a date that a column lacks is an empty cell. */
export type ByColumn = Readonly<Record<string, Readonly<Record<string, number>>>>;

export function tableOf(byColumn: ByColumn): DatedTable {
  const columns = Object.keys(byColumn);
  const dates = [...new Set(columns.flatMap((name) => Object.keys(byColumn[name]!)))].toSorted();
  return { dates, columns, values: columns.map((name) => Float64Array.from(dates, (date) => byColumn[name]![date] ?? Number.NaN)) };
}

/** By date the value of each column: weights as worked examples write them. */
export function weightsOf(byDate: ByColumn): DatedTable {
  const dates = Object.keys(byDate);
  const columns = Object.keys(byDate[dates[0]!]!);
  return { dates, columns, values: columns.map((name) => Float64Array.from(dates, (date) => byDate[date]![name]!)) };
}

/** A table of some rows of numbers on consecutive dates. */
export function rowsTable(dates: readonly string[], columns: readonly string[], rows: readonly (readonly number[])[]): DatedTable {
  return { dates, columns, values: columns.map((_, column) => Float64Array.from(rows, (row) => row[column]!)) };
}
