import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PriceTable, ReturnMatrix } from '../../../domain/returns/series.ts';
import { knownSymbols, type KnownSymbolsInput, supplyAt } from '../../../domain/selection/known-symbols.ts';
import { noSupply, scanRowOf, type SelectionSupply, type SuppliedScan, type ScanRow } from '../../../domain/selection/supply.ts';
import { simulatedPrices } from '../../support/prices.ts';

const nothingScanned: ScanRow = {
  tradedValue: null,
  adx: null,
  recommendAll: null,
  recommendMa: null,
  rateOfChange: null,
  dailyVolatility: null,
};

/** Rows on which every column has a close, and the returns between them. */
function gridOf({ dates, symbols, closes }: PriceTable): ReturnMatrix {
  const rows = dates.flatMap((_, row) => (closes.every((column) => !Number.isNaN(column[row]!)) ? [row] : []));
  const values = new Float64Array((rows.length - 1) * symbols.length);
  closes.forEach((column, at) => {
    for (let k = 1; k < rows.length; k++) values[(k - 1) * symbols.length + at] = column[rows[k]!]! / column[rows[k - 1]!]! - 1;
  });
  return { dates: rows.slice(1).map((row) => dates[row]!), columns: symbols, values };
}

/** A fund and a coin: the coin has closes on days on which the fund has none, and the grid has the fund's. */
const symbols = ['AMEX:GLD', 'BINANCE:BTCUSDT'];
const prices = simulatedPrices({ symbols, first: '2023-01-02', last: '2023-06-30', seed: 3 });
const returns = gridOf(prices);
const volumes = {
  dates: prices.dates,
  symbols: ['AMEX:GLD'],
  values: [Float64Array.from(prices.dates, (_, row) => 100 + row)],
};

const input = (supply: Partial<SelectionSupply>, more: Partial<KnownSymbolsInput> = {}): KnownSymbolsInput => ({
  returns,
  benchmarks: [],
  prices,
  supply: { ...noSupply, ...supply },
  annualisationDays: 365,
  ...more,
});

const factsAt = (supply: Partial<SelectionSupply>, end = returns.dates.length, more: Partial<KnownSymbolsInput> = {}) =>
  supplyAt(knownSymbols(input(supply, more)), { first: end - 60, end });

/** Close times volume on a date, looked up by the date alone. */
const tradedOn = (date: string): number => {
  const row = prices.dates.indexOf(date);
  return prices.closes[0]![row]! * volumes.values[0]![row]!;
};

describe('the value traded a day', () => {
  test('is the mean of close times volume over the last 20 rows of the grid, weekends of coins left out', () => {
    const end = 80;
    const expected = returns.dates.slice(end - 20, end).reduce((sum, date) => sum + tradedOn(date), 0) / 20;
    const [fund, coin] = factsAt({ volumes }, end);
    expect(fund!.averageDailyValue).toBeCloseTo(expected, 9);
    expect(coin!.averageDailyValue).toBeNull();
  });

  test('is not known where one of the 20 rows has no volume, or the file has not the row', () => {
    const end = 80;
    const missing = prices.dates.indexOf(returns.dates[end - 20]!);
    const gap = volumes.values[0]!.map((volume, row) => (row === missing ? Number.NaN : volume));
    expect(factsAt({ volumes: { ...volumes, values: [gap] } }, end)[0]!.averageDailyValue).toBeNull();
    expect(factsAt({ volumes: { ...volumes, values: [gap] } }, end + 1)[0]!.averageDailyValue).not.toBeNull();
    const without = (column: Float64Array): Float64Array => column.filter((_, row) => row !== missing);
    const cut = { dates: prices.dates.filter((_, row) => row !== missing), symbols: ['AMEX:GLD'], values: [without(gap)] };
    expect(factsAt({ volumes: cut }, end)[0]!.averageDailyValue).toBeNull();
  });

  test('of a symbol whose volumes are all zero is zero, which is known', () => {
    const none = { ...volumes, values: [new Float64Array(prices.dates.length)] };
    expect(factsAt({ volumes: none })[0]!.averageDailyValue).toBe(0);
  });

  test('comes from a scan where no volumes are given', () => {
    const scan = [{ asOf: '2023-06-30', rows: { 'AMEX:GLD': { ...nothingScanned, tradedValue: 5e6 } } }];
    expect(factsAt({ scan })[0]!.averageDailyValue).toBe(5e6);
    expect(factsAt({ scan, volumes })[0]!.averageDailyValue).not.toBe(5e6);
  });
});

const scanOn = (asOf: string, row: Partial<ScanRow>, symbol = 'AMEX:GLD'): SuppliedScan => ({
  asOf,
  rows: { [symbol]: { ...nothingScanned, ...row } },
});

