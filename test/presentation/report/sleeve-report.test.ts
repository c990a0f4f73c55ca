import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const now = '2026-11-21T08:00:00.000Z';
const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;

interface Csv {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function csv(file: string): Csv {
  const [head, ...rows] = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  return { head: head!, rows };
}

const growth = (of: readonly (readonly string[])[]): number => of.reduce((wealth, [, value]) => wealth * (1 + Number(value)), 1) - 1;

/** The cells of the row that begins with a text, in the table under a caption. */
function cells(markdown: string, caption: string, first: string): string[] {
  const table = markdown.slice(markdown.indexOf(`**${caption}`));
  const line = table.split('\n').find((candidate) => candidate.startsWith(`| ${first} `));
  return line!.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''));
}

describe('the report of a sleeve run', () => {
  const bench = new Workbench(scratch);
  let runId: string;
  let markdown: string;
  let html: string;

  beforeAll(async () => {
    runId = await bench.produce('funds', {}, [], { now });
    const answer = await bench.json(['report', runId, '-o', bench.path('reports')]);
    expect(answer.error).toBeUndefined();
    expect(answer).toMatchObject({ ok: true, exit: 0, result: { runId } });
    markdown = readFileSync(bench.path(`reports/${runId}.md`), 'utf8');
    html = readFileSync(bench.path(`reports/${runId}.html`), 'utf8');
  }, 60_000);

  test('has a tear sheet for each profile, with every chart of it', () => {
    for (const risk of ['hrp', 'equal_weight', 'market']) expect(markdown).toContain(`## Profile ${risk}`.replaceAll('_', '_'));
    const drawn = [...html.matchAll(/data-chart="([^"]+)-hrp"/g)].map(([, name]) => name);
    expect(drawn).toEqual([
      'equity',
      'drawdown',
      'rolling-volatility',
      'rolling-sharpe',
      'rolling-beta',
      'weights',
      'risk-optimiser-assets',
      'turnover',
      'costs',
      'tree',
    ]);
  });

  test('gives the total of the recorded stream, month by month and as a whole', async () => {
    await bench.json(['export', 'returns', runId, '--risk', 'hrp', '-o', bench.path('returns.csv')]);
    const { rows } = csv(bench.path('returns.csv'));
    const section = markdown.slice(markdown.indexOf('## Profile hrp'));
    expect(cells(section, 'Figures', 'funds hrp')[1]).toBe(percent(growth(rows)));
    const [, ...months] = cells(section, 'Monthly returns', '2022');
    const of = (month: string): string => `${(100 * growth(rows.filter(([date]) => date!.startsWith(month)))).toFixed(1)} %`;
    expect(months[10]).toBe(of('2022-11'));
    // The last full window ends before the last session of the month.
    expect(rows.at(-1)![0]! < '2022-12-30').toBe(true);
    expect(months[11]).toBe(`${of('2022-12')}\\*`);
  });

  test('shades gains and losses of the months', () => {
    expect(html).toMatch(/<td class="number (gain|loss)-[1-4]">/);
  });

  test('says in words what is not part of the run', () => {
    expect(markdown).toContain('Not part of this run: streams of sleeves');
  });

  test('is found by the word for it where the sleeve is named', async () => {
    const answer = await bench.json(['report', 'latest', '--sleeve', 'funds', '-o', bench.path('latest')]);
    expect(answer).toMatchObject({ exit: 0, result: { runId } });
    expect(readFileSync(bench.path(`latest/${runId}.md`), 'utf8')).toBe(markdown);
  });

  test('stands as tables of every series, in either format', async () => {
    const answer = await bench.json(['export', 'series', runId, '--risk', 'hrp', '-o', bench.path('series')]);
    const files = (answer.result['files'] as { file: string; rows: number }[]).map(({ file }) => file);
    expect(readdirSync(bench.path('series')).toSorted()).toEqual(files.toSorted());
    expect(files).toEqual(
      expect.arrayContaining(['returns.csv', 'wealth.csv', 'drawdowns.csv', 'weights.csv', 'trades.csv', 'rolling.csv']),
    );
    const wealth = csv(bench.path('series/wealth.csv'));
    expect(wealth.head[1]).toBe('funds_hrp');
    const total = Number(wealth.rows.at(-1)![1]) - 1;
    expect(cells(markdown.slice(markdown.indexOf('## Profile hrp')), 'Figures', 'funds hrp')[1]).toBe(percent(total));
    const shares = csv(bench.path('series/risk_optimiser_assets.csv'));
    for (const row of shares.rows) expect(Math.abs(row.slice(1).reduce((sum, share) => sum + Number(share), 0) - 1)).toBeLessThan(1e-12);
    const parquet = await bench.json(['export', 'series', runId, '--risk', 'hrp', '-o', bench.path('parquet'), '--format', 'parquet']);
    expect(parquet.exit).toBe(0);
    expect(readFileSync(bench.path('parquet/returns.parquet')).subarray(0, 4).toString()).toBe('PAR1');
  });

  test('of a run that was taken over measures the same streams, and says that it knows no windows', async () => {
    const elsewhere = new Workbench(scratch);
    await bench.json(['export', 'run', runId, '-o', bench.path('run')]);
    const imported = await elsewhere.json(['sleeve', 'import', '--run', bench.path('run'), '--profile', 'funds'], { now });
    expect(imported.error).toBeUndefined();
    const id = imported.result['runId'] as string;
    expect(await elsewhere.json(['report', id, '-o', elsewhere.path('reports')])).toMatchObject({
      ok: true,
      result: { status: 'degraded' },
    });
    const taken = readFileSync(elsewhere.path(`reports/${id}.md`), 'utf8');
    expect(cells(taken.slice(taken.indexOf('## Profile hrp')), 'Figures', 'funds hrp').slice(1, 5)).toEqual(
      cells(markdown.slice(markdown.indexOf('## Profile hrp')), 'Figures', 'funds hrp').slice(1, 5),
    );
    expect(taken).toMatch(/Not part of this run: .*windows/);
  }, 60_000);

  test.each([
    ['a profile that the run has not', ['--risk', 'barbell'], 'ProfileNotAvailable'],
    ['a format that nobody writes', ['--risk', 'hrp', '--format', 'xlsx'], 'Usage'],
  ])('refuses %s, and writes nothing', async (_, flags, code) => {
    const answer = await bench.json(['export', 'series', runId, ...flags, '-o', bench.path('none')]);
    expect(answer.error!.code).toBe(code);
    expect(existsSync(bench.path('none'))).toBe(false);
  });
});
