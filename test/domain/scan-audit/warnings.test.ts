import { describe, expect, test } from '@jest/globals';
import { liquidityOf } from '../../../domain/scan-audit/liquidity.ts';
import { warningsOf } from '../../../domain/scan-audit/warnings.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';

/** Nothing to warn of: large, cheap, traded, calm, and no product of leverage. */
const quiet = { aum: 50_000_000, expense_ratio: 1, 'Value.Traded': 5_000_000, 'Perf.1M': 100, description: 'A fund', category: '27' };
const of = (changed: JsonObject) => warningsOf({ symbol: 'AMEX:X', values: { ...quiet, ...changed } });

describe('a warning', () => {
  test.each([
    [{ aum: null }, { level: 'unknown', code: 'aum_null', value: null }],
    [{ aum: 9_999_999 }, { level: 'severe', code: 'aum', value: 9_999_999 }],
    [{ aum: 10_000_000 }, { level: 'warn', code: 'aum', value: 10_000_000 }],
    [{ aum: 49_999_999 }, { level: 'warn', code: 'aum', value: 49_999_999 }],
    [{ expense_ratio: null }, { level: 'unknown', code: 'expense_null', value: null }],
    [{ expense_ratio: 1.01 }, { level: 'warn', code: 'expense_ratio', value: 1.01 }],
    [{ 'Value.Traded': null }, { level: 'unknown', code: 'value_traded_null', value: null }],
    [{ 'Value.Traded': 4_999_999 }, { level: 'warn', code: 'value_traded', value: 4_999_999 }],
    [{ 'Perf.1M': null }, { level: 'unknown', code: 'perf_1m_null', value: null }],
    [{ 'Perf.1M': 100.5 }, { level: 'warn', code: 'perf_1m', value: 100.5 }],
    [{ 'Perf.1M': -100.5 }, { level: 'warn', code: 'perf_1m', value: -100.5 }],
  ] as const)('is given for %j, and for nothing at its threshold', (changed, warning) => {
    expect(of(changed)).toEqual([warning]);
    expect(of({})).toEqual([]);
    expect(of({ 'Perf.1M': -100 })).toEqual([]);
  });

  test('names each thing in one order, the unknown among them', () => {
    const all = of({ aum: null, expense_ratio: null, 'Value.Traded': null, 'Perf.1M': null, description: 'Ultra Fund' });
    expect(all.map(({ code }) => code)).toEqual(['aum_null', 'expense_null', 'value_traded_null', 'perf_1m_null', 'leveraged_or_inverse']);
  });
});

describe('leverage', () => {
  test.each([
    ['ProShares Short S&P500', 'ProShares Short'],
    ['Leveraged Gold', 'Leveraged'],
    ['A leverage fund', 'leverage'],
    ['Inverse VIX', 'Inverse'],
    ['ProShares Ultra Gold', 'Ultra'],
    ['UltraPro QQQ', 'UltraPro'],
    ['UltraShort Euro', 'UltraShort'],
    ['Daily Bull', 'Bull'],
    ['Daily Bear', 'Bear'],
    ['Daily 2x Long', '2x'],
    ['Daily 1.25X Long', '1.25X'],
    ['Ultra Short-Term Ultra Gold', 'Ultra'],
  ])('is told by the words of %s', (description, value) => {
    expect(of({ description })).toEqual([{ level: 'warn', code: 'leveraged_or_inverse', value }]);
  });

  test.each([
    'Short Duration Bonds',
    'Ultra Short-Term Bond ETF',
    'Ultra-Short Income',
    'ultra short duration maturity',
    'Bulls and Bears',
    'Ultrasound',
    '5x5 Index',
    'Vox 12x',
    'Unleveraged',
    '2xl Apparel',
  ])('is not told of %s', (description) => {
    expect(of({ description })).toEqual([]);
  });

  test.each([
    ['Trading--Leveraged Equity', 'Trading--Leveraged'],
    ['Trading--Inverse Debt', 'Trading--Inverse'],
  ])('is told by the category %s where the words say nothing', (category, value) => {
    expect(of({ category })).toEqual([{ level: 'warn', code: 'leveraged_or_inverse', value }]);
    expect(of({ category, description: null })).toEqual([{ level: 'warn', code: 'leveraged_or_inverse', value }]);
    expect(of({ category, description: '3x' })).toEqual([{ level: 'warn', code: 'leveraged_or_inverse', value: '3x' }]);
  });

  test('is not told by a category that only names it, or that is a number', () => {
    expect(of({ category: 'No Trading--Leveraged' })).toEqual([]);
    expect(of({ category: 27 })).toEqual([]);
  });
});

test('the cohort of liquidity is above 2 and up to 10 million a day, and close times volume may be off by a hundredth', () => {
  const rows = [2_000_000, 2_000_001, 10_000_000, 10_000_001, null].map((traded, at) => ({
    symbol: `A:${at}`,
    values: {
      'Value.Traded': traded,
      close: 1,
      volume: (traded ?? 0) * (at === 1 ? 1.011 : 1.009),
      average_volume_30d_calc: at === 2 ? 0 : 5,
    },
  }));
  const found = liquidityOf({ rows, notional: 10, advBySymbol: {} });
  expect(found).toMatchObject({
    cohort: { above: 2_000_000, upTo: 10_000_000 },
    notional: 10,
    participation: 0.1,
    count: 2,
    valueTradedNulls: 1,
    disagreeing: ['A:1'],
    withoutAdv: [],
  });
  expect(found.rows.map(({ symbol, adv, advFrom, daysToLiquidate }) => [symbol, adv, advFrom, daysToLiquidate])).toEqual([
    ['A:1', 5, 'average_volume_30d_calc', 20],
    ['A:2', 0, 'average_volume_30d_calc', null],
  ]);
});
