/** Which rows of a file are judged, and what their order and dates are reported for. */
import { describe, expect, test } from '@jest/globals';
import { dayNumberOf } from '../../../domain/returns/days.ts';
import { judgedRows, judgedRowsOfRules1 } from '../../../domain/returns/judged-rows.ts';
import type { PriceFile } from '../../../domain/returns/price-file.ts';
import { RecordedFindings } from './recorded-findings.ts';
import { fileOf, tableOf } from './price-tables.ts';

const dated = (dates: readonly string[], defects: PriceFile['defects'] = []): PriceFile =>
  fileOf(
    tableOf(
      ['NYSE:A'],
      dates.map((date) => [date, 1] as const),
    ),
    'a.csv',
    defects,
  );
const whole = { from: null, to: null };
const twice = (line: number, date: string) => ({
  code: 'duplicate_date',
  file: 'a.csv',
  line,
  date,
  message: `date ${date} stands twice`,
});
const unsorted = (line: number, date: string) => ({
  code: 'unsorted_date',
  file: 'a.csv',
  line,
  date,
  message: `date ${date} is earlier than the row before it`,
});

const noDate = (line: number, date: string) => ({
  code: 'invalid_date',
  file: 'a.csv',
  line,
  date,
  message:
    `"${date}" is no date that the calendars cover, which is 1953 to 2199: ` +
    'correct it, or leave the row out with a later --from or a smaller data.lookback_days',
});

function judgedBy(judge: typeof judgedRows, file: PriceFile, range: Parameters<typeof judgedRows>[1] = whole) {
  const findings = new RecordedFindings();
  const { rows, days, outside } = judge(file, range, findings);
  return { rows, days, outside, added: findings.added, looked: findings.counts };
}

describe('rows that are judged', () => {
  test('are those within the range, its ends included, with what is left aside counted', () => {
    const file = dated(['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05']);
    expect(judgedBy(judgedRows, file, { from: '2024-01-03', to: '2024-01-04' })).toEqual({
      rows: [1, 2],
      days: ['2024-01-03', '2024-01-04'].map(dayNumberOf),
      outside: { rows: 2, defects: 0 },
      added: [],
      looked: { row_order: 2 },
    });
    expect(judgedBy(judgedRows, file).outside).toEqual({ rows: 0, defects: 0 });
  });

  test('leave out what stands twice, out of order, or on no date, each told with its line', () => {
    const file = dated(['2024-01-03', '2024-01-03', '2024-01-02', '2024-02-30', '1900-01-01', '2024-01-04']);
    expect(judgedBy(judgedRows, file)).toEqual({
      rows: [0, 5],
      days: ['2024-01-03', '2024-01-04'].map(dayNumberOf),
      outside: { rows: 0, defects: 0 },
      added: [twice(3, '2024-01-03'), unsorted(4, '2024-01-02'), noDate(5, '2024-02-30'), noDate(6, '1900-01-01')],
      looked: { row_order: 6 },
    });
  });

  test('count the faults of the text that concern them, the others as left aside', () => {
    // As a reader leaves it: in order, with the lines on which the rows stood in the file.
    const file: PriceFile = {
      ...dated(
        ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'],
        [
          { kind: 'unsorted_date', line: 3, date: '2024-01-02' },
          { kind: 'duplicate_date', line: 5, date: '2024-01-04' },
          { kind: 'unsorted_date', line: 6, date: '2024-01-03' },
          { kind: 'duplicate_date', line: 7, date: '2024-01-02' },
        ],
      ),
      lines: [3, 6, 4, 2],
    };
    expect(judgedBy(judgedRows, file)).toMatchObject({
      added: [unsorted(3, '2024-01-02'), twice(5, '2024-01-04'), unsorted(6, '2024-01-03'), twice(7, '2024-01-02')],
      outside: { rows: 0, defects: 0 },
    });
    // Without the 5th nothing later stands before line 3, but the 4th on line 4 still stands before the 3rd on line 6.
    expect(judgedBy(judgedRows, file, { from: null, to: '2024-01-04' })).toMatchObject({
      added: [twice(5, '2024-01-04'), unsorted(6, '2024-01-03'), twice(7, '2024-01-02')],
      outside: { rows: 1, defects: 1 },
    });
    expect(judgedBy(judgedRows, file, { from: null, to: '2024-01-03' })).toMatchObject({
      added: [twice(7, '2024-01-02')],
      outside: { rows: 2, defects: 3 },
    });
    expect(judgedBy(judgedRows, file, { from: '2024-01-05', to: null })).toMatchObject({ added: [], outside: { rows: 3, defects: 4 } });
  });

  test('count a row out of order where its date is used, where the format has no lines', () => {
    const defects = [{ kind: 'unsorted_date', line: null, date: '2024-01-02' }] as const;
    const file = { ...dated(['2024-01-02', '2024-01-03'], defects), lines: null };
    const told = { code: 'unsorted_date', file: 'a.csv', line: null, date: '2024-01-02' };
    expect(judgedBy(judgedRows, file, { from: null, to: '2024-01-02' }).added).toMatchObject([told]);
    expect(judgedBy(judgedRows, file, { from: '2024-01-03', to: null }).added).toEqual([]);
  });
});

describe('under rules 1', () => {
  test('faults of order and dates count wherever they stand, and calendars begin in 1971', () => {
    const defects = [{ kind: 'duplicate_date', line: 9, date: '2024-01-05' }] as const;
    const file = dated(['1970-12-31', '1971-01-01', '2024-01-03', '2024-01-03', '2024-01-02', '2024-01-04'], defects);
    expect(judgedBy(judgedRowsOfRules1, file, { from: '2024-01-04', to: '2024-01-04' })).toEqual({
      rows: [5],
      days: [dayNumberOf('2024-01-04')],
      outside: { rows: 0, defects: 0 },
      added: [
        twice(9, '2024-01-05'),
        { code: 'invalid_date', file: 'a.csv', line: 2, date: '1970-12-31', message: '"1970-12-31" is no date that the calendars cover' },
        twice(5, '2024-01-03'),
        unsorted(6, '2024-01-02'),
      ],
      looked: { row_order: 6 },
    });
    expect(judgedBy(judgedRowsOfRules1, dated(['1971-01-01', '2024-01-03'])).rows).toEqual([0, 1]);
  });
});
