/** The report of a backtest: what stands on its first screen, figures computed again from the exported equity, and the whole text. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, Workbench } from '../../support/cli.ts';
import { recordBacktest, recordedAt, withCrossedSleeves } from '../../support/recorded-backtest.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const golden = fileURLToPath(new URL('../../golden/backtest/report.md', import.meta.url));
const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;

interface Written {
  readonly answer: Answer;
  readonly markdown: string;
  readonly html: string;
}

async function reportOf(bench: Workbench, runId: string): Promise<Written> {
  const answer = await bench.json(['report', runId, '-o', bench.path('reports')]);
  if (answer.error !== undefined) throw new Error(answer.error.message);
  const read = (ending: string): string => readFileSync(bench.path(`reports/${runId}.${ending}`), 'utf8');
  return { answer, markdown: read('md'), html: read('html') };
}

/** The cells of the row that begins with a text, in the first table under a caption. */
function cells(markdown: string, caption: string, first: string): string[] {
  const table = markdown.slice(markdown.indexOf(`**${caption}`));
  const line = table.split('\n').find((candidate) => candidate.startsWith(`| ${first} `));
  if (line === undefined) throw new Error(`no row ${first} under ${caption}`);
  return line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, ''));
}

describe('the report of a backtest', () => {
  const bench = new Workbench(scratch, withCrossedSleeves);
  let runId: string;
  let written: Written;

  beforeAll(async () => {
    runId = await recordBacktest(bench, 'whole', ['--risk', 'all']);
    written = await reportOf(bench, runId);
  }, 60_000);

  test('says before any figure what is out of sample, what is not, and that the rule is not that of the live allocation', () => {
    const { markdown, answer } = written;
    expect(answer).toMatchObject({ ok: true, result: { runId, status: 'partly tested', asOf: '2022-12-30', sealedTo: null } });
    const before = markdown.slice(0, markdown.indexOf('**Profiles, net of costs, out-of-sample (universe_look_ahead: '));
    expect(before).toContain('Out-of-sample at both tiers from ');
    expect(before).toContain('not out-of-sample (universe_look_ahead): they were kept by their coverage up to 2022-12-30');
    expect(before).toContain(
      '**This is not the rule of the live allocation: decisions learn from the last 30 joined rows (meta_rows: trailing)',
    );
    expect(before).toMatch(/No look-ahead in any decision: \d+ decisions and \d+ windows of sleeves read only rows before/);
  });

  test('has every chart of every profile, and one of all profiles', () => {
    const drawn = [...written.html.matchAll(/data-chart="([^"]+)"/g)].map(([, name]) => name!);
    const ofHrp = drawn.filter((name) => name.endsWith('-hrp')).map((name) => name.replace(/-hrp$/, ''));
    expect(drawn[0]).toBe('equity-profiles');
    const rolling = ['rolling-volatility', 'rolling-sharpe', 'rolling-beta'];
    expect(ofHrp).toEqual(
      expect.arrayContaining([
        'equity',
        'drawdown',
        ...rolling,
        'weights',
        'risk-optimiser-sleeves',
        'turnover',
        'costs',
        'tree',
        'correlations',
        'correlations',
      ]),
    );
    expect(new Set(drawn).size).toBe(drawn.length);
  });

  test('shows figures that its exported equity gives by plain sums', async () => {
    const file = bench.path('results.json');
    await bench.json(['export', 'backtest', runId, '-o', file]);
    const results = JSON.parse(readFileSync(file, 'utf8')) as {
      profiles: Record<string, { equity: Record<string, Record<string, number>> }>;
    };
    const equity = Object.values(results.profiles['hrp']!.equity['recursive']!);
    const returns = equity.slice(1).map((wealth, row) => wealth / equity[row]! - 1);
    const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
    const deviation = Math.sqrt(returns.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (returns.length - 1));
    let [peak, worst] = [1, 0];
    for (const wealth of equity) {
      peak = Math.max(peak, wealth);
      worst = Math.min(worst, wealth / peak - 1);
    }
    const shown = cells(written.markdown, 'Profiles, net of costs', 'hrp');
    expect(shown[1]).toBe(percent(equity.at(-1)! - 1));
    expect(shown[3]).toBe(percent(deviation * Math.sqrt(252)));
    expect(shown[4]).toBe(((mean / deviation) * Math.sqrt(252)).toFixed(2));
    expect(shown[5]).toBe(percent(worst));
  });

  test('names failed profiles with their reason, and baselines that look ahead', () => {
    const { markdown } = written;
    expect(cells(markdown, 'Profiles, net of costs', 'market')[1]).toBe('**not tested**');
    expect(markdown).toContain('## Profile market: not tested');
    expect(cells(markdown, 'To be looked at', 'market')[2]).toContain('not tested: ');
    expect(markdown).toContain('| **static_hrp (look-ahead)** |');
  });

  test('traces each sleeve to the file that its prices are from, or to the run that read them', async () => {
    expect(cells(written.markdown, 'Where the prices of each sleeve are from', 'coins')[2]).toBe('coins.csv');
    const own = new Workbench(scratch);
    for (const sleeve of ['stocks', 'funds'] as const) await own.produce(sleeve);
    const recorded = await own.json(['backtest', 'run', '--meta', 'pair', '--no-seal']);
    const { markdown } = await reportOf(own, recorded.result['runId'] as string);
    expect(cells(markdown, 'Where the prices of each sleeve are from', 'stocks')[2]).toMatch(
      /^stocks.csv, as run stocks-2022-12-30-[0-9a-f]{16} read it$/,
    );
  }, 60_000);

  test('shows what was saved by crossing where sleeves share a symbol, as a second line of the costs', async () => {
    const { markdown, html } = await reportOf(bench, await recordBacktest(bench, 'crossed'));
    expect(cells(markdown, 'Profiles, net of costs', 'hrp')[7]).not.toBe('0.00 %');
    expect(html).toContain('sleeve by sleeve</li>');
    expect(written.html).not.toContain('sleeve by sleeve</li>');
  }, 60_000);

  test('of one that tested nothing has the reasons, and no figure', async () => {
    const failedRun = await recordBacktest(bench, 'whole', ['--risk', 'market']);
    const { markdown, answer } = await reportOf(bench, failedRun);
    expect(answer.result['status']).toBe('not tested');
    expect(markdown).not.toContain('Out-of-sample at both tiers');
    expect(markdown).toContain('## Profile market: not tested');
  });

  test('is not found before it was recorded, nor as of a date before its own', async () => {
    for (const time of [
      ['--known-at', '2026-11-01T00:00:00Z'],
      ['--as-of', '2022-01-31'],
    ])
      expect(await bench.json(['report', runId, '-o', bench.path('none'), ...time])).toMatchObject({
        exit: 66,
        error: { code: 'RunUnknown' },
      });
  });

  test('is the text of the golden file, up to its provenance', () => {
    const text = written.markdown.slice(0, written.markdown.indexOf('## Provenance'));
    expect(text).toContain(recordedAt);
    if (process.env['UPDATE_REPORT'] === 'true') writeFileSync(golden, text);
    expect(text).toBe(readFileSync(golden, 'utf8'));
  });

  test('has the same number of cells in each row of a markdown table', () => {
    const tables = written.markdown.split('\n\n').filter((block) => block.startsWith('| '));
    expect(tables.length).toBeGreaterThan(20);
    for (const table of tables)
      expect(
        new Set(
          table
            .trim()
            .split('\n')
            .map((line) => line.replaceAll('\\|', '').split('|').length),
        ).size,
      ).toBe(1);
  });
});
