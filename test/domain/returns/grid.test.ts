import { describe, expect, test } from '@jest/globals';
import { measureCoverage } from '../../../domain/returns/coverage.ts';
import { describeGrid, formGrid, type GridInput } from '../../../domain/returns/grid.ts';
import { gridSchema } from '../../../domain/returns/schemas.ts';
import type { PriceTable } from '../../../domain/returns/series.ts';
import golden from '../../golden/returns/grid.json' with { type: 'json' };
import { tableOf } from './price-tables.ts';

const prices: Record<string, (number | null)[]> = golden.prices;
const holed: PriceTable = {
  dates: golden.dates,
  symbols: golden.symbols,
  closes: golden.symbols.map((symbol) => Float64Array.from(prices[symbol]!, (price) => price ?? Number.NaN)),
};

const defaults = { benchmarks: [], from: null, asOf: null, lookbackDays: 500, coverageMin: 0.7 };

function grid(table: PriceTable, more: Partial<GridInput> = {}) {
  return formGrid({ table, universe: table.symbols, ...defaults, ...more });
}

describe('the grid of a sleeve', () => {
  test('rests on the coverage that was measured before, where there is one', () => {
    const table = tableOf(
      ['NYSE:A', 'NYSE:B', 'NYSE:C'],
      [
        ['2024-01-02', 1, 2, 3],
        ['2024-01-03', 2, 3, 4],
        ['2024-01-04', 3, 4, 5],
      ],
    );
    const input = { table, universe: table.symbols, ...defaults };
    const coverage = measureCoverage(input);
    expect(formGrid(input, coverage)).toEqual(formGrid(input));
    const [first, ...others] = coverage.symbols;
    expect(formGrid(input, { ...coverage, symbols: [{ ...first!, coverage: 0 }, ...others] }).dropped.map(({ symbol }) => symbol)).toEqual([
      first!.symbol,
    ]);
  });

  test.each(golden.cases)('covers, keeps and returns what pandas finds (lookback $lookbackDays, from $from, as of $asOf)', (expected) => {
    const formed = grid(holed, { lookbackDays: expected.lookbackDays, from: expected.from, asOf: expected.asOf });
    expect(formed.kept).toEqual(expected.kept);
    expect(formed.inactive).toEqual(expected.inactive);
    const dropped = Object.entries(expected.coverage)
      .filter(([symbol]) => !expected.kept.includes(symbol))
      .map(([symbol, [present, count]]) => ({ symbol, present, expected: count, coverage: present! / count! }));
    expect(formed.dropped).toEqual(dropped);
    expect(formed.grid).toEqual({ rows: expected.gridDates.length, first: expected.gridDates[0], last: expected.gridDates.at(-1) });
    expect(formed.asOf).toBe(expected.gridDates.at(-1));
    expect(formed.lookbackApplied).toBe(expected.from === null);
    expect(formed.returns.dates).toEqual(expected.gridDates.slice(1));
    expect(formed.returns.columns).toEqual(expected.kept);
    const flat = expected.returns.flat();
    formed.returns.values.forEach((value, index) => expect(value).toBeCloseTo(flat[index]!, 14));
    expect(formed.returns.values).toHaveLength(flat.length);
  });

  test('is plain JSON without its matrices', () => {
    const description = describeGrid(grid(holed, { benchmarks: ['NYSE:BBB', 'AMEX:SPY'] }));
    expect(gridSchema.parse(description)).toEqual(description);
    expect(JSON.parse(JSON.stringify(description))).toEqual(description);
  });

  test('restricts prices to the grid before taking returns, so that wealth is exact over a hole', () => {
    const table = tableOf(
      ['NYSE:B', 'NYSE:A'],
      [
        ['2024-07-01', 100, 10],
        ['2024-07-02', null, 11],
        ['2024-07-03', 120, 12],
        ['2024-07-05', 90, 6],
      ],
    );
    const formed = grid(table, { coverageMin: 0.5 });
    expect(formed.returns).toEqual({
      dates: ['2024-07-03', '2024-07-05'],
      columns: ['NYSE:A', 'NYSE:B'],
      values: Float64Array.of(12 / 10 - 1, 120 / 100 - 1, -0.5, -0.25),
    });
  });

  test('does not depend on the order of columns or universe', () => {
    const reversed: PriceTable = { dates: holed.dates, symbols: [...holed.symbols].toReversed(), closes: [...holed.closes].toReversed() };
    expect(grid(reversed, { universe: [...holed.symbols, ...holed.symbols] })).toEqual(grid(holed));
  });

  test('cuts price rows: n rows are n - 1 returns, and the first yields none', () => {
    const formed = grid(holed, { lookbackDays: 30, universe: ['NYSE:BBB', 'NASDAQ:AAA'] });
    expect([formed.grid.rows, formed.returns.dates.length]).toEqual([30, 29]);
    expect(formed.returns.dates[0]! > formed.grid.first).toBe(true);
  });

  test('takes a benchmark only with a price on every grid date, and says why not', () => {
    const formed = grid(holed, {
      universe: ['NYSE:BBB', 'CRYPTO:BTCUSD'],
      benchmarks: ['NYSE:DDD', 'NASDAQ:AAA', 'AMEX:SPY', 'NASDAQ:AAA'],
    });
    expect(formed.benchmarks.present).toEqual(['NASDAQ:AAA']);
    expect(formed.benchmarks.absent).toEqual([
      { symbol: 'AMEX:SPY', reason: 'no price file has a column for it' },
      { symbol: 'NYSE:DDD', reason: expect.stringMatching(/^no price on 20 of the \d+ grid dates, the first being 2022-04-01$/) },
    ]);
    expect(formed.benchmarkReturns!.columns).toEqual(['NASDAQ:AAA']);
    expect(formed.benchmarkReturns!.dates).toEqual(formed.returns.dates);
    expect(formed.kept).toEqual(['CRYPTO:BTCUSD', 'NYSE:BBB']);
    expect(grid(holed).benchmarkReturns).toBeNull();
  });

  test('keeps a symbol with exactly the coverage asked for', () => {
    const table = tableOf(
      ['CRYPTO:A', 'CRYPTO:B', 'CRYPTO:C'],
      Array.from({ length: 10 }, (_, row) => [`2024-07-${String(row + 1).padStart(2, '0')}`, 1 + row, 2 + row, row < 3 ? null : 3]),
    );
    expect(grid(table).kept).toContain('CRYPTO:C');
    expect(grid(table, { coverageMin: 0.71 }).dropped).toEqual([{ symbol: 'CRYPTO:C', coverage: 0.7, expected: 10, present: 7 }]);
  });

  test('refuses a sleeve of one symbol and names what was dropped', () => {
    expect(() => grid(holed, { universe: ['NYSE:BBB', 'NYSE:OLD', 'NYSE:CCC'], from: '2021-12-15', asOf: '2022-03-31' })).toThrow(
      expect.objectContaining({
        code: 'UniverseTooSmall',
        message: expect.stringMatching(/only NYSE:BBB is left.*NYSE:CCC \(\d+(\.\d)? %\).*without a price in the range: NYSE:OLD/),
      }),
    );
    expect(() => grid(holed, { from: '2030-01-01' })).toThrow(expect.objectContaining({ code: 'UniverseTooSmall' }));
  });

  test('refuses a symbol without a column, a history of one date, and a price that cannot be', () => {
    expect(() => grid(holed, { universe: ['NYSE:BBB', 'NYSE:TYPO'] })).toThrow(
      expect.objectContaining({ code: 'PricesMissing', at: { path: 'NYSE:TYPO' } }),
    );
    expect(() => grid(tableOf(['NYSE:A', 'NYSE:B'], [['2024-07-01', 1, 2]]))).toThrow(expect.objectContaining({ code: 'HistoryTooShort' }));
    expect(() =>
      grid(
        tableOf(
          ['NYSE:A', 'NYSE:B'],
          [
            ['2024-07-01', 1, 2],
            ['2024-07-02', 0, 2],
          ],
        ),
      ),
    ).toThrow(expect.objectContaining({ code: 'IntegrityFailed', evidence: { symbol: 'NYSE:A', date: '2024-07-02', price: 0 } }));
  });
});
