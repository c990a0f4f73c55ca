import { describe, expect, test } from '@jest/globals';
import { baseAssetOf, identityOf } from '../../../domain/selection/identity.ts';
import { stableCoinOf } from '../../../domain/selection/stable-coins.ts';
import { seeded } from '../../support/figures.ts';

describe('the base asset of a pair', () => {
  test.each([
    ['BINANCE:BTCUSDT', 'BTC'],
    ['BINANCE:ETHUSD.P', 'ETH'],
    ['BINANCE:USDCUSDT', 'USDC'],
    ['BINANCE:BNBBUSD', 'BNB'],
    ['CRYPTO:DOGEUSD', 'DOGE'],
    ['KRAKEN:XRPEUR', 'XRP'],
    ['BINANCE:USDT', 'USDT'],
    ['BINANCE:BTCDOM', 'BTCDOM'],
  ])('of %s is %s', (symbol, base) => {
    expect(baseAssetOf(symbol)).toBe(base);
  });
});

test('one bet is what metadata say, else the base of a coin, else the symbol', () => {
  expect(identityOf('AMEX:GLD', 'gold')).toBe('gold');
  expect(identityOf('BINANCE:BTCUSDT.P', null)).toBe('BTC');
  expect(identityOf('AMEX:GLD', null)).toBe('AMEX:GLD');
  // A fund whose ticker ends like a currency is no pair.
  expect(identityOf('AMEX:USD', null)).toBe('AMEX:USD');
});

describe('a stable coin', () => {
  const random = seeded(3);
  const pegged = { closes: Float64Array.from({ length: 60 }, () => 0.999 + 0.002 * random()), annualisationDays: 365 };
  const calm = Float64Array.from({ length: 60 }, () => 0.001 * (random() - 0.5));
  const rough = calm.map((value) => 20 * value);

  test('is one by its base, whatever its price', () => {
    expect(stableCoinOf('BINANCE:DAIUSDT', { ...pegged, returns: rough })).toBe('listed');
  });

  test('is one by its price, if that stays near 1 and hardly moves', () => {
    expect(stableCoinOf('BINANCE:NEWUSDT', { ...pegged, returns: calm })).toBe('pegged');
    expect(stableCoinOf('BINANCE:NEWUSDT', { ...pegged, returns: rough })).toBeNull();
    expect(stableCoinOf('BINANCE:NEWUSDT', { ...pegged, closes: pegged.closes.map((close) => 1.03 * close), returns: calm })).toBeNull();
  });

  test('is never a fund, for nobody quotes one in coins', () => {
    expect(stableCoinOf('AMEX:USD', { ...pegged, returns: calm })).toBeNull();
  });
});
