import { describe, expect, test } from '@jest/globals';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { benchmarkAmong } from '../../../domain/manifest/starter-benchmark.ts';
import { starterManifest } from '../../../domain/manifest/starter.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { limits } from '../../../domain/shared/limits.ts';

const files = [
  { file: 'prices/Equities 2023.csv', symbols: ['NYSE:IBM', 'NASDAQ:AAPL'] },
  { file: 'etfs.csv', symbols: ['AMEX:SPY', 'AMEX:TLT'] },
  { file: 'crypto.parquet', symbols: ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT'] },
];

describe('a starter manifest', () => {
  const { manifest, profiles, metaProfile } = starterManifest(files);
  const parsed = parseManifest(JSON.stringify(manifest));

  test('names a sleeve after each file and puts one portfolio over them', () => {
    expect(profiles.map(({ profile }) => profile)).toEqual(['equities_2023', 'etfs', 'crypto']);
    expect(metaProfile).toBe('meta_production');
    expect(resolveMeta(parsed, 'meta_production').sleeves.map(({ id }) => id)).toEqual(['equities_2023', 'etfs', 'crypto']);
  });

  test('writes 60/20/20 on 500 days, selection none, and the symbols of the file', () => {
    const { blocks, selectionMode, provenance } = resolveProfile(parsed, 'equities_2023');
    expect(blocks.data).toMatchObject({ lookback_days: 500, symbols: ['NYSE:IBM', 'NASDAQ:AAPL'] });
    expect([blocks.backtest.train_window, blocks.backtest.test_window, blocks.backtest.step_size]).toEqual([60, 20, 20]);
    expect(selectionMode.value).toBe('none');
    expect(provenance['backtest.train_window']?.layer).toBe('defaults');
  });

  test('gives a file that trades round the clock the documented frictions, and only such a file', () => {
    expect(resolveProfile(parsed, 'crypto').blocks.backtest).toMatchObject({
      backtest_slippage: 0.001,
      backtest_commission: 0.0004,
      benchmark_symbols: ['BINANCE:BTCUSDT'],
    });
    expect(resolveProfile(parsed, 'etfs').blocks.backtest).toMatchObject({
      backtest_slippage: 0.0005,
      backtest_commission: 0.0001,
      benchmark_symbols: ['AMEX:SPY'],
    });
  });

  test('of one file has no portfolio, and starts with the sleeve', () => {
    const single = starterManifest([files[1]!]);
    expect(single.metaProfile).toBeNull();
    expect(single.manifest['default_profile']).toBe('etfs');
  });

  test('keeps names apart and fit for a stream', () => {
    const twins = starterManifest([
      { file: 'a/x.csv', symbols: ['NYSE:IBM'] },
      { file: 'b/x.csv', symbols: ['NYSE:IBM'] },
      { file: '(*).csv', symbols: ['NYSE:IBM'] },
      { file: 'meta_production.csv', symbols: ['NYSE:IBM'] },
    ]);
    expect(twins.profiles.map(({ profile }) => profile)).toEqual(['x', 'x_2', 'sleeve', 'meta_production_2']);
  });

  test('of more sleeves than 5 % each can hold switches the lower bound off', () => {
    const many = Array.from({ length: 21 }, (_, index) => ({ file: `f${index}.csv`, symbols: ['NYSE:IBM'] }));
    expect(resolveMeta(parseManifest(JSON.stringify(starterManifest(many).manifest)), 'meta_production').allocation.min_weight).toBeNull();
    expect(
      resolveMeta(parseManifest(JSON.stringify(starterManifest(many.slice(0, 20)).manifest)), 'meta_production').allocation.min_weight,
    ).toBe(0.05);
  });

  test('of an unknown exchange is refused with the file', () => {
    expect(() => starterManifest([{ file: 'x.csv', symbols: ['NOWHERE:X'] }])).toThrow(
      expect.objectContaining({ code: 'ExchangeUnknown', at: { file: 'x.csv', line: 1, path: 'NOWHERE:X' } }),
    );
  });

  // Once an internal error, "Report this with the output of --debug".
  test.each([
    ['AAPL', 'names no exchange'],
    ['NYSE:A:B', 'more than one colon'],
    ['NYSE:', 'nothing stands behind the colon'],
    [':IBM', 'nothing stands before the colon'],
    ['NYSE:BRK B', 'write NYSE:BRK.B'],
    ['NASDAQ:"Q"', 'a quote, comma'],
    ['NASDAQ:A,B', 'a quote, comma'],
    ['NYSE:\u200bIBM', 'control character'],
    ['nyse:IBM', 'write NYSE:IBM'],
    ['NYSE:ibm', 'write NYSE:IBM'],
    [`NYSE:${'X'.repeat(200)}`, 'longer than 200'],
  ])('of the column %j is refused with file, column and advice, and is no internal error', (symbol, why) => {
    expect(() => starterManifest([{ file: 'x.csv', symbols: ['NYSE:IBM', symbol] }])).toThrow(
      expect.objectContaining({
        code: 'SymbolInvalid',
        message: expect.stringContaining(why) as unknown,
        evidence: { column: 3, symbol },
        at: { file: 'x.csv', line: 1, path: symbol },
      }),
    );
  });

  test('of more files than a portfolio has sleeves is refused by the limit', () => {
    const many = Array.from({ length: limits.sleevesPerPortfolioMax + 1 }, (_, index) => ({
      file: `f${index}.csv`,
      symbols: ['NYSE:IBM'],
    }));
    expect(() => starterManifest(many)).toThrow(expect.objectContaining({ code: 'LimitExceeded' }));
  });
});

describe('the benchmark of a starter', () => {
  const three = starterManifest([
    { file: 'stocks.csv', symbols: ['NYSE:IBM', 'NASDAQ:AAPL'] },
    { file: 'etfs.csv', symbols: ['AMEX:SPY', 'AMEX:TLT'] },
    { file: 'alts.csv', symbols: ['BINANCE:ETHUSDT', 'BINANCE:SOLUSDT'] },
  ]);
  const parsed = parseManifest(JSON.stringify(three.manifest));
  const risksOf = (profile: string): readonly string[] => resolveProfile(parsed, profile).blocks.backtest.profiles;

  test('is a symbol of its own file; without one market is left out there and in the portfolio, and the reason is said', () => {
    expect(risksOf('etfs')).toContain('market');
    expect(risksOf('stocks')).not.toContain('market');
    expect(risksOf('alts')).not.toContain('market');
    expect(resolveMeta(parsed, 'meta_production').blocks.backtest.profiles).not.toContain('market');
    expect(three.notes).toEqual([
      expect.stringMatching(/^stocks: the profile market is left out, as stocks\.csv has no column of a market, such as AMEX:SPY/),
      expect.stringMatching(/^alts: the profile market is left out, as alts\.csv has no column of bitcoin/),
    ]);
  });

  test.each([
    [['BINANCE:ETHUSDT', 'OKX:BTCUSDC'], 'OKX:BTCUSDC'],
    [['BYBIT:BTCUSDT.P', 'BYBIT:ETHUSDT.P'], 'BYBIT:BTCUSDT.P'],
    [['CRYPTO:BTCUSD', 'AMEX:SPY'], 'AMEX:SPY'],
    [['CRYPTO:BTCUSD', 'AMEX:TLT'], null],
    [['AMEX:VTI', 'AMEX:IVV'], 'AMEX:IVV'],
    [['CME_MINI:ES1!', 'COMEX:GC1!'], 'CME_MINI:ES1!'],
    [['BINANCE:WBTCUSDT', 'BINANCE:ETHBTC'], null],
  ])('of %j is %s', (symbols, benchmark) => {
    expect(benchmarkAmong(symbols)).toBe(benchmark);
  });
});
