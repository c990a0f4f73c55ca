import { describe, expect, test } from '@jest/globals';
import type { SleeveRunOptions } from '../../../../domain/allocation/sleeve/options.ts';
import { scopeOf } from '../../../../domain/allocation/sleeve/scope.ts';
import { namedAndLeftOut, universeOf } from '../../../../domain/allocation/sleeve/universe.ts';
import { rulesInForce } from '../../../../domain/run/rules.ts';
import { defaultRunOptions, prices, stocks, symbols } from './stocks.ts';

const universe = (options: Partial<SleeveRunOptions> = {}, named: readonly string[] = symbols, leftOut: readonly string[] = []) =>
  universeOf({ resolved: stocks(), options: { ...defaultRunOptions, ...options }, files: [prices(named)], leftOut, rules: rulesInForce });

describe('the universe of a sleeve', () => {
  test('is every column that is not a benchmark, in code-unit order', () => {
    expect(universe()).toEqual({
      symbols: ['NASDAQ:CCC', 'NYSE:AAA', 'NYSE:BBB'],
      asGiven: ['NYSE:AAA', 'NYSE:BBB', 'NASDAQ:CCC'],
      benchmarks: ['AMEX:SPY'],
    });
  });

  test('is what was asked for, less what was excluded; a benchmark may be held where it is named', () => {
    expect(universe({ symbols: ['NYSE:AAA', 'AMEX:SPY', 'NYSE:BBB'], exclude: ['NYSE:BBB'] }).symbols).toEqual(['AMEX:SPY', 'NYSE:AAA']);
  });

  test('keeps the order of the list, of the columns without one', () => {
    expect(universe({ symbols: ['NYSE:BBB', 'NASDAQ:CCC', 'NYSE:AAA'] }).asGiven).toEqual(['NYSE:BBB', 'NASDAQ:CCC', 'NYSE:AAA']);
  });

  test.each([[{ symbols: ['NYSE:ZZZ'] }], [{ exclude: ['NYSE:ZZZ'] }]])('refuses a symbol that no file has: %j', (options) => {
    expect(() => universe(options)).toThrow(expect.objectContaining({ code: 'PricesMissing', at: { path: 'NYSE:ZZZ' } }));
  });

  test('asks for no column of what the run named and left out, and for every other one', () => {
    const options = { symbols: ['NYSE:AAA', 'NYSE:BBB', 'NASDAQ:CCC'], exclude: ['NASDAQ:CCC'] };
    const cut = ['NYSE:AAA', 'NYSE:BBB', 'AMEX:SPY'];
    expect(() => universe(options, cut)).toThrow(expect.objectContaining({ code: 'PricesMissing' }));
    expect(universe(options, cut, ['NASDAQ:CCC'])).toEqual(universe(options));
    expect(() => universe(options, ['NYSE:AAA', 'AMEX:SPY'], ['NASDAQ:CCC'])).toThrow(
      expect.objectContaining({ code: 'PricesMissing', at: { path: 'NYSE:BBB' } }),
    );
  });
});

describe('the scope of a run', () => {
  test('is the same when it is formed of its own files again, with what was named and left out', () => {
    const resolved = stocks();
    const options: SleeveRunOptions = { ...defaultRunOptions, exclude: ['NASDAQ:CCC'], from: '2022-06-01', asOf: '2022-11-30' };
    const scope = scopeOf({ resolved, options, files: [prices()], leftOut: [], rules: rulesInForce });
    expect(scope.files[0]!.table.symbols).toEqual(['NYSE:AAA', 'NYSE:BBB', 'AMEX:SPY']);
    expect(scopeOf({ resolved, options, files: scope.files, leftOut: namedAndLeftOut(resolved, options), rules: rulesInForce })).toEqual(
      scope,
    );
  });

  test('speaks of the last session with a price of the universe, whatever the benchmark has', () => {
    const longer = prices(['AMEX:SPY'], '2023-01-31', 'benchmark.csv');
    const files = [prices(symbols.slice(0, 3)), longer];
    expect(scopeOf({ resolved: stocks(), options: defaultRunOptions, files, leftOut: [], rules: rulesInForce }).asOf).toBe('2022-12-30');
  });

  test('speaks of the end of its grid since rules 2, and of the last price of any symbol before; both name the run', () => {
    const early = prices(['NYSE:AAA'], '2022-12-28', 'early.csv');
    const input = { resolved: stocks(), options: defaultRunOptions, files: [early, prices(['NYSE:BBB', 'NASDAQ:CCC'])], leftOut: [] };
    expect(scopeOf({ ...input, rules: 1 })).toMatchObject({ asOf: '2022-12-30', asOfBefore: [] });
    expect(scopeOf({ ...input, rules: 2 })).toMatchObject({ asOf: '2022-12-28', lastPrice: '2022-12-30', asOfBefore: ['2022-12-30'] });
    const asked = { ...input, options: { ...defaultRunOptions, asOf: '2022-12-30' } };
    expect(scopeOf({ ...asked, rules: 2 })).toMatchObject({ asOf: '2022-12-30', asOfBefore: [] });
  });

  test('is refused where the range leaves no price', () => {
    expect(() =>
      scopeOf({
        resolved: stocks(),
        options: { ...defaultRunOptions, from: '2030-01-01' },
        files: [prices()],
        leftOut: [],
        rules: rulesInForce,
      }),
    ).toThrow(expect.objectContaining({ code: 'HistoryTooShort' }));
  });
});
