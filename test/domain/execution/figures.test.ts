import { describe, expect, test } from '@jest/globals';
import { drawdownsOf } from '../../../domain/execution/drawdowns.ts';
import { agreementOf } from '../../../domain/execution/comparison.ts';
import { liquidityOf } from '../../../domain/execution/liquidity.ts';
import { marketOfPrices } from '../../../domain/execution/market.ts';
import { addDays } from '../../../domain/returns/days.ts';
import { rowsTable } from './tables.ts';

const dates = ['2024-03-04', '2024-03-05', '2024-03-06', '2024-03-07', '2024-03-08'];

describe('drawdowns', () => {
  test('begin on the date of the high, the opening included, and end on the first date at or above it', () => {
    expect(drawdownsOf(dates, Float64Array.of(0.9, 0.8, 1, 1.1, 1), '2024-03-01')).toEqual([
      { peak: '2024-03-01', valley: '2024-03-05', recovery: '2024-03-06', depth: 0.8 - 1, lengthRows: 3 },
      { peak: '2024-03-07', valley: '2024-03-08', recovery: null, depth: 1 / 1.1 - 1, lengthRows: 1 },
    ]);
  });

  test('take the first of equal valleys and the last of equal highs', () => {
    expect(drawdownsOf(dates, Float64Array.of(1.2, 1.2, 1, 1, 1.1), '2024-03-01')).toEqual([
      { peak: '2024-03-05', valley: '2024-03-06', recovery: null, depth: 1 / 1.2 - 1, lengthRows: 3 },
    ]);
  });

  test('are none where equity never falls', () => expect(drawdownsOf(dates, Float64Array.of(1, 1, 1.1, 1.1, 2), '2024-03-01')).toEqual([]));
});

describe('agreement with another system', () => {
  const ours = { dates, values: Float64Array.of(0.01, -0.02, 0.03, 0.01, 0) };

  test('is 1 and the factor for a scaled series, on the common dates', () => {
    const other = { dates: [...dates.slice(1), '2024-03-11'], values: Float64Array.of(-0.018, 0.027, 0.009, 0, 5) };
    const agreement = agreementOf(ours, other)!;
    expect(agreement).toMatchObject({ rows: 4, first: '2024-03-05', last: '2024-03-08' });
    expect(agreement.correlation).toBeCloseTo(1, 14);
    expect(agreement.scale).toBeCloseTo(0.9, 14);
  });

  test('is nothing where a series does not move', () => expect(agreementOf(ours, { dates, values: new Float64Array(5) })).toBeNull());
});

describe('liquidity', () => {
  const days = Array.from({ length: 25 }, (_, day) => addDays('2024-03-04', day));
  const column = [{ name: 'X', asset: 'X', sign: 1 }] as const;
  const closes = days.map((_, row) => 100 + (row % 3));
  const prices = rowsTable(
    days,
    ['X'],
    closes.map((close) => [close]),
  );
  const volumes = rowsTable(
    days,
    ['X'],
    days.map((_, row) => [1000 + row]),
  );
  const market = marketOfPrices(prices, column);

  test('is the deviation of the last 20 returns and the mean of the last 20 values traded, the close of the trade included', () => {
    const { volatility, dailyValue } = liquidityOf(market, column, prices, volumes)(20, Float64Array.of(1), Float64Array.of(0));
    const last = Array.from({ length: 20 }, (_, index) => market.returns.values[1 + index]!);
    const mean = last.reduce((sum, value) => sum + value, 0) / 20;
    expect(volatility[0]).toBeCloseTo(Math.sqrt(last.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 19), 15);
    const values = Array.from({ length: 20 }, (_, index) => closes[2 + index]! * (1002 + index));
    expect(dailyValue[0]).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / 20, 6);
  });

  const ask =
    (row: number, sizes = volumes) =>
    () =>
      liquidityOf(market, column, prices, sizes)(row, Float64Array.of(1), Float64Array.of(0));

  test('is refused before 20 returns, and where a volume is missing', () => {
    expect(ask(18)).toThrow('X is traded on 2024-03-23 after 19 returns: impact needs 20');
    const gap = rowsTable(
      days,
      ['X'],
      days.map((_, row) => [row === 15 ? Number.NaN : 1000]),
    );
    expect(ask(20, gap)).toThrow('X has no close and volume on 2024-03-19');
  });

  test('is not asked of what is not traded', () => {
    expect(liquidityOf(market, column, prices, volumes)(3, Float64Array.of(1), Float64Array.of(1)).dailyValue[0]).toBe(0);
  });
});
