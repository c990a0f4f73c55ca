import { describe, expect, test } from '@jest/globals';
import { orderDatedRows, returnSeriesOf } from '../../../domain/returns/dated-rows.ts';
import { refusalOf } from '../../support/refusal.ts';

describe('rows of a file', () => {
  test('in order stand as they are', () => {
    expect(orderDatedRows(['2024-01-01', '2024-01-02'], null)).toEqual({ rows: [0, 1], defects: [] });
    expect(orderDatedRows([], null)).toEqual({ rows: [], defects: [] });
  });

  test('are brought into order, the first of each date is kept, and each fault is told in the order of the file', () => {
    const dates = ['2024-01-03', '2024-01-01', '2024-01-03', '2024-01-05', '2024-01-04', '2024-01-01', '2024-01-06'];
    const defects = [
      { kind: 'unsorted_date', line: 12, date: '2024-01-01' },
      { kind: 'duplicate_date', line: 14, date: '2024-01-03' },
      { kind: 'unsorted_date', line: 18, date: '2024-01-04' },
      // Out of order too, and told as the duplicate that it is.
      { kind: 'duplicate_date', line: 20, date: '2024-01-01' },
    ];
    expect(orderDatedRows(dates, (row) => 10 + 2 * row)).toEqual({ rows: [1, 0, 4, 3, 6], defects });
    expect(orderDatedRows(dates, null).defects).toEqual(defects.map((defect) => ({ ...defect, line: null })));
  });

  test('with a date twice and in order otherwise are told by that alone', () => {
    expect(orderDatedRows(['2024-01-01', '2024-01-01', '2024-01-02'], null)).toEqual({
      rows: [0, 2],
      defects: [{ kind: 'duplicate_date', line: null, date: '2024-01-01' }],
    });
  });
});

const lineOf = (row: number): number => 6 + row;

describe('a series of returns', () => {
  const first = '2024-01-01';
  const second = '2024-01-02';

  test('has ascending dates and finite values', () => {
    const values = Float64Array.of(0.1, -0.1);
    expect(returnSeriesOf([first, second], values, { file: 'a.csv' })).toEqual({ dates: [first, second], values });
  });

  test.each([
    ['no rows', [], [], 'a.csv: holds no rows', null, null],
    [
      'a value that is no number',
      [first, second],
      [0, Number.NaN],
      `a.csv: the return of ${second} is NaN; every date needs a finite number`,
      second,
      7,
    ],
    ['an endless value', [first], [Infinity], `a.csv: the return of ${first} is Infinity; every date needs a finite number`, first, 6],
    ['a date twice', [first, first], [0, 0], `a.csv: the date ${first} appears twice`, first, 7],
    ['a date that goes back', [second, first], [0, 0], `a.csv: the date ${first} follows the later ${second}`, first, 7],
  ] as [string, string[], number[], string, string | null, number | null][])(
    'is refused for %s, with the date and the line where there is one',
    (_, dates, values, message, date, line) => {
      const refused = [
        refusalOf(() => returnSeriesOf(dates, Float64Array.from(values), { file: 'a.csv', lineOf })),
        refusalOf(() => returnSeriesOf(dates, Float64Array.from(values), { file: 'a.csv' })),
      ];
      expect(refused.map((one) => [one.code, one.message, one.evidence, one.at])).toEqual([
        ['ReturnsFileUnreadable', message, { date }, line === null ? { file: 'a.csv' } : { file: 'a.csv', line }],
        ['ReturnsFileUnreadable', message, { date }, { file: 'a.csv' }],
      ]);
    },
  );
});
