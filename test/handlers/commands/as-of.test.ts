/**
 * A run without an as-of date took the last date of any symbol, judged no freshness, and was certified ahead of its own grid. A date in the
 * future was certified by production and import.
 */
import { describe, expect, test } from '@jest/globals';
import { priceCsv, simulatedPrices } from '../../support/prices.ts';
import { dailyReturns, wholeRun } from '../../support/imported-run.ts';
import { writeRunDirectory } from '../../support/run-directory.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { Workbench } from '../../support/cli.ts';
import { smallSleeves } from '../../support/small-market.ts';

const scratch = scratchDirectory();

/** Prices of the stocks, of which one symbol has none after a date. */
function endingEarly(symbol: string, last: string, options: { readonly until?: string } = {}): string {
  const table = simulatedPrices({ symbols: smallSleeves.stocks, first: '2022-04-01', last: options.until ?? '2022-12-30', seed: 7 });
  const column = table.symbols.indexOf(symbol);
  const closes = table.closes.map((prices, at) => prices.map((price, row) => (at === column && table.dates[row]! > last ? NaN : price)));
  return priceCsv({ ...table, closes });
}

const produce = (bench: Workbench, text: string, flags: readonly string[] = [], now = '2023-01-15T12:00:00.000Z') =>
  bench.json(['flow', 'production', '--profile', 'stocks', '--prices', bench.write('stocks.csv', text), ...flags], { now });

describe('a run without an as-of date', () => {
  test('has the date where its grid ends, and says for which symbol it ends there', async () => {
    const bench = new Workbench(scratch);
    const { exit, result } = await produce(bench, endingEarly('NYSE:BBB', '2022-12-28'));
    expect([exit, result['asOf'], result['eligibility']]).toEqual([0, '2022-12-28', 'CERTIFIED']);
    const { stdout } = await bench.run(['flow', 'production', '--profile', 'stocks', '--prices', bench.path('stocks.csv')]);
    expect(stdout).toContain('The grid ends 2 calendar days before the last price of the universe, of 2022-12-30: NYSE:BBB');
  });

  test('is stopped by a symbol that ends further back than its limit, as with an as-of date', async () => {
    const bench = new Workbench(scratch);
    const text = endingEarly('NYSE:BBB', '2022-11-22');
    const { exit, result } = await produce(bench, text);
    expect([exit, result['asOf'], result['eligibility']]).toEqual([1, '2022-11-22', 'INELIGIBLE']);
    expect((result['integrity'] as { findings: unknown[] }).findings).toMatchObject([
      { code: 'stale', symbol: 'NYSE:BBB', date: '2022-11-22', message: expect.stringContaining('38 days before 2022-12-30') as unknown },
    ]);
    expect((await produce(bench, text, ['--as-of', '2022-12-30'])).exit).toBe(1);
  });

  test('is not stopped by a benchmark that nothing holds', async () => {
    const bench = new Workbench(scratch);
    const spy = bench.write(
      'spy.csv',
      priceCsv(simulatedPrices({ symbols: ['AMEX:SPY'], first: '2022-04-01', last: '2022-10-31', seed: 7 })),
    );
    const { exit, result } = await produce(bench, endingEarly('NYSE:BBB', '2022-12-30'), [spy]);
    expect([exit, result['eligibility']]).toEqual([0, 'CERTIFIED']);
  });

  test('recorded again is the same run', async () => {
    const bench = new Workbench(scratch);
    const text = endingEarly('NYSE:BBB', '2022-12-28');
    const { runId } = (await produce(bench, text)).result;
    expect((await produce(bench, text)).result).toMatchObject({ runId, already: true });
    expect((await bench.json(['replay', runId as string, '--strict'])).result).toMatchObject({ identical: 1 });
  });
});

describe('a date after tomorrow', () => {
  test('in prices is refused with file, line, symbol and date, and nothing is recorded', async () => {
    const bench = new Workbench(scratch);
    const { exit, error } = await produce(bench, endingEarly('NYSE:BBB', '2022-12-28'), [], '2022-12-28T12:00:00.000Z');
    expect([exit, error]).toMatchObject([2, { code: 'DateInFuture', evidence: { date: '2022-12-30', latest: '2022-12-29' } }]);
    expect(error!.message).toMatch(/stocks\.csv, line \d+: NYSE:AAA has a price on 2022-12-30, which is after 2022-12-29, tomorrow in UTC/);
    expect(await bench.events()).toEqual([]);
    const audited = await bench.json(['audit', 'integrity', '--prices', bench.path('stocks.csv')], { now: '2022-12-28T12:00:00.000Z' });
    expect(audited).toMatchObject({ exit: 2, error: { code: 'DateInFuture' } });
  });

  test('behind the as-of date of a run is not read, and no matter; the as-of date itself is', async () => {
    const bench = new Workbench(scratch);
    const text = endingEarly('NYSE:BBB', '2022-12-30');
    const now = '2022-12-28T12:00:00.000Z';
    expect((await produce(bench, text, ['--as-of', '2022-12-28'], now)).exit).toBe(0);
    expect((await produce(bench, text, ['--as-of', '2022-12-29'], now)).exit).toBe(0);
    expect((await produce(bench, text, ['--as-of', '2022-12-30'], now)).error).toMatchObject({ code: 'DateInFuture' });
  });

  test('that was recorded is answered from the record, and recomputed', async () => {
    const bench = new Workbench(scratch);
    const text = endingEarly('NYSE:BBB', '2022-12-30');
    const { runId } = (await produce(bench, text)).result;
    // The clock was put back.
    const earlier = '2022-12-01T12:00:00.000Z';
    expect((await produce(bench, text, [], earlier)).result).toMatchObject({ runId, already: true });
    expect((await bench.json(['replay', '--all', '--strict'], { now: earlier })).result).toMatchObject({ identical: 1 });
  });

  test('in the returns of a run directory is refused, by sleeve import and by watch', async () => {
    const bench = new Workbench(scratch);
    const run = writeRunDirectory(bench.path('runs/first'), { ...wholeRun(), returns: { 'hrp.csv': dailyReturns(1, 90, '2024-01-01') } });
    const now = '2024-03-20T12:00:00.000Z';
    const { exit, error } = await bench.json(['sleeve', 'import', '--run', run], { now });
    expect([exit, error]).toMatchObject([2, { code: 'DateInFuture', evidence: { date: '2024-03-22', latest: '2024-03-21' } }]);
    expect(error!.message).toContain('data/returns/hrp.csv has a return on 2024-03-22');
    expect((await bench.json(['sleeve', 'import', '--run', run], { now: '2024-04-01T00:00:00.000Z' })).exit).toBe(0);
    const other = new Workbench(scratch);
    const watched = await other.json(['watch', bench.path('runs'), '--once', '--settle-seconds', '0', '--no-seal', '--create-ledger'], {
      now,
    });
    expect(watched).toMatchObject({ exit: 1, result: { runs: [{ kind: 'broken', error: { code: 'DateInFuture' } }] } });
  });
});
