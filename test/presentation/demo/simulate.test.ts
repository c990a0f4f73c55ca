import { describe, expect, test } from '@jest/globals';
import { simulatePrices, simulation } from '../../../presentation/demo/simulate.ts';

const sleeves = simulatePrices();
const [equities, etfs, crypto] = sleeves.map(({ table }) => table);

function yearlyVolatility(closes: Float64Array, perYear: number): number {
  const returns = Array.from(closes.slice(1), (close, row) => close / closes[row]! - 1);
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  return Math.sqrt((returns.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (returns.length - 1)) * perYear);
}

function columnOf(table: typeof equities, symbol: string): Float64Array {
  return table!.closes[table!.symbols.indexOf(symbol)]!;
}

function expectBetween(value: number, low: number, high: number): void {
  expect(value).toBeGreaterThan(low);
  expect(value).toBeLessThan(high);
}

describe('simulated prices', () => {
  test('stand on the calendars of their markets: coins every day, stocks and funds on no weekend and no holiday', () => {
    const days = (Date.parse(simulation.last) - Date.parse(simulation.first)) / 86_400_000 + 1;
    expect(crypto!.dates).toHaveLength(days);
    expect(etfs!.dates).toEqual(equities!.dates);
    expect(equities!.dates.filter((date) => [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay()))).toEqual([]);
    // New York was closed on these: Independence Day, Thanksgiving, Christmas, Good Friday, the day of mourning of 2025.
    for (const holiday of ['2023-07-04', '2023-11-23', '2023-12-25', '2024-03-29', '2025-01-09']) {
      expect(equities!.dates).not.toContain(holiday);
      expect(crypto!.dates).toContain(holiday);
    }
  });

  test('give each sleeve more rows than the lookback wants', () => {
    for (const { table } of sleeves) expect(table.dates.length).toBeGreaterThan(500);
  });

  test('have volatilities of the size of their markets', () => {
    expectBetween(yearlyVolatility(columnOf(etfs, 'AMEX:SPY'), 252), 0.1, 0.25);
    expectBetween(yearlyVolatility(columnOf(etfs, 'AMEX:TIP'), 252), 0.02, 0.1);
    for (const closes of equities!.closes) expectBetween(yearlyVolatility(closes, 252), 0.1, 0.6);
    for (const closes of crypto!.closes) expectBetween(yearlyVolatility(closes, 365), 0.35, 1.1);
  });

  test('are positive, in whole ticks, and another seed gives others', () => {
    for (const { table } of sleeves)
      for (const closes of table.closes)
        expect(closes.every((close) => close > 0 && Math.abs(close * 10_000 - Math.round(close * 10_000)) < 1e-4)).toBe(true);
    expect(columnOf(simulatePrices(1)[1]!.table, 'AMEX:SPY').at(-1)).not.toBe(columnOf(etfs, 'AMEX:SPY').at(-1));
  });

  test('are the same on every machine', () => {
    const last = sleeves.map(({ table }) =>
      Object.fromEntries(table.symbols.map((symbol, column) => [symbol, table.closes[column]!.at(-1)])),
    );
    expect(last).toMatchSnapshot();
  });
});
