/** Worked example of the reference (crypto_rules.json): weights sum to .8, the rest is cash, and cash costs nothing. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cashAssetAmong, cashAssetIn, cashLine, grossOf, uninvested } from '../../../domain/allocation/cash.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { workedExample } from '../../support/worked-example.ts';

interface CashExample {
  readonly target: Readonly<Record<string, number>>;
  readonly previous: Readonly<Record<string, number>>;
  readonly cost_rate: number;
  readonly turnover_two_sided: number;
  readonly cost: number;
  readonly cash_line: number;
  readonly cash_before: number;
}

const { cash: example } = workedExample('crypto_rules') as { readonly cash: CashExample };
const weightsOf = (weights: Readonly<Record<string, number>>) => Object.entries(weights).map(([symbol, weight]) => ({ symbol, weight }));
const usdt = { asset: 'USDT', isNamed: true };

test('worked example: the line of cash is 1 less the sum of absolute weights, before and after', () => {
  expect(cashLine(grossOf(weightsOf(example.target)), usdt)).toEqual({ asset: 'USDT', weight: example.cash_line });
  expect(cashLine(grossOf(weightsOf(example.previous)), usdt)).toEqual({ asset: 'USDT', weight: example.cash_before });
});

test('worked example: turnover and cost are those of the assets, and cash is in neither', () => {
  const symbols = [...new Set([...Object.keys(example.target), ...Object.keys(example.previous)])];
  const turnover = symbols.reduce((sum, symbol) => sum + Math.abs((example.target[symbol] ?? 0) - (example.previous[symbol] ?? 0)), 0);
  expect(turnover).toBeCloseTo(example.turnover_two_sided, 15);
  expect(turnover * example.cost_rate).toBeCloseTo(example.cost, 15);
});

describe('the line of cash', () => {
  test('is there at zero only where a cash asset is named, and rounding is no cash', () => {
    expect(cashLine(1, usdt)).toEqual({ asset: 'USDT', weight: 0 });
    expect(cashLine(1 - 1e-15, usdt)).toEqual({ asset: 'USDT', weight: 0 });
    expect(cashLine(1 - 1e-15, { ...usdt, isNamed: false })).toBeNull();
    expect(cashLine(0, { ...usdt, isNamed: false })).toEqual({ asset: 'USDT', weight: 1 });
  });

  test('law: it lies between 0 and 1, and signs do not matter', () => {
    const weights = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 12 });
    fc.assert(
      fc.property(weights, (signed) => {
        const [gross, absolute] = [signed, signed.map(Math.abs)].map((all) => grossOf(all.map((weight) => ({ weight }))));
        expect(uninvested(gross!)).toBe(uninvested(absolute!));
        expect(uninvested(gross!)).toBeGreaterThanOrEqual(0);
        expect(uninvested(gross!)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

const assetOf = (blocks: JsonObject) =>
  cashAssetIn(resolveProfile(parseManifest(JSON.stringify({ profiles: { crypto: blocks } })), 'crypto'));

test('an asset is named where a manifest writes it, and the default is not', () => {
  expect(assetOf({})).toEqual({ asset: 'USDT', isNamed: false });
  expect(assetOf({ backtest: { backtest_cash_asset: 'USDC' } })).toEqual({ asset: 'USDC', isNamed: true });
  expect(cashAssetAmong({ 'backtest.backtest_cash_asset': 'EUR' })).toEqual({ asset: 'EUR', isNamed: true });
  expect(cashAssetAmong({})).toEqual({ asset: 'USDT', isNamed: false });
});
