/** `audit integrity`, and the remedies that every verb shows for prices that fail their audit. */
import { describe, expect, test } from '@jest/globals';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { Workbench } from '../../support/cli.ts';
import { smallCsv } from '../../support/small-market.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const day = '2022-10-14';

/** The prices of stocks with the first symbol changed from one day on, and rows of their own before or between. */
function stocks(change: (price: number, date: string) => number = (price) => price, rows: readonly string[] = []): string {
  const [header, ...lines] = smallCsv('stocks').trimEnd().split('\n');
  const changed = lines.map((line) => {
    const [date, first, ...others] = line.split(',');
    return [date, change(Number(first), date!), ...others].join(',');
  });
  return `${[header, ...[...rows, ...changed].toSorted()].join('\n')}\n`;
}

const split = stocks((price, date) => (date >= day ? price / 4 : price));
const friday = stocks()
  .split('\n')
  .find((line) => line.startsWith(day))!;
/** Friday's prices once more on a Saturday. */
const onSaturday = stocks(undefined, [friday.replace(day, '2022-10-15')]);

interface Audited {
  readonly verdict: { readonly errors: number; readonly findings: readonly { readonly code: string }[] };
  readonly calendars: readonly { readonly symbol: string; readonly calendar: string | null }[];
  readonly remedies: readonly { readonly code: string; readonly remedy: string }[];
}

const produce = (file: string, ...more: string[]): string[] => ['flow', 'production', '--profile', 'stocks', '--prices', file, ...more];

describe('audit integrity --prices', () => {
  test('judges files without a ledger, each symbol on its own calendar, and records nothing', async () => {
    const bench = new Workbench(directory);
    const files = [bench.write('stocks.csv', stocks()), bench.write('coins.csv', smallCsv('coins'))];
    const { exit, stdout } = await bench.run(['audit', 'integrity', '--prices', ...files, '--as-of', '2022-12-30']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/XNYS: NYSE:AAA, NYSE:BBB, NASDAQ:CCC\n.*XCRY: BINANCE:XXXUSDT, BINANCE:YYYUSDT/);
    await expect(bench.json(['runs'])).resolves.toMatchObject({ ok: false, error: { code: 'LedgerMissing' } });
  });

  test('exits 1 with the errors and what can be done about them; the repair leaves none', async () => {
    const bench = new Workbench(directory);
    const file = bench.write('stocks.csv', onSaturday);
    const result = await bench.run(['audit', 'integrity', '--prices', file, '--json']);
    const { verdict, calendars, remedies } = (JSON.parse(result.stdout) as { result: Audited }).result;
    expect([result.exit, verdict.errors, new Set(verdict.findings.map(({ code }) => code))]).toEqual([
      1,
      3,
      new Set(['off_calendar_row', 'padding_suspected']),
    ]);
    expect(calendars[0]).toEqual({ symbol: 'NYSE:AAA', calendar: 'XNYS' });
    expect(remedies).toEqual([{ code: 'off_calendar_row', remedy: expect.stringContaining('--repair drop-off-calendar') }]);
    expect((await bench.run(['audit', 'integrity', '--prices', file, '--repair', 'drop-off-calendar'])).exit).toBe(0);
  });

  test('warns of a suspected split, with the line that accepts it, and exits 0', async () => {
    const bench = new Workbench(directory);
    const { exit, stdout } = await bench.run(['audit', 'integrity', '--prices', bench.write('stocks.csv', split)]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/warning: NYSE:AAA moves from .* on 2022-10-14 .*an unadjusted split, 1 into 4\?/);
    expect(stdout).toMatch(/remedy for split_suspected: .*data\.accept_moves \(NYSE:AAA\)/);
  });

  test('takes a run or prices, not both and not neither', async () => {
    const bench = new Workbench(directory);
    for (const argv of [[], ['some-run', '--prices', bench.write('stocks.csv', stocks())]])
      expect(await bench.json(['audit', 'integrity', ...argv])).toMatchObject({ ok: false, error: { code: 'Usage' } });
  });
});

describe('a run on such prices', () => {
  test('is ineligible and names the remedy; audit integrity finds the same again', async () => {
    const bench = new Workbench(directory);
    const file = bench.write('stocks.csv', onSaturday);
    expect((await bench.run(produce(file))).stdout).toContain('remedy for off_calendar_row: --repair drop-off-calendar');
    const { result } = await bench.json(produce(file));
    expect(result).toMatchObject({ already: true, eligibility: 'INELIGIBLE', integrity: { remedies: [{ code: 'off_calendar_row' }] } });
    const audited = await bench.run(['audit', 'integrity', result['runId'] as string, '--json']);
    expect(audited.exit).toBe(1);
    expect(JSON.parse(audited.stdout)).toMatchObject({
      result: {
        recorded: { rules: rulesInForce, grade: 'INELIGIBLE', verdict: { errors: 3 } },
        again: { rules: rulesInForce, verdict: { errors: 3 } },
        isFailed: true,
      },
    });
  });

  test('in the demonstration ends it with the remedy', async () => {
    const bench = new Workbench(directory);
    bench.write('prices/stocks.csv', onSaturday);
    bench.write('prices/coins.csv', smallCsv('coins'));
    const answer = await bench.json(['demo', '--prices', bench.path('prices'), '--output', bench.path('out'), '--as-of', '2022-12-30']);
    expect(answer).toMatchObject({ ok: false, error: { code: 'SleeveRunIneligible' } satisfies { code: LedgerError['code'] } });
    expect(answer.error!.message).toContain('remedy for off_calendar_row: --repair drop-off-calendar');
  });

  test('is degraded by a split until the settings accept it; the acceptance is an event, and both runs replay', async () => {
    const bench = new Workbench(directory);
    const file = bench.write('stocks.csv', split);
    const { result: degraded } = await bench.json(produce(file));
    expect(degraded).toMatchObject({ eligibility: 'DEGRADED', reasons: [expect.stringContaining('split_suspected: NYSE:AAA moves')] });
    const why = 'a spin-off that the vendor does not adjust for';
    bench.writeManifest(({ defaults }) => (defaults['data']!['accept_moves'] = [{ symbol: 'NYSE:AAA', date: day, why }]));
    const { result: accepted } = await bench.json(produce(file));
    expect([accepted['eligibility'], accepted['already']]).toEqual(['CERTIFIED', false]);
    const { result } = await bench.json(['ledger', 'events', '--types', 'MovesAccepted']);
    expect(result['events']).toMatchObject([
      { actor: 'tester', data: { moves: [{ code: 'split_suspected', symbol: 'NYSE:AAA', date: day, why }] } },
    ]);
    expect((await bench.json(['replay', '--all'])).result).toMatchObject({ checked: 2, identical: 2 });
  });

  test('that begin in 1962 uses its lookback only, says what it left alone, and replays', async () => {
    const bench = new Workbench(directory);
    const file = bench.write('stocks.csv', stocks(undefined, ['1962-01-02,1,1,1', '1962-01-03,1,1,1']));
    for (const repair of [[], ['--repair', 'drop-off-calendar']]) {
      const { result } = await bench.json(produce(file, ...repair));
      expect(result).toMatchObject({ eligibility: 'CERTIFIED', integrity: { errors: 0, notJudged: { defects: 0 } } });
    }
    expect((await bench.run(produce(file))).stdout).toMatch(/\d+ rows outside the range that is used, not judged\./);
    expect((await bench.json(['replay', '--all'])).result).toMatchObject({ checked: 2, identical: 2 });
  });
});
