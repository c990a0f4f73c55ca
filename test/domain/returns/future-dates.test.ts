import { describe, expect, test } from '@jest/globals';
import { admitAsOf, admitPriceDates, admitReturnDates, latestDateAt } from '../../../domain/returns/future-dates.ts';
import { refusalOf } from '../../support/refusal.ts';
import { seriesOf } from '../metrics/worked-examples.ts';
import { fileOf, tableOf } from './price-tables.ts';

const latest = '2024-03-01';
const told = (act: () => unknown) => {
  const { code, message, evidence, at } = refusalOf(act);
  return { code, message, evidence, at };
};

test('the last date that may be borne is tomorrow in UTC, at the end of a month of a leap year too', () => {
  expect(latestDateAt('2024-02-28T23:59:59.999Z')).toBe('2024-02-29');
  expect(latestDateAt('2024-02-29T00:00:00.000Z')).toBe('2024-03-01');
});

test('an as-of date may be the last date and none, and no later one', () => {
  admitAsOf(null, latest);
  admitAsOf(latest, latest);
  expect(told(() => admitAsOf('2024-03-02', latest))).toEqual({
    code: 'DateInFuture',
    message: 'the as-of date is 2024-03-02, which is after 2024-03-01, tomorrow in UTC',
    evidence: { date: '2024-03-02', latest },
    at: {},
  });
});

describe('prices', () => {
  const rows: [string, number | null, number | null][] = [
    ['2024-03-01', 1, 1],
    ['2024-03-02', null, null],
    ['2024-03-04', null, 2],
  ];

  test('are refused on a later date, by the first symbol that has one; a row without prices is not', () => {
    const table = tableOf(['NYSE:A', 'NYSE:B'], rows);
    const evidence = { date: '2024-03-04', latest };
    const tail = 'NYSE:B has a price on 2024-03-04, which is after 2024-03-01, tomorrow in UTC';
    expect(told(() => admitPriceDates([fileOf(tableOf(['NYSE:A'], rows.slice(0, 1))), fileOf(table, 'b.csv')], latest))).toEqual({
      code: 'DateInFuture',
      message: `b.csv, line 4: ${tail}`,
      evidence,
      at: { file: 'b.csv', line: 4 },
    });
    expect(told(() => admitPriceDates([{ ...fileOf(table, 'b.parquet'), lines: null }], latest))).toEqual({
      code: 'DateInFuture',
      message: `b.parquet: ${tail}`,
      evidence,
      at: { file: 'b.parquet' },
    });
  });

  test('are taken up to the last date', () => {
    expect(() => admitPriceDates([fileOf(tableOf(['NYSE:A', 'NYSE:B'], rows.slice(0, 2)))], latest)).not.toThrow();
  });
});

test('returns are refused by the first later date of their file, and taken up to the last date', () => {
  const fine = { path: 'a.csv', series: seriesOf({ '2024-02-29': 0, '2024-03-01': 0 }) };
  admitReturnDates([fine], latest);
  const late = { path: 'b.csv', series: seriesOf({ '2024-03-01': 0, '2024-03-04': 0, '2024-03-05': 0 }) };
  expect(told(() => admitReturnDates([fine, late], latest))).toEqual({
    code: 'DateInFuture',
    message: 'b.csv has a return on 2024-03-04, which is after 2024-03-01, tomorrow in UTC',
    evidence: { date: '2024-03-04', latest },
    at: { file: 'b.csv' },
  });
});
