import { expect, test } from '@jest/globals';
import { columnOf, lastRowsOf, rowsAt, rowsOf } from '../../../domain/returns/matrix.ts';
import { refusalOf } from '../../support/refusal.ts';

const dates = ['2024-01-02', '2024-01-03', '2024-01-04'];
const matrix = { dates, columns: ['a', 'b'], values: Float64Array.of(1, 2, 3, 4, 5, 6) };
const { columns } = matrix;

test('rows from one to before another are a view of them', () => {
  const middle = rowsOf(matrix, 1, 2);
  expect(middle).toEqual({ dates: ['2024-01-03'], columns, values: Float64Array.of(3, 4) });
  expect(middle.values.buffer).toBe(matrix.values.buffer);
  expect(rowsOf(matrix, 1, 1)).toEqual({ dates: [], columns, values: new Float64Array() });
});

test('the last rows may be all of them, and not more', () => {
  expect(lastRowsOf(matrix, 2)).toEqual({ dates: dates.slice(1), columns, values: Float64Array.of(3, 4, 5, 6) });
  expect(lastRowsOf(matrix, 3)).toEqual(matrix);
  const { message, evidence } = refusalOf(() => lastRowsOf(matrix, 4));
  expect([message, evidence]).toEqual([expect.stringContaining('more rows asked for than there are'), { count: 4, rows: 3 }]);
});

test('rows by their numbers stand in that order, as often as they are named', () => {
  expect(rowsAt(matrix, [2, 0, 2])).toEqual({
    dates: [dates[2], dates[0], dates[2]],
    columns,
    values: Float64Array.of(5, 6, 1, 2, 5, 6),
  });
});

test('a column is a series of its own', () => {
  expect(columnOf(matrix, 1)).toEqual({ dates, values: Float64Array.of(2, 4, 6) });
});
