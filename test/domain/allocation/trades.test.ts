import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { flatten, type FlattenedAsset } from '../../../domain/allocation/flatten.ts';
import { type Holding, type Trade, tradesTowards, type TradingCost } from '../../../domain/allocation/trades.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const asset = (symbol: string, amounts: Readonly<Record<string, number>>): FlattenedAsset => ({
  symbol,
  weight: Object.values(amounts).reduce((sum, amount) => sum + amount, 0),
  contributors: Object.entries(amounts).map(([sleeve, amount]) => ({
    path: [sleeve],
    sleeve,
    runId: `${sleeve}-1`,
    atom: symbol,
    sleeveWeight: 0.5,
    assetWeight: amount / 0.5,
    amount,
  })),
});
const costs = new Map<string, TradingCost>([
  ['etfs', { slippageFraction: 0.0005, commissionFraction: 0.0001 }],
  ['coins', { slippageFraction: 0.001, commissionFraction: 0.0004 }],
]);
const held = (symbol: string, notional: number, unitValue: number | null = null): Holding => ({ symbol, notional, unitValue });
const assets = [
  asset('AMEX:SPY', { etfs: 0.5 }),
  asset('BINANCE:BTCUSDT', { coins: -0.1 }),
  asset('NASDAQ:QQQ', { coins: 0.1, etfs: 0.3 }),
];

describe('an example worked by hand', () => {
  // Capital 1,000: targets 500, -100 and 400. Held: 600 SPY at 50 a unit, nothing of BTC, 300 QQQ, 50 of a fund that no sleeve holds.
  const list = tradesTowards({
    assets,
    net: 0.8,
    capital: 1000,
    holdings: [held('AMEX:SPY', 600, 50), held('NASDAQ:QQQ', 300), held('AMEX:TLT', 50, 10)],
    costs,
  });
  const trade = (symbol: string): Trade => list.trades.find((each) => each.symbol === symbol)!;

  test('every symbol of either side, sorted', () => {
    expect(list.trades.map(({ symbol, side, deltaNotional, quantity }) => [symbol, side, deltaNotional, quantity])).toEqual([
      ['AMEX:SPY', 'sell', -100, -2],
      ['AMEX:TLT', 'sell', -50, -5],
      ['BINANCE:BTCUSDT', 'sell', -100, null],
      ['NASDAQ:QQQ', 'buy', 100, null],
    ]);
  });

  test('weights are fractions of the capital', () => {
    expect(trade('AMEX:SPY')).toMatchObject({ currentWeight: 0.6, targetWeight: 0.5, deltaWeight: -0.1 });
    expect(list.turnoverTwoSided).toBeCloseTo(0.35, 12);
  });

  test('a symbol costs what its sleeves do, by the amounts that they contribute', () => {
    expect(trade('AMEX:SPY').costNotional).toBeCloseTo(100 * 0.0006, 12);
    expect(trade('BINANCE:BTCUSDT').costNotional).toBeCloseTo(100 * 0.0014, 12);
    // A quarter through coins, three quarters through etfs.
    expect(trade('NASDAQ:QQQ')).toMatchObject({
      slippageFraction: expect.closeTo(0.000625, 15),
      commissionFraction: expect.closeTo(0.000175, 15),
      costFrom: 'contributors',
    });
  });

  test('what no sleeve holds any more costs what the dearest does', () => {
    expect(trade('AMEX:TLT')).toMatchObject({ slippageFraction: 0.001, commissionFraction: 0.0004, costFrom: 'dearest_sleeve' });
  });

  test('cash before and after, and totals', () => {
    expect(list).toMatchObject({ holdingsTotal: 950, cashBefore: 50, cash: 200, grossTraded: 350, netTraded: -150 });
    expect(list.costNotional).toBeCloseTo(0.06 + 0.07 + 0.14 + 0.08, 12);
  });
});

test('holdings that are the target ask for no trade', () => {
  const holdings = assets.map(({ symbol, weight }) => held(symbol, weight * 1000));
  const list = tradesTowards({ assets, net: 0.8, capital: 1000, holdings, costs });
  expect(list.trades.every(({ side }) => side === 'none')).toBe(true);
  expect(list).toMatchObject({ grossTraded: 0, turnoverTwoSided: 0, costNotional: 0 });
});

test('targets that do not add up to the published net exposure are refused', () => {
  expect(() => tradesTowards({ assets, net: 0.800_001, capital: 1000, holdings: [], costs })).toThrow('the targets add up to');
});

test('the targets add up to net times capital, and what is traded to the change of cash, to 1e-9 of what is held or meant', () => {
  const symbols = ['AMEX:A', 'AMEX:B', 'BINANCE:C', 'NYSE:D', 'NYSE:E'];
  const weight = fc.double({ min: -1, max: 1, noNaN: true });
  const portfolio = fc.uniqueArray(fc.record({ symbol: fc.constantFrom(...symbols), weight }), {
    minLength: 1,
    selector: ({ symbol }) => symbol,
  });
  const arbitrary = fc.record({
    sleeves: fc.tuple(portfolio, portfolio),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    capital: fc.double({ min: 0.01, max: 1e12, noNaN: true }),
    holdings: fc.uniqueArray(
      fc.record({ symbol: fc.constantFrom(...symbols, 'AMEX:GONE'), notional: fc.double({ min: -1e12, max: 1e12, noNaN: true }) }),
      { selector: ({ symbol }) => symbol },
    ),
  });
  fc.assert(
    fc.property(arbitrary, ({ sleeves, share, capital, holdings }) => {
      const {
        assets: flattened,
        net,
        gross,
      } = flatten([
        { path: ['etfs'], runId: 'e', weights: [share], portfolio: sleeves[0] },
        { path: ['coins'], runId: 'c', weights: [1 - share], portfolio: sleeves[1] },
      ]);
      const list = tradesTowards({
        assets: flattened,
        net,
        capital,
        holdings: holdings.map((each) => ({ ...each, unitValue: null })),
        costs,
      });
      const grossHeld = holdings.reduce((sum, { notional }) => sum + Math.abs(notional), 0);
      const within = 1e-9 * Math.max(capital, gross * capital, grossHeld);
      const targets = list.trades.reduce((sum, { targetNotional }) => sum + targetNotional, 0);
      expect(Math.abs(targets - net * capital)).toBeLessThanOrEqual(1e-9 * Math.max(capital, gross * capital));
      expect(Math.abs(list.cashBefore - list.netTraded - list.cash)).toBeLessThanOrEqual(within);
      for (const trade of list.trades)
        expect(Math.abs(trade.currentNotional + trade.deltaNotional - trade.targetNotional)).toBeLessThanOrEqual(within);
      // Subnormal amounts have no fractions.
      expect(list.costNotional).toBeGreaterThanOrEqual(list.grossTraded * 0.0006 * (1 - 1e-9) - 1e-300);
      expect(list.costNotional).toBeLessThanOrEqual(list.grossTraded * 0.0014 * (1 + 1e-9) + 1e-300);
      expect(list.trades.map(({ symbol }) => symbol)).toEqual(
        [...new Set([...flattened, ...holdings].map(({ symbol }) => symbol))].toSorted(),
      );
    }),
    { numRuns: propertyRuns(500) },
  );
});
