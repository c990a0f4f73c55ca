import type { ReturnMatrix, ReturnSeries } from './series.ts';
import type { DatedTable } from './table-text.ts';

/** Matrices and series as tables, and back. */

export function matrixAsTable(matrix: ReturnMatrix): DatedTable {
  const { columns, dates, values } = matrix;
  return {
    dates,
    columns,
    values: columns.map((_, column) => Float64Array.from(dates, (_date, row) => values[row * columns.length + column]!)),
  };
}

export function tableAsMatrix(table: DatedTable): ReturnMatrix {
  const { columns, dates } = table;
  const values = new Float64Array(dates.length * columns.length);
  for (const [column, series] of table.values.entries()) {
    for (let row = 0; row < dates.length; row++) values[row * columns.length + column] = series[row]!;
  }
  return { dates, columns, values };
}

export function seriesAsTable(series: ReturnSeries): DatedTable {
  return { dates: series.dates, columns: ['return'], values: [series.values] };
}

export function tableAsSeries(table: DatedTable): ReturnSeries {
  return { dates: table.dates, values: table.values[0]! };
}
