import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { SelectionAccount, SelectionBattles, SelectionDifference, SelectionFunnel } from '../../../handlers/queries/selections.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { picks, producePicked, selectingDesk } from '../../support/selecting-desk.ts';

const bench = selectingDesk(scratchDirectory());
let picked = '';
let fixed = '';
let starved = '';
let plain = '';

async function asked<Answer>(...argv: string[]): Promise<Answer> {
  const answer = await bench.json(['select', ...argv]);
  expect(answer.error).toBeUndefined();
  return answer.result as unknown as Answer;
}

beforeAll(async () => {
  picked = (await producePicked(bench, 'picked')).answer.result['runId'] as string;
  fixed = (await producePicked(bench, 'fixed')).answer.result['runId'] as string;
  starved = (await producePicked(bench, 'starved')).answer.result['runId'] as string;
  plain = await bench.produce('funds');
}, 60_000);

describe('select explain', () => {
  test('tells of the live decision, with factors that multiply out to the score', async () => {
    const { decision, account } = await asked<SelectionAccount>('explain', picked, picks[0]!);
    expect(decision).toMatchObject({ scope: 'live', window: null, mode: 'v4', candidates: 10 });
    expect(account.factors.reduce((product, { factor }) => product * factor, 1) * account.multiplier).toBe(account.score);
    const { stdout } = await bench.run(['select', 'explain', picked, picks[0]!]);
    for (const word of ['Score ', 'Gate: ', 'Cluster s', 'momentum', 'multiplier', 'efficiency', 'Components that nobody has'])
      expect(stdout).toContain(word);
    expect(stdout).toContain('! hurst: on 30 rows the exponent is mostly noise');
  });

  test('agrees with the fact on every winner', async () => {
    const { decision } = await asked<SelectionFunnel>('funnel', picked, '--window', '1');
    for (const { symbol, score, cluster, stage } of decision.winners!) {
      const { account } = await asked<SelectionAccount>('explain', picked, symbol, '--window', '1');
      expect(account).toMatchObject({ score, cluster, standing: { kind: 'won', stage } });
    }
  });

  test('names the opponents in the cluster, best first', async () => {
    const { battles } = await asked<SelectionBattles>('battles', picked);
    const [first, ...others] = battles.find(({ contenders }) => contenders.length > 1)!.contenders;
    const { account } = await asked<SelectionAccount>('explain', picked, first!.symbol);
    expect(account.opponents.map(({ symbol }) => symbol)).toEqual(others.map(({ symbol }) => symbol));
    expect((await bench.run(['select', 'explain', picked, first!.symbol])).stdout).toMatch(/^opponent +side +score +standing$/m);
  });

  test('takes a symbol in another spelling, and the benchmark', async () => {
    const { account } = await asked<SelectionAccount>('explain', picked, 'nyse:pa');
    expect(account.symbol).toBe('NYSE:PA');
    const benchmark = await asked<SelectionAccount>('explain', picked, 'AMEX:SPY');
    expect(benchmark.account.standing).toEqual({ kind: 'benchmark' });
  });

  test('tells of the one decision of a static universe where nothing is said', async () => {
    const { decision } = await asked<SelectionAccount>('explain', 'latest', picks[2]!, '--sleeve', 'fixed');
    expect(decision).toMatchObject({ scope: 'static', labels: ['selection look-ahead'] });
  });
});

describe('what cannot be asked', () => {
  const refused: readonly (readonly [string, () => string[], string, string])[] = [
    ['a symbol that was no candidate', () => ['explain', picked, 'NYSE:PAA'], 'SymbolNotInPool', 'did you mean NYSE:PA?'],
    [
      'a window that does not exist',
      () => ['funnel', picked, '--window', '99'],
      'SelectionNotRecorded',
      'has no window 99: it has windows 0 to',
    ],
    ['a window of a static universe', () => ['funnel', fixed, '--window', '0'], 'SelectionNotRecorded', 'it decided once'],
    ['the static decision of a dynamic one', () => ['battles', picked, '--static'], 'SelectionNotRecorded', 'has no static decision'],
    ['a run that selects nothing', () => ['battles', plain], 'SelectionNotRecorded', 'selects nothing'],
    ['a run that is not there', () => ['battles', 'picked-2020-01-01-0'], 'RunUnknown', ''],
    ['two decisions at once', () => ['battles', picked, '--live', '--static'], 'Usage', 'give --live or --static'],
    ['a window in words', () => ['battles', picked, '--window', 'last'], 'Usage', 'a whole number'],
    ['a difference with nothing', () => ['diff', picked], 'Usage', 'give two runs'],
  ];
  test.each(refused)('%s', async (_, argv, code, message) => {
    const { error } = await bench.json(['select', ...argv()]);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(error!.at.path).toBeDefined();
  });
});

describe('select battles', () => {
  test('has every symbol in one cluster, best first, with its linkage rows', async () => {
    const { battles, clusters, symbols } = await asked<SelectionBattles>('battles', picked);
    expect(battles.flatMap(({ contenders }) => contenders.map(({ symbol }) => symbol)).toSorted()).toEqual(symbols);
    expect(clusters.linkage).toHaveLength(symbols.length - 1);
    const { stdout } = await bench.run(['select', 'battles', picked]);
    expect(stdout).toContain('Dendrogram');
    for (const symbol of symbols) expect(stdout.split(`─ ${symbol}`)).toHaveLength(2);
  });
});

