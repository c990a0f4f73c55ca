import { describe, expect, test } from '@jest/globals';
import { isAllowed } from '../../domain/returns/calendar.ts';
import type { CalendarId } from '../../domain/returns/exchanges.ts';
import { Workbench } from '../support/cli.ts';
import { priceCsv, simulatedPrices } from '../support/prices.ts';
import { scratchDirectory } from '../support/scratch.ts';

/**
 * Seen with a fund of German and Dutch shares: every exchange outside the US was `ExchangeUnknown`, so that it could not start. Exchanges
 * have calendars of their own, and a sleeve has the one currency of its exchanges.
 */
const scratch = scratchDirectory();

function pricesOf(symbols: readonly string[], calendar: CalendarId): string {
  const [header, ...rows] = priceCsv(simulatedPrices({ symbols, first: '2022-04-01', last: '2022-12-30', seed: 7 }))
    .trim()
    .split('\n');
  return `${[header, ...rows.filter((row) => isAllowed(calendar, row.slice(0, 10)))].join('\n')}\n`;
}

function benchIn(currency: string | null): Workbench {
  return new Workbench(scratch, (manifest) => {
    const stated = currency === null ? {} : { currency };
    manifest.defaults['backtest']!['profiles'] = 'hrp,equal_weight';
    manifest.profiles['stocks'] = { ...stated };
    manifest.profiles['funds'] = { ...stated };
    manifest.profiles['pair'] = { ...manifest.profiles['pair'], ...stated };
  });
}

const fileOf = (bench: Workbench, symbols: string[]) => bench.write('stocks.csv', pricesOf(symbols, 'XETR'));
const flow = (bench: Workbench, prices: string) => bench.json(['flow', 'production', '--profile', 'stocks', '--prices', prices]);

describe('a fund of shares outside the US', () => {
  test('runs in its currency, on the sessions of its exchanges', async () => {
    const bench = benchIn('EUR');
    const stocks = bench.write('stocks.csv', pricesOf(['XETR:AAA', 'XETR:BBB', 'XETR:CCC'], 'XETR'));
    const funds = bench.write('funds.csv', pricesOf(['XAMS:EEE', 'XAMS:FFF'], 'XAMS'));
    for (const [profile, file] of [
      ['stocks', stocks],
      ['funds', funds],
    ] as const) {
      const answer = await bench.json(['flow', 'production', '--profile', profile, '--prices', file, '--no-seal']);
      expect(answer).toMatchObject({ exit: 0, result: { eligibility: 'CERTIFIED', universe: { annualisationDays: 252 } } });
    }
    const meta = await bench.json(['flow', 'meta', '--profile', 'pair', '--no-seal']);
    expect(meta).toMatchObject({ exit: 0 });
    expect(await bench.json(['replay', '--all'])).toMatchObject({ exit: 0 });
  });

  test('is refused with advice in another currency, or in two', async () => {
    const dollars = benchIn(null);
    expect((await flow(dollars, fileOf(dollars, ['XETR:AAA', 'XETR:BBB']))).error).toMatchObject({
      code: 'CurrencyMixed',
      message: expect.stringContaining('write "currency": "EUR"'),
    });
    const euros = benchIn('EUR');
    expect((await flow(euros, fileOf(euros, ['XETR:AAA', 'SIX:BBB']))).error).toMatchObject({
      code: 'CurrencyMixed',
      message: expect.stringContaining('CHF (SIX:BBB) and EUR (XETR:AAA): make a sleeve for each currency'),
    });
  });

  test('gets a starter manifest in its currency', async () => {
    const bench = benchIn(null);
    const file = bench.write('xetra.csv', pricesOf(['XETR:AAA', 'XETR:BBB'], 'XETR'));
    expect(await bench.json(['init', '--prices', file, '--force'])).toMatchObject({ exit: 0 });
    const shown = await bench.json(['flow', 'production', '--profile', 'xetra', '--prices', file, '--no-seal']);
    expect(shown.error?.code).not.toBe('CurrencyMixed');
  });

  test('says which years its calendar has', async () => {
    const bench = benchIn('JPY');
    const early = bench.write('stocks.csv', 'date,TSE:1,TSE:2\n1990-01-04,1,2\n1990-01-05,1,2\n');
    const { error, exit } = await bench.json(['flow', 'production', '--profile', 'stocks', '--prices', early]);
    expect({ exit, error }).toMatchObject({
      exit: 2,
      error: { code: 'CalendarYearUnknown', message: expect.stringContaining('from 1997 to 2030') },
    });
  });
});