describe('a scan', () => {
  const end = 80;
  const decision = returns.dates[end - 1]!;
  const [before, after] = [returns.dates[end - 2]!, returns.dates[end]!];
  const fund = (...scan: SuppliedScan[]) => factsAt({ scan }, end)[0]!;

  test('counts from its own day on, and not a day before', () => {
    expect(fund(scanOn(decision, { adx: 20, recommendAll: 0.3, rateOfChange: 4, dailyVolatility: 2 }))).toMatchObject({
      adx: 20,
      recommendAll: 0.3,
      recommendMa: null,
      rateOfChange: 4,
      dailyVolatility: 2,
    });
    expect(fund(scanOn(after, { adx: 20 })).adx).toBeNull();
  });

  test('that is newer takes the place of an older one, in whatever order they are given', () => {
    const older = scanOn(before, { adx: 10, recommendMa: 0.5 });
    const newer = scanOn(decision, { adx: 20 });
    for (const given of [
      [older, newer],
      [newer, older],
    ])
      expect(fund(...given)).toMatchObject({ adx: 20, recommendMa: null });
    expect(fund(older, scanOn(after, { adx: 30 }))).toMatchObject({ adx: 10, recommendMa: 0.5 });
  });

  test('of one day with another gives what the other lacks', () => {
    expect(fund(scanOn(decision, { adx: 20 }), scanOn(decision, { adx: 25, recommendMa: 0.5 }))).toMatchObject({
      adx: 20,
      recommendMa: 0.5,
    });
  });

  test('that does not know a symbol leaves an older one in place', () => {
    expect(fund(scanOn(before, { adx: 10 }), scanOn(decision, { adx: 20 }, 'BINANCE:BTCUSDT')).adx).toBe(10);
  });

  test('says nothing of a symbol without any of its columns', () => {
    expect(scanRowOf(() => null)).toBeNull();
    expect(scanRowOf((column) => (column === 'ADX' ? 0 : null))).toEqual({ ...nothingScanned, adx: 0 });
  });
});

const both = (metadata: SelectionSupply['metadata']) => factsAt({ metadata });

describe('metadata', () => {
  test('name a bet, and without them a coin is its base and a fund itself', () => {
    const facts = both({ 'AMEX:GLD': { identity: 'gold' } });
    expect(facts.map(({ identity }) => identity)).toEqual(['gold', 'BTC']);
    expect(both(null).map(({ identity }) => identity)).toEqual(['AMEX:GLD', 'BTC']);
  });

  test('that state identities alone say nothing of trading, so that nothing is missing from them', () => {
    expect(both({ 'AMEX:GLD': { identity: 'gold' } })[0]!.metadata).toBeNull();
  });

  test('that state trading fields are judged for the symbols that they have, an empty row included', () => {
    const facts = both({ 'AMEX:GLD': {}, 'BINANCE:BTCUSDT': { tick_size: 0.01 } });
    expect(facts.map(({ metadata }) => metadata)).toEqual([{}, { tick_size: 0.01 }]);
    expect(both({ 'BINANCE:BTCUSDT': { tick_size: 0.01 } })[0]!.metadata).toBeNull();
  });
});

describe('what is known on the day of a decision', () => {
  test('has survived what ended before it, on the dates of the symbol itself', () => {
    const [fund, coin] = factsAt({}, returns.dates.findIndex((date) => date > '2023-03-31') + 1);
    expect([fund!.survival, coin!.survival].every((kept) => kept !== null && kept > 0 && kept < 1)).toBe(true);
    expect(factsAt({}, returns.dates.findIndex((date) => date >= '2023-03-31') + 1)[0]!.survival).toBeNull();
  });

  test('names benchmarks, and coins whose price stays at 1', () => {
    const pegged = { ...prices, closes: [prices.closes[0]!, prices.closes[1]!.map((close) => (Number.isNaN(close) ? close : 1))] };
    const facts = factsAt({}, 80, { prices: pegged, returns: gridOf(pegged), benchmarks: ['AMEX:GLD'] });
    expect(facts.map(({ isBenchmark }) => isBenchmark)).toEqual([true, false]);
    expect(facts.map(({ stableCoin }) => stableCoin)).toEqual([null, 'pegged']);
  });

  test('does not change with anything behind the decision', () => {
    const supply: SelectionSupply = {
      volumes,
      metadata: null,
      scan: [{ asOf: '2023-04-03', rows: { 'AMEX:GLD': { ...nothingScanned, adx: 12 } } }],
    };
    fc.assert(
      fc.property(fc.integer({ min: 60, max: returns.dates.length - 1 }), fc.double({ min: 0.5, max: 2, noNaN: true }), (end, factor) => {
        const decision = returns.dates[end - 1]!;
        const planted = (column: Float64Array): Float64Array =>
          column.map((value, row) => (prices.dates[row]! > decision ? value * factor : value));
        const future: SelectionSupply = {
          volumes: { ...volumes, values: volumes.values.map(planted) },
          metadata: null,
          scan: supply.scan.filter(({ asOf }) => asOf <= decision),
        };
        const moved = { ...prices, closes: prices.closes.map(planted) };
        expect(factsAt(future, end, { prices: moved, returns: gridOf(moved) })).toEqual(factsAt(supply, end));
      }),
      { numRuns: 25 },
    );
  });
});