describe('select funnel', () => {
  test('ends with the winners, and tells every window', async () => {
    const { funnel, decision, run } = await asked<SelectionFunnel>('funnel', picked);
    expect(funnel.winners).toBe(decision.won);
    expect(funnel.admittedByStage.reduce((sum, count) => sum + count, 0)).toBe(funnel.winners);
    expect(run.stability!.jaccards).toHaveLength(run.windows.length);
    const { stdout } = await bench.run(['select', 'funnel', picked]);
    expect(stdout).toContain(`${run.windows.length} windows, 0 aborted`);
    expect(stdout).toContain('Mean Jaccard');
  });

  test('says of an aborted decision that nothing of it is held', async () => {
    const { decision } = await asked<SelectionFunnel>('funnel', starved);
    expect(decision).toMatchObject({ winners: null, rules: ['min_winners'] });
    expect((await bench.run(['select', 'funnel', starved])).stdout).toContain('! aborted (min_winners)');
  });
});

describe('select diff', () => {
  test('of two windows says who came and who left, as their winners do', async () => {
    const { before, after, came, left, jaccard } = await asked<SelectionDifference>('diff', picked, '--window', '0', '--against', '2');
    const [earlier, later] = [before, after].map(({ decision }) => decision.winners!.map(({ symbol }) => symbol));
    expect(came.map(({ symbol }) => symbol)).toEqual(later!.filter((symbol) => !earlier!.includes(symbol)));
    expect(left.map(({ symbol }) => symbol)).toEqual(earlier!.filter((symbol) => !later!.includes(symbol)));
    expect(jaccard).toBe((later!.length - came.length) / (earlier!.length + came.length));
    const { stdout } = await bench.run(['select', 'diff', picked, '--window', '0', '--against', '2']);
    for (const { symbol } of [...came, ...left]) expect(stdout).toContain(symbol);
  });

  test('of two runs that read the same rows says that they chose the same', async () => {
    const difference = await asked<SelectionDifference>('diff', picked, fixed);
    expect(difference).toMatchObject({ jaccard: 1, came: [], left: [], settings: [] });
  });

  test('names a setting that differs', async () => {
    const { settings } = await asked<SelectionDifference>('diff', picked, starved);
    expect(settings).toEqual([{ path: 'min_winners', before: 3, after: 11 }]);
  });
});

test('select report writes funnel, battles and every symbol as markdown', async () => {
  const file = bench.path('deep.md');
  const { symbols } = await asked<{ readonly symbols: number }>('report', picked, '-o', file);
  expect(symbols).toBe(picks.length + 1);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(`# Selection of ${picked}`);
  for (const symbol of picks) expect(text).toContain(`## ${symbol}`);
  expect(text).toContain('## Dendrogram');
});

describe('other answers', () => {
  test('timeline, runs and flow production say how many won of how many', async () => {
    const { decision } = await asked<SelectionFunnel>('funnel', picked);
    const counted = `${decision.won} of 10 candidates won`;
    expect((await bench.run(['timeline', picked])).stdout).toContain(`Selection, live: v4: ${counted}`);
    const { argv } = await producePicked(bench, 'picked');
    expect((await bench.run(argv)).stdout).toContain(counted);
    const listed = await bench.run(['runs']);
    expect(listed.stdout).toContain(`${decision.won} of 10`);
    const { runs } = (await bench.json(['runs', '--name', 'picked'])).result as { runs: { selection: object }[] };
    expect(runs[0]!.selection).toMatchObject({ won: decision.won, of: 10, aborted: 0 });
  });

  test('a run that a selection failed says which rule and which vetoes, and keeps its exit status', async () => {
    const { argv } = await producePicked(bench, 'starved');
    const { exit, stdout } = await bench.run(argv);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/Selection, live: v4: aborted \(min_winners\), \d+ of 10 candidates won/);
    expect(stdout).toMatch(/window 0 \(2022-/);
  });

  test('explain of a portfolio reaches back to the decision that let the asset in', async () => {
    await bench.json(['manifest', 'apply', '--no-seal']);
    const argv = ['flow', 'meta', '--profile', 'duo', '--no-seal'];
    // The other sleeve selects nothing, which parity does not let pass by itself.
    const { uncovered } = (await bench.json(argv)).error!.evidence as { uncovered: string[] };
    await bench.json(['parity', 'waive', '--meta', 'duo', '--paths', uncovered.join(','), '--until', '2030-12-31', '--why', 'a test']);
    expect((await bench.json(argv)).error).toBeUndefined();
    const { decision } = await asked<SelectionFunnel>('funnel', picked);
    const { symbol, stage, cluster, score } = decision.winners![0]!;
    const { result } = await bench.json(['explain', symbol, '--meta', 'duo']);
    expect(result['contributions']).toMatchObject([
      { letIn: { scope: 'live', stage, cluster, score, place: 1, won: decision.won, candidates: 10 } },
    ]);
    expect((await bench.run(['explain', symbol, '--meta', 'duo'])).stdout).toContain(`1 of ${decision.won} winners among 10 candidates`);
    // A sleeve that selects nothing has nothing to say of it.
    const fund = await bench.json(['explain', 'AMEX:EEE', '--meta', 'duo']);
    expect((fund.result['contributions'] as object[])[0]).not.toHaveProperty('letIn');
  });

  test('the report of the sleeve has funnel, winners, and how alike neighbouring windows are', async () => {
    expect((await bench.json(['report', picked, '-o', bench.path('reports')])).error).toBeUndefined();
    const markdown = readFileSync(bench.path(`reports/${picked}.md`), 'utf8');
    const html = readFileSync(bench.path(`reports/${picked}.html`), 'utf8');
    for (const text of ['## Selection', '**Funnel**', 'Who enters, best score first', 'Each window chose its symbols'])
      expect(markdown).toContain(text);
    expect(html).toContain('data-chart="selection-jaccard"');
    expect((await bench.json(['report', plain, '-o', bench.path('reports')])).error).toBeUndefined();
    expect(readFileSync(bench.path(`reports/${plain}.md`), 'utf8')).not.toContain('## Selection');
  });
});
