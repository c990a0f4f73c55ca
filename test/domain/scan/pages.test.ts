/** Paging of a live scan: ranges, refusals of pages that lack rows or come in another order, and how long is waited. */
/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the rows that it is for */
import { describe, expect, test } from '@jest/globals';
import {
  hasAll,
  nextRange,
  pageRows,
  requireOrdered,
  requireWholePage,
  retriesMax,
  unknownColumn,
  waitSeconds,
} from '../../../domain/scan/pages.ts';
import { orderedForFetch, orderedForRank } from '../../../domain/scan/rank.ts';
import type { ScanRequest } from '../../../domain/scan/scanner.ts';
import { refusalOf } from '../../support/refusal.ts';

const request = (end: number, sortOrder?: 'asc' | 'desc'): ScanRequest => ({
  columns: [],
  options: { lang: 'en' },
  range: [0, end],
  filter: [],
  ...(sortOrder === undefined ? {} : { sort: { sortBy: 'ADX', sortOrder } }),
});
const url = 'https://scan.example';

test('a page has a thousand rows, and is asked for again at most ten times', () => {
  expect([pageRows, retriesMax]).toEqual([1000, 10]);
});

describe('the next page', () => {
  test.each([
    [10, 0, null, 4, [0, 4]],
    [10, 4, null, 4, [4, 8]],
    [10, 8, null, 4, [8, 10]],
    [10, 9, 20, 4, [9, 10]],
    [10, 10, null, 4, null],
    [10, 10, 20, 4, null],
    [10, 4, 6, 4, [4, 8]],
    [10, 6, 6, 4, null],
    [10, 0, 0, 4, null],
  ])('of %i rows after %i, of which the server counts %j, by %i: %j', (end, fetched, total, rows, range) => {
    expect(nextRange(request(end), fetched, total, rows)).toEqual(range);
  });

  test.each([
    [[0, 4], 4, 4],
    [[0, 4], 4, 9],
    [[4, 8], 2, 6],
    [[8, 12], 0, 6],
  ] as const)('of the range %j with %i rows of %i is whole', (range, rows, total) => {
    expect(() => {
      requireWholePage(range, { rows, total }, total, url);
      requireWholePage(range, { rows, total }, null, url);
    }).not.toThrow();
  });

  test.each([
    [[0, 4], 3, 9, null, 'truncated_page', 'range 0 to 4 of 9: 3 rows came, 4 were expected'],
    [[4, 8], 3, 6, null, 'truncated_page', 'range 4 to 8 of 6: 3 rows came, 2 were expected'],
    [[8, 12], 1, 6, 6, 'truncated_page', 'range 8 to 12 of 6: 1 rows came, 0 were expected'],
    [[4, 8], 4, 9, 8, 'total_changed', 'totalCount was 8, and is 9 on the page of 4 to 8'],
  ] as const)('of the range %j with %i rows of %i, of %j before, is refused as %5$s', (range, rows, total, before, fault, said) => {
    const { code, message, evidence, at } = refusalOf(() => requireWholePage(range, { rows, total }, before, url));
    expect({ code, message, evidence, at }).toEqual({
      code: 'ScanResponseInvalid',
      message: `${fault}: ${said}`,
      evidence: { fault },
      at: { file: url },
    });
  });
});

describe('rows of a page', () => {
  test.each([
    ['asc', [1, 1, 2, null, undefined, 'x']],
    ['desc', [2, 1, 1, null]],
    ['desc', [null, null]],
    ['asc', []],
    [undefined, [1, 2, 1]],
  ] as const)('sorted %s may be %j', (order, values) => {
    expect(() => requireOrdered(values, request(9, order), url)).not.toThrow();
  });

  test.each([
    ['asc', [1, 0], 1],
    ['desc', [1, 2], 1],
    ['asc', [1, null, 2], 2],
    ['desc', [null, 2], 1],
    ['desc', [3, 2, 1, 2], 3],
  ] as const)('sorted %s are refused as %j, at row %i', (order, values, row) => {
    expect(refusalOf(() => requireOrdered(values, request(9, order), url)).message).toBe(
      `misordered: row ${row} is not sorted by ADX: the cut would take other rows`,
    );
  });

  test('hold a whole list where every symbol has come', () => {
    const rows = [{ symbol: 'A:A', values: {} }];
    expect([hasAll(['A:A'], { rows }), hasAll([], { rows }), hasAll(['A:A', 'A:B'], { rows })]).toEqual([true, true, false]);
  });
});

test('waiting doubles from 2 seconds to 60, or is what the server says between these', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 1000].map((attempt) => waitSeconds(attempt, null))).toEqual([2, 4, 8, 16, 32, 60, 60, 60]);
  expect([0, 1, 2, 30, 60, 61].map((said) => waitSeconds(3, said))).toEqual([2, 2, 2, 30, 60, 60]);
});

test.each([
  ['Unknown field "Perf.3M"', 'Perf.3M'],
  ['error: unknown column: ADX+DI-x_1 here', 'ADX+DI-x_1'],
  ['unknown   field', null],
  ['unknown field x', 'x'],
  ['unknown row "x"', null],
])('of %j the unknown column is %j', (text, column) => {
  expect(unknownColumn(text)).toBe(column);
});

describe('an order of rows', () => {
  const row = (symbol: string, x: number | string | null, traded: number | null = null) => ({
    symbol,
    values: { x, 'Value.Traded': traded },
  });
  const rows = [
    row('A:D', 1, 5),
    row('A:C', 1, 9),
    row('A:B', null, 50),
    row('A:A', 1, 5),
    row('A:E', 2),
    row('A:F', 'x', 60),
    row('A:G', 1),
  ];
  const symbols = (ordered: readonly { readonly symbol: string }[]): string => ordered.map(({ symbol }) => symbol.slice(2)).join('');

  test('for the cut of a fetch has ties by symbol, and rows without a number last', () => {
    expect(symbols(orderedForFetch(rows, { column: 'x', order: 'desc' }))).toBe('EACDGBF');
    expect(symbols(orderedForFetch(rows, { column: 'x', order: 'asc' }))).toBe('ACDGEBF');
  });

  test('for the rank has ties by traded value, then by symbol', () => {
    expect(symbols(orderedForRank(rows, { column: 'x', order: 'desc' }))).toBe('ECADGFB');
    expect(symbols(orderedForRank(rows, { column: 'x', order: 'asc' }))).toBe('CADGEFB');
    expect(symbols(orderedForRank(rows.toReversed(), { column: 'x', order: 'asc' }))).toBe('CADGEFB');
  });
});
