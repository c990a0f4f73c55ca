import { describe, expect, test } from '@jest/globals';
import { columnsOf, measureCoverage, rowsUsed } from '../../../domain/returns/coverage.ts';
import { refusalOf } from '../../support/refusal.ts';
import { tableOf } from './price-tables.ts';

// Thursday, 4 July 2024 is a holiday of XNYS; the 6th and 7th are a weekend.
const table = tableOf(
  ['NYSE:B', 'CRYPTO:C', 'NYSE:A', 'NYSE:NEVER', 'NYSE:EARLY'],
  [
    ['2024-07-01', null, null, null, null, 1],
    ['2024-07-02', 1, 1, null, null, null],
    ['2024-07-03', 2, null, null, null, null],
    ['2024-07-06', 9, 2, null, null, null],
    ['2024-07-08', null, 3, 1, null, null],
    ['2024-07-09', null, null, null, null, null],
  ],
);
const universe = ['NYSE:NEVER', 'NYSE:B', 'CRYPTO:C', 'NYSE:A', 'NYSE:B', 'NYSE:EARLY'];
const input = { table, universe, from: '2024-07-02', asOf: null, lookbackDays: 99 };

const range = (lookbackDays: number, asOf: string | null) => measureCoverage({ ...input, from: null, asOf, lookbackDays }).range;

describe('coverage', () => {
  test('is of each calendar over the range that any symbol has a price in: sessions, and prices on them', () => {
    expect(measureCoverage(input)).toEqual({
      range: { first: '2024-07-02', last: '2024-07-08' },
      symbols: [
        // 2 to 8 July: seven days of coins; 2, 3, 5 and 8 July of shares. A price on a Saturday is of no session.
        { symbol: 'CRYPTO:C', coverage: 3 / 7, expected: 7, present: 3 },
        { symbol: 'NYSE:A', coverage: 0.25, expected: 4, present: 1 },
        { symbol: 'NYSE:B', coverage: 0.5, expected: 4, present: 2 },
      ],
      inactive: ['NYSE:EARLY', 'NYSE:NEVER'],
    });
  });

  test('is nothing where no session was expected, and of no range where there is no price', () => {
    const saturday = { ...input, universe: ['NYSE:B'], from: '2024-07-06', asOf: '2024-07-06' };
    expect(measureCoverage(saturday).symbols).toEqual([{ symbol: 'NYSE:B', coverage: 0, expected: 0, present: 0 }]);
    expect(measureCoverage({ ...input, from: '2024-07-09' })).toEqual({
      range: null,
      symbols: [],
      inactive: ['CRYPTO:C', 'NYSE:A', 'NYSE:B', 'NYSE:EARLY', 'NYSE:NEVER'],
    });
  });

  test('without a first date looks back as many rows that have a price, from the as-of date on', () => {
    expect(range(2, null)).toEqual({ first: '2024-07-06', last: '2024-07-08' });
    expect(range(2, '2024-07-06')).toEqual({ first: '2024-07-03', last: '2024-07-06' });
    expect(range(99, '2024-07-02')).toEqual({ first: '2024-07-01', last: '2024-07-02' });
  });
});

const used = (from: string | null, asOf: string | null, lookbackDays = 1) =>
  rowsUsed({ table, from, asOf, lookbackDays }, (row) => row !== 2);

test('rows that are used lie between both dates, these included, and count', () => {
  expect(used('2024-07-02', '2024-07-08')).toEqual([1, 3, 4]);
  expect(used('2024-07-02', null)).toEqual([1, 3, 4, 5]);
  expect(used(null, '2024-07-06')).toEqual([3]);
  expect(used(null, null, 2)).toEqual([4, 5]);
});

test('columns are there once each in code-unit order, and one that no file has is refused', () => {
  expect(columnsOf(table, ['NYSE:B', 'NYSE:A', 'NYSE:B'])).toEqual([
    { symbol: 'NYSE:A', closes: table.closes[2] },
    { symbol: 'NYSE:B', closes: table.closes[0] },
  ]);
  const { code, message, evidence, at } = refusalOf(() => columnsOf(table, ['NYSE:TYPO']));
  expect([code, message, evidence, at]).toEqual([
    'PricesMissing',
    'no price file has a column NYSE:TYPO',
    { symbol: 'NYSE:TYPO' },
    { path: 'NYSE:TYPO' },
  ]);
});
