<<<<<<< HEAD
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
    const why = (filter: ScanFilter, rows: readonly ScanRow[]) => whyNotEvaluated(filter, rows, presentColumns(rows, ['category', 'x']));
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
  const symbols = (ordered: readonly ScanRow[]) => ordered.map(({ symbol }) => symbol.slice(2)).join('');
  expect(symbols(orderedForFetch(rows, { column: 'Perf.1M', order: 'desc' }))).toBe('EBCDAF');
  expect(symbols(orderedForFetch(rows, { column: 'Perf.1M', order: 'asc' }))).toBe('BCDEAF');
  expect(symbols(orderedForRank(rows, { column: 'Perf.1M', order: 'desc' }))).toBe('EBDCAF');
  expect(symbols(orderedForRank(rows, { column: 'Perf.1M', order: 'asc' }))).toBe('BDCEAF');
=======
/** Which rows satisfy which filter, and which columns hold numbers: written out value by value. */
import { describe, expect, test } from '@jest/globals';
import { isNumberColumn, tradedValueColumn } from '../../../domain/scan/columns.ts';
import { holds, presentColumns, satisfies, whyNotEvaluated } from '../../../domain/scan/filters.ts';
import { comparedWithNumbers } from '../../../domain/scan/number-columns.ts';
import type { FilterOperation, ScanFilter } from '../../../domain/scan/scanner.ts';
import type { Json, JsonObject } from '../../../domain/shared/canonical-json.ts';
import { scannerOf } from '../../support/scanners.ts';

const rowOf = (values: JsonObject) => ({ symbol: 'A:A', values });
const answers = (operation: FilterOperation, right: ScanFilter['right'], values: readonly Json[], left = 'x'): boolean[] =>
  values.map((value) => satisfies(rowOf({ [left]: value }), { left, operation, ...(right === undefined ? {} : { right }) }));

describe('a filter', () => {
  const numbers = [1, 2, 3, null, '2', ''];
  test.each([
    ['greater', 2, numbers, [false, false, true, false, false, false]],
    ['egreater', 2, numbers, [false, true, true, false, false, false]],
    ['less', 2, numbers, [true, false, false, false, false, false]],
    ['eless', 2, numbers, [true, true, false, false, false, false]],
    ['equal', 2, numbers, [false, true, false, false, false, false]],
    ['nequal', 2, numbers, [true, false, true, false, true, true]],
    ['equal', 'fund', ['fund', 'Fund', null, 5], [true, false, false, false]],
    ['equal', true, [true, false, 'true', null], [true, false, false, false]],
    ['in_range', [2, 3], [1, 2, 2.5, 3, 4, '2', null], [false, true, true, true, false, false, false]],
    ['not_in_range', [2, 3], [1, 2, 2.5, 3, 4, '2', null], [true, false, false, false, true, true, false]],
    ['in_range', ['a', '2'], ['a', 'b', 2, '2', null, ''], [true, false, true, true, false, false]],
    ['not_in_range', ['a', '2'], ['a', 'b', 2, '2', null], [false, true, false, false, false]],
    ['empty', undefined, [null, '', 0, 'x', false], [true, true, false, false, false]],
    ['nempty', undefined, [null, '', 0, 'x', false], [false, false, true, true, true]],
    ['match', 'GoLd', ['Old gold', 'GOLD', 'silver', null, 5], [true, true, false, false, false]],
    ['match', '5', ['5', 15, 6], [true, true, false]],
  ] as const)('%s %j of %j', (operation, right, values, expected) => {
    expect(answers(operation, right, values)).toEqual(expected);
  });

  test('on the category compares ids as texts, and elsewhere a number is not the text of it', () => {
    expect(answers('equal', '26', ['26', 26, 27, null], 'category')).toEqual([true, true, false, false]);
    expect(answers('nequal', '26', ['26', 26, 27, null], 'category')).toEqual([false, false, true, false]);
    expect(answers('equal', '26', ['26', 26], 'type')).toEqual([true, false]);
  });

  test('on a column that a row does not have is satisfied by emptiness alone', () => {
    const operations: FilterOperation[] = ['empty', 'nempty', 'equal', 'nequal', 'match', 'greater', 'eless'];
    expect(operations.filter((operation) => satisfies(rowOf({}), { left: 'x', operation, right: 1 }))).toEqual(['empty']);
  });

  test('compares without a tolerance', () => {
    const next = 1 + Number.EPSILON;
    expect([holds(next, 'greater', 1), holds(next, 'eless', 1), holds(1, 'less', next), holds(1, 'egreater', next)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('a filter that is not evaluated', () => {
  const rows = [rowOf({ a: 1, b: null, category: 'Bond' }), rowOf({ a: null, category: 'Gold 2' })];
  const columns = ['a', 'b', 'c', 'category'];
  const why = (left: string, among = rows) => whyNotEvaluated({ left, operation: 'nempty' }, among, presentColumns(among, columns));

  test('says why: no row, no value, or categories in words', () => {
    expect([...presentColumns(rows, columns)]).toEqual(['a', 'category']);
    expect([why('a'), why('b'), why('c'), why('category')]).toEqual([null, 'absent', 'absent', 'category_text']);
    expect(why('a', [])).toBe('no_rows');
  });

  test.each([
    ['26', null],
    [26, null],
    ['26 ', 'category_text'],
    ['a26', 'category_text'],
    ['26a', 'category_text'],
  ])('is none on categories of which one is %j: %j', (category, expected) => {
    expect(why('category', [...rows, rowOf({ category })])).toBe(expected);
  });
});

describe('columns of numbers', () => {
  const numeric = [
    ['close', 'open', 'high', 'low', 'volume', 'change', 'change_abs', 'Value.Traded', 'volume_change', 'ROC'],
    ['ADX', 'ADX+DI', 'ADX-DI', 'ATR', 'RSI', 'aum', 'nav', 'expense_ratio', 'dividend_yield_recent', 'dividends_yield'],
    ['market_cap_basic', 'launch_date', 'price_52_week_high', 'price_52_week_low'],
    ['Perf.W', 'Volatility.D', 'Recommend.All', 'average_volume_10d_calc', 'relative_volume_10d_calc'],
  ].flat();
  test('are those of the protocol and of its families', () => {
    expect(numeric.filter((column) => !isNumberColumn(column))).toEqual([]);
    expect(['name', 'type', 'category', 'xPerf.W', 'x.Volatility.', 'Perf', 'description', ''].filter(isNumberColumn)).toEqual([]);
    expect(tradedValueColumn).toBe('Value.Traded');
  });

  test('are also those that a scanner compares with numbers or sorts by, each once', () => {
    const scanner = scannerOf({
      id: 'one',
      filters: [
        { left: 'a', operation: 'greater', right: 1 },
        { left: 'b', operation: 'equal', right: 1 },
        { left: 'c', operation: 'in_range', right: [1, 2] },
        { left: 'd', operation: 'equal', right: 'x' },
        { left: 'e', operation: 'in_range', right: ['1', '2'] },
        { left: 'f', operation: 'empty' },
        { left: 'a', operation: 'eless', right: 9 },
      ],
      trend: { momentum: [{ column: 'g', op: 'less', value: 0 }] },
      sort_by: 'h',
      final_sort_by: 'i',
      prefilter_limit: 3,
      limit: 3,
    });
    expect(comparedWithNumbers(scanner)).toEqual(['a', 'b', 'c', 'g', 'h', 'i']);
    expect(comparedWithNumbers({ ...scanner, sort: null, finalSort: null })).toEqual(['a', 'b', 'c', 'g']);
  });
>>>>>>> scan
});
