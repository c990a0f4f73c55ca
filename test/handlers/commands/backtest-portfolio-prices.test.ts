/** Which files of prices each sleeve of a backtest is given. */
import { describe, expect, test } from '@jest/globals';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { backtestInput, type SleevePrices } from '../../../handlers/commands/backtest-portfolio.ts';
import { type LazyLedger, openedLedger } from '../../../handlers/runtime/session.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { priceFile } from '../../support/prices.ts';
import { type LooseManifest, smallManifest } from '../../support/small-market.ts';

const noLedger: LazyLedger = {
  existing: async () => null,
  writing: () => {
    throw new Error('nothing is recorded');
  },
};
const given = (name: string, sleeve: string | null, ...symbols: readonly string[]): SleevePrices => ({
  sleeve,
  file: priceFile(name, { dates: ['2022-04-01', '2022-04-04'], symbols, closes: symbols.map(() => Float64Array.of(1, 2)) }),
});
const listed = (manifest: LooseManifest): void => {
  manifest.profiles['stocks'] = { data: { symbols: ['NYSE:AAA'] } };
  manifest.profiles['funds'] = { data: { symbols: ['AMEX:EEE'] } };
  manifest.profiles['alone'] = { sleeves: [{ id: 'coins', profile: 'coins' }], meta_allocation: { profile: 'hrp', max_weight: 1 } };
};
const euro = (manifest: LooseManifest): void => {
  listed(manifest);
  manifest.profiles['stocks']!['currency'] = 'EUR';
};

async function filesOf(
  meta: string,
  prices: readonly SleevePrices[] | null,
  change: (manifest: LooseManifest) => void = listed,
  ledger = noLedger,
) {
  const manifest = parseManifest(smallManifest(change), 'small.json');
  const asked = { from: null, asOf: null, repair: null, risks: null, join: null, projection: null } as const;
  const { sleeves } = await backtestInput(ledger, { ...asked, manifest, meta, prices });
  return sleeves.map(({ path, files }) => [path.join('/'), files.map(({ file }) => file)]);
}

describe('the prices of a sleeve', () => {
  test('are its own files where some are named for it, by id or by path', async () => {
    const own = [given('a.csv', 'stocks', 'NYSE:AAA'), given('b.csv', 'stocks', 'NYSE:BBB'), given('c.csv', 'funds', 'AMEX:EEE')];
    expect(await filesOf('pair', [...own, given('common.csv', null, 'NYSE:AAA', 'AMEX:EEE')])).toEqual([
      ['stocks', ['a.csv', 'b.csv']],
      ['funds', ['c.csv']],
    ]);
    const nested = [given('a.csv', 'listed/stocks', 'NYSE:AAA'), given('b.csv', 'funds', 'AMEX:EEE'), given('c.csv', 'coins', 'BINANCE:X')];
    expect(await filesOf('nested', nested)).toEqual([
      ['listed/stocks', ['a.csv']],
      ['listed/funds', ['b.csv']],
      ['coins', ['c.csv']],
    ]);
  });

  test('are else those of all files that hold one of its symbols, in whatever spelling, or of its benchmarks', async () => {
    const common = [given('a.csv', null, 'nyse:aaa'), given('b.csv', null, 'AMEX:EEE'), given('spy.csv', null, 'AMEX:SPY')];
    expect(await filesOf('pair', common)).toEqual([
      ['stocks', ['a.csv', 'spy.csv']],
      ['funds', ['b.csv', 'spy.csv']],
    ]);
  });

  test('are all files where the only sleeve lists no symbols', async () => {
    expect(await filesOf('alone', [given('a.csv', null, 'BINANCE:X'), given('b.csv', null, 'BINANCE:Y')])).toEqual([
      ['coins', ['a.csv', 'b.csv']],
    ]);
  });

  test.each<[string, string, readonly SleevePrices[] | null, (manifest: LooseManifest) => void, object]>([
    [
      'one of several lists no symbols',
      'whole',
      [given('a.csv', null, 'NYSE:AAA', 'AMEX:EEE', 'BINANCE:X')],
      listed,
      {
        code: 'Usage',
        message: 'sleeve coins lists no symbols: say which prices are its own, with --prices coins=FILE',
        at: { path: '--prices' },
      },
    ],
    [
      'no file is for the only one',
      'alone',
      [],
      listed,
      { code: 'Usage', message: 'sleeve coins lists no symbols: say which prices are its own, with --prices coins=FILE' },
    ],
    [
      'no file has a symbol of one',
      'pair',
      [given('a.csv', null, 'NYSE:AAA')],
      listed,
      { code: 'PricesMissing', message: 'no price file has a symbol of sleeve funds', at: { path: 'funds' } },
    ],
    [
      'a file is for a sleeve that is none of the portfolio',
      'pair',
      [given('a.csv', 'coins', 'NYSE:AAA')],
      listed,
      { code: 'Usage', message: 'pair has no sleeve coins', at: { path: '--prices' } },
    ],
    ['its sleeves count in two currencies', 'pair', [given('a.csv', null, 'NYSE:AAA')], euro, { code: 'CurrencyMixed' }],
    [
      'there is no ledger to take them from',
      'pair',
      null,
      listed,
      { code: 'LedgerMissing', message: 'there is no ledger with recorded runs: give the prices with --prices' },
    ],
  ])('are none where %s', async (_, meta, prices, change, error) => {
    await expect(filesOf(meta, prices, change)).rejects.toMatchObject(error);
  });

  test('are those of recorded runs where none are given, of which there must be some', async () => {
    const ledger = openedLedger(await ledgerHolding(new FactHistory()));
    await expect(filesOf('pair', null, listed, ledger)).rejects.toMatchObject({
      code: 'SleeveRunMissing',
      evidence: { path: ['stocks'], profile: 'stocks', latest: null },
    });
  });
});
