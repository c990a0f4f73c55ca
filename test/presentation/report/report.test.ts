import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, spawnProgram, Workbench } from '../../support/cli.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const now = '2026-11-21T08:00:00.000Z';

interface Profile {
  readonly risk: string;
  readonly status: string;
  readonly sleeves: readonly { readonly id: string; readonly raw: number; readonly bounded: number }[];
  readonly join: {
    readonly rows: number;
    readonly sleeves: readonly {
      readonly id: string;
      readonly totalAfter: number;
      readonly rowsBefore: number;
      readonly rowsInside: number;
    }[];
  };
  readonly assets: readonly { readonly symbol: string; readonly weight: number }[];
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;

function dateOf(cell: string): number {
  return Date.parse(cell.replaceAll('`', ''));
}

async function benchWithSleeves(change?: ConstructorParameters<typeof Workbench>[1]): Promise<Workbench> {
  const bench = new Workbench(directory, change);
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) await bench.produce(sleeve, {}, [], { now });
  return bench;
}

function reportOf(bench: Workbench, runId: string): { readonly markdown: string; readonly html: string } {
  return {
    markdown: readFileSync(bench.path(`reports/${runId}.md`), 'utf8'),
    html: readFileSync(bench.path(`reports/${runId}.html`), 'utf8'),
  };
}

/** The cells of the first row that begins with these texts, in the table under a caption. */
function row(markdown: string, caption: string, ...first: readonly string[]): string[] {
  const table = markdown.slice(markdown.indexOf(`**${caption}`));
  const lines = table.split('\n').slice(2);
  const found = lines
    .slice(0, lines.indexOf(''))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')))
    .find((cells) => first.every((text, index) => cells[index] === text));
  if (found === undefined) throw new Error(`no row ${first.join(', ')} under ${caption}`);
  return found;
}

