import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type OrderRules, ordersOf } from '../../../domain/allocation/orders.ts';
import { type Holding, type TradeList, tradesTowards } from '../../../domain/allocation/trades.ts';

const heldOf = new WeakMap<object, readonly Holding[]>();
const costs = new Map([['s', { slippageFraction: 0.001, commissionFraction: 0 }]]);

function listOf(targets: Readonly<Record<string, number>>, holdings: readonly Holding[], capital = 10_000) {
  const assets = Object.entries(targets).map(([symbol, weight]) => ({
    symbol,
    weight,
    contributors: [{ path: ['s'], sleeve: 's', runId: 'r', atom: symbol, sleeveWeight: 1, assetWeight: weight, amount: weight }],
  }));
  const list = tradesTowards({ assets, net: Object.values(targets).reduce((sum, weight) => sum + weight, 0), capital, holdings, costs });
  heldOf.set(list, holdings);
  return list;
}

const ordered = (list: TradeList, rules: OrderRules) => ordersOf(list, heldOf.get(list)!, rules);

const priced = (symbol: string, units: number, price: number): Holding => ({ symbol, notional: units * price, unitValue: price });
const free: OrderRules = { lots: null, minTrade: 0 };
const lotsOf = (others: number | null, bySymbol: readonly [string, number][] = []): OrderRules => ({
  lots: { others, bySymbol: new Map(bySymbol) },
  minTrade: 0,
});

describe('orders', () => {
  const list = listOf({ 'NYSE:A': 0.5, 'NYSE:B': 0.3 }, [priced('NYSE:A', 0, 33), priced('NYSE:B', 10, 100), priced('NYSE:C', 1, 20)]);

  test('without rules carry out every trade', () => {
    const orders = ordered(list, free);
    expect(orders.orders.map(({ symbol, side, notional }) => [symbol, side, notional])).toEqual([
      ['NYSE:A', 'buy', 5000],
      ['NYSE:B', 'buy', 2000],
      ['NYSE:C', 'sell', -20],
    ]);
    expect(orders).toMatchObject({ roundingNotional: 0, smallNotional: 0, driftTwoSided: 0, cash: 2000, grossTraded: 7020 });
  });

  test('in whole lots are the nearest ones, and what is left is said', () => {
    const orders = ordered(list, lotsOf(10, [['NYSE:C', 1]]));
    // 5000 / 33 is 151.5 units.
    expect(orders.orders.map(({ symbol, quantity, notional }) => [symbol, quantity, notional])).toEqual([
      ['NYSE:A', 150, 4950],
      ['NYSE:B', 20, 2000],
      ['NYSE:C', 1, -20],
    ]);
    expect(orders.rounding).toEqual([{ symbol: 'NYSE:A', notional: 50 }]);
    expect(orders).toMatchObject({ roundingNotional: 50, driftTwoSided: 0.005, cash: 2050 });
  });

  test('below the least amount are left out, listed and summed', () => {
    const orders = ordered(list, { lots: null, minTrade: 100 });
    expect(orders.orders.map(({ symbol }) => symbol)).toEqual(['NYSE:A', 'NYSE:B']);
    expect(orders).toMatchObject({ small: [{ symbol: 'NYSE:C', notional: -20 }], smallNotional: 20, driftTwoSided: 0.002 });
  });

  test('a lot of a fraction leaves no dust in the quantity', () => {
    const coins = listOf({ 'BINANCE:X': 0.3 }, [priced('BINANCE:X', 0, 1000)], 1000);
    expect(ordered(coins, lotsOf(0.1)).orders[0]!.quantity).toBe(0.3);
  });

  test('need a price and a lot size to be rounded', () => {
    expect(() => ordered(listOf({ 'NYSE:A': 1 }, []), lotsOf(1))).toThrow('whole lots of NYSE:A need its price');
    expect(() => ordered(list, lotsOf(null, [['NYSE:A', 1]]))).toThrow('no lot size for NYSE:B');
  });

  test('and what they leave are the trades again', () => {
    const amount = fc.integer({ min: 1, max: 500 });
    const weights = fc.tuple(amount, amount, amount).map(([a, b, c]) => ({ 'X:A': a / 1000, 'X:B': b / 1000, 'X:C': -c / 1000 }));
    fc.assert(
      fc.property(weights, amount, amount, fc.integer({ min: 0, max: 2000 }), (targets, lot, price, minTrade) => {
        const trades = listOf(
          targets,
          Object.keys(targets).map((symbol) => priced(symbol, 3, price)),
          50_000,
        );
        const orders = ordered(trades, { lots: { others: lot, bySymbol: new Map() }, minTrade });
        for (const { symbol, deltaNotional } of trades.trades) {
          const part = (from: readonly { symbol: string; notional: number }[]) =>
            from.find((entry) => entry.symbol === symbol)?.notional ?? 0;
          expect(part(orders.orders) + part(orders.rounding) + part(orders.small)).toBeCloseTo(deltaNotional, 6);
          expect(Math.abs(part(orders.rounding))).toBeLessThanOrEqual((lot * price) / 2 + 1e-6);
        }
      }),
      { numRuns: 50 },
    );
  });
});
