import { invariant } from '../shared/errors.ts';
import type { ReturnMatrix, ReturnSeries } from './series.ts';

/** Rows [first, end) of a matrix. The values are a view, not a copy: rows are contiguous. */
export function rowsOf(matrix: ReturnMatrix, first: number, end: number): ReturnMatrix {
  const width = matrix.columns.length;
  return { dates: matrix.dates.slice(first, end), columns: matrix.columns, values: matrix.values.subarray(first * width, end * width) };
}

/** The last rows of a matrix, as a view. */
export function lastRowsOf(matrix: ReturnMatrix, count: number): ReturnMatrix {
  invariant(count <= matrix.dates.length, 'more rows asked for than there are', { count, rows: matrix.dates.length });
  return rowsOf(matrix, matrix.dates.length - count, matrix.dates.length);
}

/** Rows by their numbers, in that order and as often as they are named. */
export function rowsAt(matrix: ReturnMatrix, rows: ArrayLike<number>): ReturnMatrix {
  const width = matrix.columns.length;
  const dates: string[] = [];
  const values = new Float64Array(rows.length * width);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    dates.push(matrix.dates[row]!);
    for (let column = 0; column < width; column++) values[at * width + column] = matrix.values[row * width + column]!;
  }
  return { dates, columns: matrix.columns, values };
}

/** The column at an index, as a series of its own. */
export function columnOf(matrix: ReturnMatrix, column: number): ReturnSeries {
  const width = matrix.columns.length;
  const values = new Float64Array(matrix.dates.length);
  for (let row = 0; row < values.length; row++) values[row] = matrix.values[row * width + column]!;
  return { dates: matrix.dates, values };
}