describe('the report of a meta run', () => {
  let bench: Workbench;
  let meta: Answer;
  let runId: string;
  let profiles: readonly Profile[];
  let markdown: string;
  let html: string;

  beforeAll(async () => {
    bench = await benchWithSleeves();
    meta = await bench.json(['flow', 'meta', '--profile', 'whole', '--risk', 'all'], { now });
    runId = meta.result['runId'] as string;
    profiles = meta.result['profiles'] as readonly Profile[];
    const answer = await bench.json(['report', runId, '-o', bench.path('reports')]);
    expect(answer).toMatchObject({ ok: true, exit: 0, warnings: [], result: { runId, status: 'partly allocated' } });
    ({ markdown, html } = reportOf(bench, runId));
  }, 60_000);

  test('shows the weights that the run answered, before and after the guardrails', () => {
    const hrp = profiles.find(({ risk }) => risk === 'hrp')!;
    const section = markdown.slice(markdown.indexOf('## Profile hrp'));
    for (const { id, raw, bounded } of hrp.sleeves)
      expect(row(section, 'Sleeve weights and contribution to risk', id).slice(1, 3)).toEqual([percent(raw), percent(bounded)]);
  });

  test('gives the effective number of sleeves as one over the sum of squared weights', () => {
    const { sleeves } = profiles.find(({ risk }) => risk === 'hrp')!;
    const squares = sleeves.reduce((sum, { bounded }) => sum + bounded * bounded, 0);
    const summary = row(markdown, 'Sleeve weights by risk philosophy', 'hrp');
    expect(summary[1 + sleeves.length]).toBe((1 / squares).toFixed(2));
  });

  test('lets the portfolio grow as its exported returns and weights do, by hand', async () => {
    const hrp = profiles.find(({ risk }) => risk === 'hrp')!;
    await bench.json(['export', 'returns', runId, '--risk', 'hrp', '-o', bench.path('joined.csv')]);
    const [head, ...lines] = readFileSync(bench.path('joined.csv'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    const weights = head!.slice(1).map((id) => hrp.sleeves.find((sleeve) => sleeve.id === id)!.bounded);
    const growth = lines.reduce(
      (wealth, cells) => wealth * (1 + weights.reduce((sum, weight, index) => sum + weight * Number(cells[index + 1]), 0)),
      1,
    );
    const section = markdown.slice(markdown.indexOf('## Profile hrp'));
    expect(lines).toHaveLength(hrp.join.rows);
    expect(row(section, 'On the joined dates', 'whole (portfolio)')[1]).toBe(percent(growth - 1));
    for (const { id, totalAfter } of hrp.join.sleeves) expect(row(section, 'On the joined dates', id)[1]).toBe(percent(totalAfter));
  });

  test('counts rows and the calendar days that they span', () => {
    const hrp = profiles.find(({ risk }) => risk === 'hrp')!;
    const section = markdown.slice(markdown.indexOf('## Profile hrp'));
    const [, first, last, rows, days] = row(section, 'Join', 'coins');
    expect(Number(rows)).toBe(hrp.join.sleeves.find(({ id }) => id === 'coins')!.rowsBefore);
    expect(Number(days)).toBe((dateOf(last!) - dateOf(first!)) / 86_400_000 + 1);
    // A market that never closes has a row on each calendar day, and New York has not.
    expect(rows).toBe(days);
    const stocks = row(section, 'Join', 'stocks');
    expect(Number(stocks[3])).toBeLessThan(Number(stocks[4]));
  });

  test('ranks assets by size, with contributors that add up', () => {
    const hrp = profiles.find(({ risk }) => risk === 'hrp')!;
    const section = markdown.slice(markdown.indexOf('## Profile hrp'));
    const largest = hrp.assets.toSorted((left, right) => Math.abs(right.weight) - Math.abs(left.weight))[0]!;
    expect(row(section, 'All', '1').slice(1, 3)).toEqual([`\`${largest.symbol}\``, percent(largest.weight)]);
  });

  test('says by name and reason which profile was not allocated', () => {
    expect(markdown).toContain('## Profile market: not allocated');
    expect(markdown.slice(markdown.indexOf('## Profile market'))).toContain('has no market returns');
    expect(html).toContain('Profile market: not allocated');
  });

  test('names the run of each sleeve, every event hash, and the first seal over the run', async () => {
    for (const event of await bench.events()) {
      if (event.stream !== `metaRun-${runId}`) continue;
      expect(markdown).toContain(event.hash);
      expect(html).toContain(event.hash);
    }
    expect(markdown).toMatch(/`stocks-2022-12-30-[0-9a-f]{16}`/);
    expect(markdown).toContain('First seal over the run');
  });

  test('is the same bytes again, in another process, time zone and locale, and after later seals', async () => {
    await bench.json(['sleeve', 'quarantine', 'coins', '--why', 'something later'], { now });
    const { ended } = spawnProgram(bench, ['report', runId, '-o', bench.path('elsewhere')], {
      TZ: 'Asia/Tokyo',
      LC_ALL: 'tr_TR.UTF-8',
      LANG: 'tr_TR.UTF-8',
    });
    expect((await ended).exit).toBe(0);
    expect(readFileSync(bench.path(`elsewhere/${runId}.md`), 'utf8')).toBe(markdown);
    expect(readFileSync(bench.path(`elsewhere/${runId}.html`), 'utf8')).toBe(html);
  }, 60_000);

  test('has the same number of cells in each row of a markdown table', () => {
    const tables = markdown
      .trim()
      .split('\n\n')
      .filter((block) => block.startsWith('| '));
    expect(tables.length).toBeGreaterThan(20);
    for (const table of tables) {
      const widths = table.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  test('is one page that asks for nothing: no script, link, image, import or remote address', () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\((?!#)|src=|https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(html).toContain("default-src 'none'");
  });

  test('opens and closes its elements in order, and gives each id once', () => {
    const open: string[] = [];
    for (const [, closing, name, tail] of html.matchAll(/<(\/?)([a-z0-9]+)((?:"[^"]*"|[^">])*)>/gi)) {
      if (['meta', 'br'].includes(name!) || tail!.endsWith('/')) continue;
      if (closing === '') open.push(name!);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('refuses an unknown run, and writes nothing', async () => {
    const unknown = await bench.json(['report', 'whole-2022-12-30-0000000000000000', '-o', bench.path('none')]);
    expect(unknown).toMatchObject({ exit: 66, error: { code: 'RunUnknown' } });
    expect(() => readFileSync(bench.path('none'))).toThrow(/ENOENT/);
  });
});

describe('the report of other runs', () => {
  test('of a rejected run shows the leaves for which it stopped, and no profile', async () => {
    const bench = await benchWithSleeves((manifest) => {
      manifest.profiles['coins'] = { backtest: { train_window: 40, backtest_slippage: 0.002, backtest_commission: 0.0004 } };
    });
    const { result } = await bench.json(['flow', 'meta', '--profile', 'whole']);
    const runId = result['runId'] as string;
    const answer = await bench.json(['report', runId, '-o', bench.path('reports')]);
    expect(answer).toMatchObject({ exit: 0, result: { status: 'rejected by parity' } });
    const { markdown, html } = reportOf(bench, runId);
    expect(row(markdown, 'Leaves that are not equal', '`backtest.train_window`')).toMatchObject({ 1: '**violated: stopped the run**' });
    expect(row(markdown, 'Leaves that are not equal', '`backtest.backtest_slippage`')[3]).toContain('an exception names another value');
    expect(row(markdown, 'Leaves that are not equal', '`backtest.backtest_commission`')[1]).toBe('**excepted**');
    expect(markdown).not.toContain('## Profile');
    expect(html).toContain('rejected by parity');
  }, 60_000);

  test('of a nested portfolio reports each level, with its bounds', async () => {
    const bench = await benchWithSleeves();
    const { result } = await bench.json(['flow', 'meta', '--profile', 'nested']);
    const runId = result['runId'] as string;
    await bench.json(['report', runId, '-o', bench.path('reports')]);
    const { markdown } = reportOf(bench, runId);
    const inside = markdown.slice(markdown.indexOf('### Inside listed (pair)'));
    // Two sleeves under at most a half each: there is one allocation only.
    expect(row(inside, 'Sleeve weights', 'stocks').slice(2, 4)).toEqual(['50.00 %', '5.0 % to 50.0 %']);
    expect(inside).toContain('the bounds determine the allocation');
    expect(markdown).toContain('listed/funds');
  }, 60_000);

  test('says that no seal covers a run, until one does', async () => {
    const bench = await benchWithSleeves();
    const { result } = await bench.json(['flow', 'meta', '--profile', 'pair', '--no-seal']);
    const runId = result['runId'] as string;
    const before = await bench.json(['report', runId, '-o', bench.path('reports')]);
    expect(before).toMatchObject({ exit: 0, result: { sealedTo: null } });
    expect(before.warnings).toHaveLength(1);
    expect(reportOf(bench, runId).markdown).toContain('**Unsealed: no signed checkpoint covers this run yet.');
    await bench.json(['ledger', 'seal']);
    const after = await bench.json(['report', runId, '-o', bench.path('reports'), '--force']);
    expect(after.warnings).toEqual([]);
    expect(reportOf(bench, runId).markdown).toContain('First seal over the run: tree size');
  }, 60_000);

  test('writes what people wrote as text, whatever it looks like', async () => {
    const hostile = '<img src=x onerror=alert(1)> | **loud** `code` [link](https://example.org) "quoted" & ~~gone~~';
    const bench = await benchWithSleeves((manifest) => {
      manifest.profiles['pair'] = { ...manifest.profiles['pair'], description: hostile };
    });
    const { result } = await bench.json(['flow', 'meta', '--profile', 'pair', '--actor', '<b>me</b>']);
    const runId = result['runId'] as string;
    await bench.json(['report', runId, '-o', bench.path('reports')]);
    const { markdown, html } = reportOf(bench, runId);
    expect(html).not.toContain('<img');
    expect(html).not.toContain('<b>me');
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; | **loud**');
    expect(markdown).toContain('\\<img src=x onerror=alert(1)\\> \\| \\*\\*loud\\*\\* \\`code\\` \\[link\\](`https://example.org`)');
  }, 60_000);
});
