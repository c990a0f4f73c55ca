import { describe, expect, test } from '@jest/globals';
import { baseAssetOf, identityOf } from '../../../domain/selection/identity.ts';
import { averageDailyValue, type ScanRow, symbolFactsAt, type SymbolHistory } from '../../../domain/selection/symbol-facts.ts';
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

describe('what is known of a symbol', () => {
  const rows = 30;
  const dates = Array.from({ length: rows }, (_, row) => `2023-06-${String(row + 1).padStart(2, '0')}`);
  const scanned: ScanRow = { tradedValue: 5e6, adx: 20, recommendAll: 0.3, recommendMa: 0.5, rateOfChange: 4, dailyVolatility: 2 };
  const history: SymbolHistory = {
    symbol: 'AMEX:GLD',
    isBenchmark: false,
    dates,
    closes: Float64Array.from(dates, (_, row) => 10 + row),
    volumes: new Float64Array(rows).fill(100),
    trainingRows: 20,
    returns: new Float64Array(20).fill(0.01),
    annualisationDays: 252,
    identity: null,
    metadata: null,
    scan: { asOf: '2023-06-30', rows: new Map([['AMEX:GLD', scanned]]) },
  };

  test('its traded value is the mean of close times volume over the last 20 rows', () => {
    expect(averageDailyValue(history.closes, history.volumes!)).toBe(2950);
    expect(averageDailyValue(history.closes.subarray(11), history.volumes!.subarray(11))).toBeNull();
    const gap = history.volumes!.map((volume, row) => (row === 10 ? Number.NaN : volume));
    expect(averageDailyValue(history.closes, gap)).toBeNull();
  });

  test('a scan counts from its own day on, and not before', () => {
    expect(symbolFactsAt(history)).toMatchObject({ adx: 20, recommendAll: 0.3, rateOfChange: 4, averageDailyValue: 2950 });
    const earlier = { ...history, scan: { asOf: '2023-07-01', rows: history.scan!.rows } };
    expect(symbolFactsAt(earlier)).toMatchObject({ adx: null, recommendAll: null, recommendMa: null, rateOfChange: null });
  });

  test('the traded value of a scan stands in where no volumes are given', () => {
    expect(symbolFactsAt({ ...history, volumes: null })).toMatchObject({ averageDailyValue: 5e6 });
    expect(symbolFactsAt({ ...history, volumes: null, scan: null })).toMatchObject({ averageDailyValue: null, adx: null });
  });

  test('a symbol without a stress period behind it has no survival', () => {
    expect(symbolFactsAt(history).survival).toBeNull();
  });
});
