import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { PriceFile } from '../../../domain/returns/price-file.ts';
import { parseRenames, renamedPrices } from '../../../domain/returns/renamed-prices.ts';
import { refusalOf } from '../../support/refusal.ts';
import { workedExample } from '../../support/worked-example.ts';

function fileOf(symbols: readonly string[], file = 'crypto.csv'): PriceFile {
  const closes = symbols.map((_, column) => Float64Array.of(column + 1, column + 2));
  return {
    file,
    sha256: '0'.repeat(64),
    table: { dates: ['2022-01-01', '2022-01-02'], symbols, closes },
    lines: { first: 2 },
    defects: [],
  };
}

const namesOf = (symbols: readonly string[], pairs: readonly string[]): readonly string[] =>
  renamedPrices([fileOf(symbols)], parseRenames(pairs))[0]!.table.symbols;

const { rename } = workedExample('crypto_rules') as { readonly rename: readonly { spec: string; before: string; after: string }[] };

test.each(rename)('worked example: $spec', ({ spec, before, after }) => {
  const [file] = renamedPrices([fileOf([before, 'CRYPTO:ETHUSD'])], parseRenames([spec]));
  expect(file).toMatchObject({ table: { symbols: [after, 'CRYPTO:ETHUSD'] }, renamed: { [after]: before } });
  expect(file!.table.closes[0]).toEqual(Float64Array.of(1, 2));
});

describe('names of columns', () => {
  test('are found in any spelling, and are changed all at once', () => {
    expect(namesOf(['crypto:btcusd'], ['Crypto:BtcUsd=binance:btcusdt'])).toEqual(['BINANCE:BTCUSDT']);
    expect(namesOf(['NYSE:A', 'NYSE:B'], ['NYSE:A=NYSE:B', 'NYSE:B=NYSE:A'])).toEqual(['NYSE:B', 'NYSE:A']);
  });

  test('a file without any of them stays as it is', () => {
    const files = renamedPrices([fileOf(['CRYPTO:BTCUSD']), fileOf(['NYSE:A'], 'a.csv')], parseRenames(['CRYPTO:BTCUSD=BINANCE:BTCUSDT']));
    expect(files.map(({ renamed }) => renamed)).toEqual([{ 'BINANCE:BTCUSDT': 'CRYPTO:BTCUSD' }, undefined]);
  });

  test('law: renaming there and back gives the columns again', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[A-Z]{1,5}$/), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(names, (tickers) => {
        const columns = tickers.map((ticker) => `CRYPTO:${ticker}`);
        const there = renamedPrices([fileOf(columns)], parseRenames(tickers.map((ticker) => `CRYPTO:${ticker}=BINANCE:${ticker}`)));
        const back = renamedPrices(there, parseRenames(tickers.map((ticker) => `BINANCE:${ticker}=CRYPTO:${ticker}`)));
        expect(back[0]!.table.symbols).toEqual(columns);
      }),
    );
  });
});

describe('refused are', () => {
  const both = ['CRYPTO:BTCUSD', 'BINANCE:BTCUSDT'];
  test.each<[string, readonly string[], readonly string[], string, string]>([
    ['a column that no file has', both, ['CRYPTO:BTCUS=BINANCE:XUSDT'], 'PricesMissing', 'did you mean CRYPTO:BTCUSD'],
    ['a name that is taken', both, ['CRYPTO:BTCUSD=BINANCE:BTCUSDT'], 'SymbolTwice', 'would both be BINANCE:BTCUSDT'],
    ['two columns to one name', ['NYSE:A', 'NYSE:B'], ['NYSE:A=NYSE:C', 'NYSE:B=NYSE:C'], 'SymbolTwice', 'would both be NYSE:C'],
    ['one column to two names', both, ['CRYPTO:BTCUSD=NYSE:A', 'CRYPTO:BTCUSD=NYSE:B'], 'Usage', 'is renamed to NYSE:A already'],
    ['a pair without an end', both, ['CRYPTO:BTCUSD='], 'Usage', 'write FROM=TO'],
    ['a pair with three parts', both, ['CRYPTO:BTCUSD=NYSE:A=NYSE:B'], 'Usage', 'write FROM=TO'],
    ['a name that is no symbol', both, ['CRYPTO:BTCUSD=BTC'], 'SymbolInvalid', 'it names no exchange'],
    ['an exchange without a calendar', both, ['CRYPTO:BTCUSD=KRAKEN:XBT'], 'ExchangeUnknown', 'has no calendar'],
  ])('%s', (_what, columns, pairs, code, words) => {
    const refused = refusalOf(() => namesOf(columns, pairs));
    expect(refused.code).toBe(code);
    expect(refused.message).toContain(words);
  });
});
