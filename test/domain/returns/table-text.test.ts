import { describe, expect, test } from '@jest/globals';
import { columnNamed, parseTableText, tableText } from '../../../domain/returns/table-text.ts';
import { matrixAsTable, seriesAsTable, tableAsMatrix, tableAsSeries } from '../../../domain/returns/dated-tables.ts';
import { refusalOf } from '../../support/refusal.ts';

const table = {
  dates: ['2024-01-02', '2024-01-03'],
  columns: ['a', 'b'],
  values: [Float64Array.of(0.1, Number.NaN), Float64Array.of(-0, 1e-7)],
};
const told = (act: () => unknown) => {
  const { code, message } = refusalOf(act);
  return [code, message];
};

describe('the text of a table', () => {
  test('has a header, a line for each date and the shortest numbers, nothing for no value, and no minus zero', () => {
    expect(tableText(table)).toBe('date,a,b\n2024-01-02,0.1,0\n2024-01-03,,1e-7\n');
    expect(tableText({ dates: [], columns: [], values: [] })).toBe('date\n');
  });

  test.each(['a b', 'a"b', 'a,b', '', 'a\n'])('has no column %j', (name) => {
    expect(told(() => tableText({ ...table, columns: ['a', name] }))).toEqual([
      'SchemaViolation',
      `column ${JSON.stringify(name)} has a blank, comma or quote`,
    ]);
  });

  test('holds no endless number', () => {
    expect(told(() => tableText({ dates: ['2024-01-02'], columns: ['a'], values: [Float64Array.of(-Infinity)] }))).toEqual([
      'NotPlainJson',
      'a table cannot hold -Infinity',
    ]);
  });

  test('is read back as it was, cell by cell', () => {
    const read = parseTableText('date,a,b\n2024-01-02,0.1,0\n2024-01-03,,1e-7\n');
    expect(read).toEqual({ ...table, values: [table.values[0], Float64Array.of(0, 1e-7)] });
    expect(parseTableText('date\n')).toEqual({ dates: [], columns: [], values: [] });
  });

  test.each([
    ['without its last line feed', 'date,a\n2024-01-02,1', 'not the text of a table'],
    ['without a header', '2024-01-02,1\n', 'not the text of a table'],
    ['of nothing', '', 'not the text of a table'],
    ['with a cell too few', 'date,a,b\n2024-01-02,1,2\n2024-01-03,1\n', 'row 2 has 2 cells'],
    ['with a cell too many', 'date,a\n2024-01-02,1,2\n', 'row 1 has 3 cells'],
  ])('%s is damaged', (_, text, message) => {
    expect(told(() => parseTableText(text))).toEqual(['ArtifactDamaged', message]);
  });
});

test('a column is found by its name, and one that is not there is named', () => {
  expect(columnNamed(table, 'b')).toBe(table.values[1]);
  const { code, message, evidence } = refusalOf(() => columnNamed(table, 'c'));
  expect([code, message, evidence]).toEqual(['ArtifactDamaged', 'the table has no column "c"', { columns: ['a', 'b'] }]);
});

test('matrices and series are tables, and come back from them', () => {
  const matrix = { dates: table.dates, columns: ['a', 'b'], values: Float64Array.of(1, 2, 3, 4) };
  const asTable = { dates: table.dates, columns: ['a', 'b'], values: [Float64Array.of(1, 3), Float64Array.of(2, 4)] };
  expect(matrixAsTable(matrix)).toEqual(asTable);
  expect(tableAsMatrix(asTable)).toEqual(matrix);
  const series = { dates: table.dates, values: Float64Array.of(5, 6) };
  expect(seriesAsTable(series)).toEqual({ dates: table.dates, columns: ['return'], values: [Float64Array.of(5, 6)] });
  expect(tableAsSeries(seriesAsTable(series))).toEqual(series);
});
