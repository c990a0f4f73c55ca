/** Positions combined through the command line and the library: recorded once, asked, replayed, exported and verified. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openLedger } from '../../../bin/open-ledger.ts';
import { type Answer, Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch);
const positions = 'asset,tsmom,xsec\nES,0.8,-0.3\nGC,-0.4,0.7\nCL,0.6,\nSI,,0.5\n';
const budgets = ['--budgets', 'tsmom=0.6', 'xsec=0.4'];
let file = '';
let first: Answer;

const combine = (words: readonly string[], on = bench): Promise<Answer & { readonly exit: number }> => on.json(['combine', ...words]);

beforeAll(async () => {
  file = bench.write('positions.csv', positions);
  first = await combine(['--positions', file, ...budgets, '--gross-cap', '0.8', '--as-of', '2025-07-17', '--name', 'futures']);
});

interface AssetAnswer {
  readonly asset: string;
  readonly contributions: Readonly<Record<string, number>>;
  readonly projection: number;
  readonly weight: number;
}

describe('a combination', () => {
  test('answers with weights, contributions and its proof, and makes the ledger that it needs', () => {
    expect(first).toMatchObject({
      ok: true,
      warnings: [`made a new ledger at ${bench.store}`],
      result: {
        combinationId: expect.stringMatching(/^futures-2025-07-17-[0-9a-f]{16}$/),
        already: false,
        outcome: 'combined',
        sleeves: ['tsmom', 'xsec'],
        feasibility: { initialViolations: { gross: true, net: false }, projectionApplied: true },
        budgets: {
          rule: 'given',
          sleeves: [
            { sleeve: 'tsmom', budget: 0.6, positions: 3 },
            { sleeve: 'xsec', budget: 0.4, positions: 3 },
          ],
        },
      },
    });
    const assets = first.result['assets'] as readonly AssetAnswer[];
    expect(assets.map(({ asset }) => asset)).toEqual(['CL', 'ES', 'GC', 'SI']);
    // Soft thresholding by hand: 0.36 + 0.36 + 0.04 + 0.2 = 0.96 falls to 0.8 when each gives 0.04, and GC ends at zero.
    [0.32, 0.32, 0, 0.16].forEach((weight, i) => expect(Math.abs(assets[i]!.weight - weight)).toBeLessThan(1e-15));
    for (const { contributions, projection, weight } of assets)
      expect(contributions['tsmom']! + contributions['xsec']! + projection).toBe(weight);
  });

  test('of the same inputs is recorded once, in whatever order and format they come', async () => {
    const json = bench.write(
      'positions.json',
      JSON.stringify({ xsec: { SI: 0.5, GC: 0.7, ES: -0.3 }, tsmom: { CL: 0.6, GC: -0.4, ES: 0.8 } }),
    );
    const words = ['--gross-cap', '0.8', '--as-of', '2025-07-17', '--name', 'futures'];
    const again = await combine(['--positions', json, '--budgets', 'xsec=0.4,tsmom=0.6', ...words]);
    expect(again.result).toEqual({ ...first.result, already: true });
    const events = (await bench.events()).filter(({ stream }) => stream.startsWith('combination-'));
    expect(events.map(({ type, stream }) => [type, stream])).toEqual([
      ['PositionsCombined', `combination-${String(first.result['combinationId'])}`],
    ]);
  });

  test('is printed for people with the largest weights first', async () => {
    const { stdout, exit } = await bench.run(['combine', '--positions', file, ...budgets, '--gross-cap', '0.8']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/CL +0\.3600 +0\.0000 +0\.3600 +-0\.0400 +0\.3200/);
    expect(stdout).toContain('Risk budgets (given): tsmom 0.6000, xsec 0.4000.');
    expect(stdout).toMatch(/gross +0\.8000 +0\.8000 +0\.0400/);
    expect(stdout).toContain('Nearest weights inside the caps: distance');
  });
});

describe('a refusal', () => {
  test('is recorded, with every conflict and what would repair it', async () => {
    const held = bench.write('held.csv', 'asset;weight\nES;1,0\nGC;1,0\nCL;1,0\n');
    const words = ['--positions', file, ...budgets, '--previous', held, '--net-cap', '0.5', '--gross-cap', '1', '--turnover-cap', '0.4'];
    const answer = await combine(words);
    expect(answer).toMatchObject({
      ok: false,
      exit: 2,
      error: { code: 'CombinationInfeasible' },
      result: {
        outcome: 'refused',
        because: 'infeasible',
        conflicts: [
          ['gross', 'turnover'],
          ['net', 'turnover'],
        ],
        repairs: [
          { cap: 'bounds', smallest: null },
          { cap: 'gross', smallest: null },
          { cap: 'net', smallest: null },
          { cap: 'turnover', current: 0.4, smallest: 2.5 },
        ],
      },
    });
    const { stdout, stderr } = await bench.run(['combine', ...words]);
    expect(stdout).toMatch(/turnover +0\.4 +2\.5/);
    expect(stderr).toContain('gross and turnover cannot be kept together; net and turnover cannot be kept together');
    expect((await bench.events()).filter(({ type }) => type === 'CombinationRefused')).toHaveLength(1);
  });

  test('of the sequential loop says when there are weights that it did not find', async () => {
    // Every round shifts the one weight that can move by a twentieth of what is left of the net.
    const held = Array.from({ length: 19 }, (_, i) => `Y${i},-1\n`).join('');
    const both = bench.write('loop.csv', `asset,a\nX,1\n${held}`);
    const words = ['--positions', both, '--budgets', 'a=1', '--lower', '-0.01', '--upper', '1', '--gross-cap', '3', '--net-cap', '0'];
    const loop = await combine([...words, '--projection', 'sequential']);
    const exact = await combine(words);
    expect([loop.result['outcome'], loop.result['because'] ?? null, exact.result['outcome']]).toEqual([
      'refused',
      'unresolved',
      'combined',
    ]);
    expect(loop.error!.message).toContain('--projection exact finds them');
  });
});

describe('inputs that are wrong', () => {
  const cases: readonly (readonly [string, readonly string[], string, object])[] = [
    ['a sleeve without budget', ['--budgets', 'tsmom=1'], 'BudgetMissing', { path: 'budgets.xsec' }],
    ['budgets that miss one', ['--budgets', 'tsmom=0.6', 'xsec=0.3'], 'BudgetsUnbalanced', { path: 'budgets' }],
    ['no budgets', [], 'Usage', { path: '--budgets' }],
    ['budgets that are none', ['--budgets', 'tsmom=much'], 'Usage', { path: '--budgets' }],
    ['a bound that is no number', [...budgets, '--lower', 'low'], 'Usage', { path: '--lower' }],
    ['crossed bounds', [...budgets, '--lower', '2'], 'BoundsCrossed', { path: 'constraints.lower' }],
    ['equal risk without covariance', ['--budget-rule', 'erc'], 'CombinationInputMissing', { path: 'assetCovariance' }],
    ['costs without what is held', [...budgets, '--cost-aversion', '0.1'], 'CombinationOptionInvalid', { path: 'method.costAversion' }],
  ];

  test.each(cases)('are refused, and make no ledger: %s', async (_, words, code, at) => {
    const empty = new Workbench(scratch);
    const answer = await combine(['--positions', file, ...words], empty);
    expect(answer).toMatchObject({ ok: false, exit: 2, error: { code, at } });
    expect(await empty.events()).toEqual([]);
  });

  test.each([
    ['text.csv', 'asset,a\nES,much\n', { line: 2 }],
    ['twice.csv', 'asset,a\nES,1\nES,2\n', { line: 3 }],
    ['python.json', '{"a": {"ES": NaN}}', {}],
    ['list.json', '[1]', {}],
    ['word.json', '{"a": {"ES": "1"}}', { path: 'a.ES' }],
  ])('are refused with their place: %s', async (name, content, at) => {
    const wrong = bench.write(name, content);
    const answer = await combine(['--positions', wrong, '--budgets', 'a=1']);
    expect(answer).toMatchObject({ exit: 2, error: { code: 'PositionsFileUnreadable', at: { file: wrong, ...at } } });
  });
});

const rowOf = (i: number): string => {
  const day = `2025-0${1 + Math.floor(i / 28)}-${String(1 + (i % 28)).padStart(2, '0')}`;
  return `${day},${((i * 7) % 11) / 1000 - 0.004},${((i * 5) % 13) / 1000 - 0.007}`;
};

describe('budgets by rule', () => {
  const returns = ['date,tsmom,xsec', ...Array.from({ length: 40 }, (_, i) => rowOf(i))].join('\n');

  test('of equal risk, realised, divide risk equally, and the total is scaled for correlation', async () => {
    const answer = await combine([
      '--positions',
      file,
      '--budget-rule',
      'erc_realised',
      '--sleeve-returns',
      bench.write('pnl.csv', returns),
      '--correlation-aware',
      'realised',
    ]);
    const { sleeves } = answer.result['budgets'] as { readonly sleeves: readonly { readonly budget: number }[] };
    expect(sleeves.reduce((sum, { budget }) => sum + budget, 0)).toBeCloseTo(1, 12);
    expect(answer.result['scale']).toBeGreaterThan(1);
  });

  test('that follow performance are recorded with the Sharpe ratios that they follow', async () => {
    const words = [
      '--budget-rule',
      'dynamic',
      '--rows',
      '20',
      '--eta',
      '1',
      '--budget-min',
      '0.3',
      '--sleeve-returns',
      bench.write('pnl.csv', returns),
    ];
    const answer = await combine(['--positions', file, ...budgets, ...words]);
    const { sharpeRatios, sleeves } = answer.result['budgets'] as {
      readonly sharpeRatios: Readonly<Record<string, number>>;
      readonly sleeves: readonly { readonly budget: number }[];
    };
    expect(sharpeRatios['tsmom']!).toBeGreaterThan(sharpeRatios['xsec']!);
    expect(sleeves.map(({ budget }) => Number(budget.toFixed(12)))).toEqual([0.7, 0.3]);
  });
});

describe('a ledger of combinations', () => {
  test('is recomputed bit for bit, one by one and all', async () => {
    const all = await bench.json(['replay', '--all']);
    const count = (await bench.events()).filter(({ stream }) => stream.startsWith('combination-')).length;
    expect(all.result).toMatchObject({ checked: count, identical: count, different: [] });
    const one = await bench.json(['replay', first.result['combinationId'] as string]);
    expect(one.result).toMatchObject({ checked: 1, identical: 1, runs: [{ kind: 'combination', name: 'futures', asOf: '2025-07-17' }] });
    const later = await bench.json(['replay', '--all', '--as-of', '2025-07-16']);
    expect(later.error).toMatchObject({ code: 'NothingRecorded' });
  });

  test('is verified, exported and asked like any other', async () => {
    expect((await bench.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
    const audit = bench.path('audit.jsonl');
    await bench.json(['audit', 'export', '--all', '-o', audit]);
    expect((await bench.json(['audit', 'verify', audit])).result).toMatchObject({ faults: [] });
    for (const verb of [['status'], ['runs'], ['ledger', 'events', '--types', 'PositionsCombined,CombinationRefused']])
      expect((await bench.json(verb)).exit).toBe(0);
    expect((await bench.json(['counterfactual', first.result['combinationId'] as string])).error).toMatchObject({
      code: 'Usage',
      message: expect.stringContaining('is a combination; give a meta run'),
    });
  });

  test('is written by the library as well', async () => {
    const ledger = await openLedger({ store: bench.store, actor: 'desk', logLevel: 'silent' });
    const asked = {
      name: 'futures',
      asOf: '2025-07-17',
      positions: { tsmom: { ES: 0.8, GC: -0.4, CL: 0.6 }, xsec: { ES: -0.3, GC: 0.7, SI: 0.5 } },
      budgets: { tsmom: 0.6, xsec: 0.4 },
      constraints: { grossCap: 0.8 },
    };
    expect(await ledger.combine(asked)).toMatchObject({ already: true, combinationId: first.result['combinationId'] });
    expect(await ledger.combine({ ...asked, name: 'other' })).toMatchObject({ already: false, fact: { type: 'PositionsCombined' } });
    await ledger.close();
  });
});
