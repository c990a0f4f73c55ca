import { describe, expect, test } from '@jest/globals';
import { isNumberColumn, requiredColumns, tradedValueColumn } from '../../../domain/scan/columns.ts';
import { holds, presentColumns, satisfies, whyNotEvaluated } from '../../../domain/scan/filters.ts';
import { orderedForFetch, orderedForRank } from '../../../domain/scan/rank.ts';
import type { ScanRow } from '../../../domain/scan/response.ts';
import type { ScanFilter } from '../../../domain/scan/scanner.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';

const row = (values: Readonly<Record<string, Json>>, symbol = 'A:A'): ScanRow => ({ symbol, values });
const passes = (value: Json, operation: ScanFilter['operation'], right?: ScanFilter['right'], left = 'x'): boolean =>
  satisfies(row({ [left]: value }), { left, operation, ...(right === undefined ? {} : { right }) });

const why = (filter: ScanFilter, rows: readonly ScanRow[]) => whyNotEvaluated(filter, rows, presentColumns(rows, ['category', 'x']));

const symbols = (ordered: readonly ScanRow[]) => ordered.map(({ symbol }) => symbol.slice(2)).join('');

test('a comparison is one of doubles, strict or not as its name says', () => {
  const results = (['greater', 'less', 'egreater', 'eless'] as const).map((operation) =>
    [1, 2, 3].map((value) => holds(value, operation, 2)),
  );
  expect(results).toEqual([
    [false, false, true],
    [true, false, false],
    [false, true, true],
    [true, true, false],
  ]);
});

describe('a filter', () => {
  test.each([
    [null, true, false],
    ['', true, false],
    [0, false, true],
    [false, false, true],
    ['a', false, true],
  ] as const)('takes %j for empty: %s', (value, isEmpty, isNot) => {
    expect([passes(value, 'empty'), passes(value, 'nempty')]).toEqual([isEmpty, isNot]);
  });

  test('is met by no missing value, whatever it compares with', () => {
    for (const operation of ['equal', 'nequal', 'less', 'eless', 'greater', 'egreater', 'match'] as const)
      expect([operation, passes(null, operation, operation === 'match' ? '' : 0)]).toEqual([operation, false]);
    for (const operation of ['in_range', 'not_in_range'] as const) expect(passes(null, operation, ['a'])).toBe(false);
    expect(satisfies(row({}), { left: 'x', operation: 'nequal', right: 1 })).toBe(false);
  });

  test.each([
    [1, 1, true],
    [1, '1', false],
    ['1', 1, false],
    ['a', 'A', false],
    [true, true, true],
  ] as const)('compares %j with %j by value and type: %s', (value, right, isEqual) => {
    expect([passes(value, 'equal', right), passes(value, 'nequal', right)]).toEqual([isEqual, !isEqual]);
  });

  test.each([
    [27, '27', true],
    ['27', '27', true],
    ['27', '2', false],
  ] as const)('compares the category %j with %j as text: %s', (value, right, isEqual) => {
    expect([passes(value, 'equal', right, 'category'), passes(value, 'nequal', right, 'category')]).toEqual([isEqual, !isEqual]);
  });

  test('has texts as a set, and two numbers as a range with both ends', () => {
    expect(['a', 'b', 'c', 1].map((value) => passes(value, 'in_range', ['a', 'b', '1']))).toEqual([true, true, false, true]);
    expect(['a', 'b', 'c', 1].map((value) => passes(value, 'not_in_range', ['a', 'b', '1']))).toEqual([false, false, true, false]);
    expect([1.9, 2, 3, 3.1, '2'].map((value) => passes(value, 'in_range', [2, 3]))).toEqual([false, true, true, false, false]);
    expect([1.9, 2, 3, 3.1, '2'].map((value) => passes(value, 'not_in_range', [2, 3]))).toEqual([true, false, false, true, true]);
  });

  test('matches a part of a text in any case, and of a number as it is written', () => {
    expect(['S&P 500 Fund', 'FUND', 'bond', 500].map((value) => passes(value, 'match', 'fund'))).toEqual([true, true, false, false]);
    expect(passes(1500, 'match', '50')).toBe(true);
    expect(passes('fund', 'match', 'FUND')).toBe(true);
  });

  test('compares numbers only with numbers', () => {
    expect([passes(3, 'greater', 2), passes('3', 'greater', 2), passes(2, 'greater', 2)]).toEqual([true, false, false]);
  });

  test('is not evaluated without rows, without a value in its column, or where categories are no ids', () => {
    const category = { left: 'category', operation: 'equal', right: '27' } as const;
    expect(why(category, [])).toBe('no_rows');
    expect(why(category, [row({ category: null })])).toBe('absent');
    expect(why(category, [row({ category: 'Bond 27' }), row({ category: '27 Bond' })])).toBe('category_text');
    expect(why(category, [row({ category: 'Bond' }), row({ category: '27' })])).toBeNull();
    expect(why(category, [row({ category: 27 })])).toBeNull();
    expect(why({ left: 'x', operation: 'equal', right: 'a' }, [row({ x: 'a' })])).toBeNull();
    expect([...presentColumns([row({ x: null, y: 1 }), row({ z: 0 })], ['x', 'y', 'z', 'w'])]).toEqual(['y', 'z']);
  });
});

test('numbers are columns of the protocol and its families', () => {
  const numbers =
    'close open high low volume change change_abs Value.Traded volume_change ROC ADX ADX+DI ADX-DI ATR RSI aum nav expense_ratio ' +
    'dividend_yield_recent dividends_yield market_cap_basic launch_date price_52_week_high price_52_week_low Perf.1M Volatility.D ' +
    'Recommend.All average_volume_30d_calc relative_volume_10d_calc';
  expect(numbers.split(' ').filter((column) => !isNumberColumn(column))).toEqual([]);
  const others = ['name', 'type', 'category', 'description', 'Performance', 'xPerf.1M', 'closes', ''];
  expect(others.filter((column) => isNumberColumn(column))).toEqual([]);
  expect(requiredColumns.join(' ')).toBe(
    'name close volume change Recommend.All Recommend.MA Recommend.Other Volatility.D volume_change ROC type',
  );
  expect(tradedValueColumn).toBe('Value.Traded');
});

test('rows are cut by the column, ties by symbol, and ranked with ties by traded value first; what is missing comes last', () => {
  const rows = [
    row({ 'Perf.1M': 1, 'Value.Traded': 1 }, 'A:C'),
    row({ 'Perf.1M': null, 'Value.Traded': 9 }, 'A:A'),
    row({ 'Perf.1M': 1, 'Value.Traded': 2 }, 'A:D'),
    row({ 'Perf.1M': 2 }, 'A:E'),
    row({ 'Perf.1M': 1, 'Value.Traded': 2 }, 'A:B'),
    row({}, 'A:F'),
  ];
  expect(symbols(orderedForFetch(rows, { column: 'Perf.1M', order: 'desc' }))).toBe('EBCDAF');
  expect(symbols(orderedForFetch(rows, { column: 'Perf.1M', order: 'asc' }))).toBe('BCDEAF');
  expect(symbols(orderedForRank(rows, { column: 'Perf.1M', order: 'desc' }))).toBe('EBDCAF');
  expect(symbols(orderedForRank(rows, { column: 'Perf.1M', order: 'asc' }))).toBe('BDCEAF');
});
