/**
 * The files of a sleeve run, from facts that are written out by hand. Returns are binary fractions; the distance of two series that mirror
 * each other is √((1 + 1) / 2) = 1, and of two that are the same 0.
 */
import { describe, expect, test } from '@jest/globals';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { defaultSolveParameters } from '../../../domain/risk/profiles.ts';
import { sleeveTree } from '../../../handlers/run-tree/sleeve-tree.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { fact } from '../../support/kept-rows.ts';
import { sha256 } from '../../support/sample-events.ts';

const manifest = parseManifest(JSON.stringify({ profiles: { coins: { backtest: { backtest_cash_asset: 'BIL' } } } }), 'manifest.json');
const resolved = resolveProfile(manifest, 'coins');

const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08'];
/** On the last four rows the second loses what the first earns; on all five it does not. */
const returns = {
  dates,
  columns: ['NYSE:AAA', 'NYSE:BBB'],
  values: [Float64Array.of(1 / 8, 1 / 64, -1 / 64, 1 / 64, -1 / 64), Float64Array.of(1 / 8, -1 / 64, 1 / 64, -1 / 64, 1 / 64)],
};
const stream = { dates: dates.slice(3), columns: ['return'], values: [Float64Array.of(1 / 64, -1 / 64)] };
const written = { dates: stream.dates, columns: ['returns'], values: stream.values };
const detail = { linkage: [[0, 1, 1, 2]], leafOrder: ['NYSE:AAA', 'NYSE:BBB'] };

const long = (symbol: string, weight: number) => ({
  Symbol: symbol,
  Weight: weight,
  Net_Weight: weight,
  Gross_Weight: weight,
  Direction: 'LONG',
});
const tree = { leaves: ['NYSE:AAA', 'NYSE:BBB'], linkage: [[0, 1, 1, 2]], leaf_order: ['NYSE:AAA', 'NYSE:BBB'], distances: [1] };

/** What a run of two symbols says, with what it is given in their place. */
function world() {
  const memory = createMemoryStore();
  const staged = new StagedArtifacts(sha256);
  const outOfSample = { returns: staged.table(stream, ['XNYS']) };
  const universe = { returns: staged.table(returns, ['XNYS']) };
  const events: ReturnType<typeof fact>[] = [];
  const add = (type: string, data: object) => void events.push(fact('sleeveRun-r1', type, data));
  return {
    staged,
    opened: (change: object) =>
      add('SleeveRunOpened', {
        source: 'production',
        definition: staged.document('resolved-profile', resolved),
        profile: 'coins',
        currency: 'USD',
        currencyTreatment: null,
        asOf: '2024-01-08',
        inputs: [],
        ...change,
      }),
    universe: () => add('UniverseFormed', universe),
    solved: (risk: string, weights: Readonly<Record<string, number>>, solve: object = { detail: null }, trainWindow = 4) =>
      add('SleeveProfileSolved', {
        risk,
        weights: Object.entries(weights).map(([symbol, weight]) => ({ symbol, weight })),
        parameters: { ...defaultSolveParameters, hrp: { ...defaultSolveParameters.hrp, leafOrder: 'plain' } },
        walkForward: { trainWindow },
        solve,
        outOfSample,
      }),
    imported: (risk: string, weights: readonly object[] | null) => add('SleeveProfileImported', { risk, weights, outOfSample }),
    graded: (type: string, signTest: string | null, says = '0 errors') =>
      add(type, { evidence: signTest === null ? [] : [{ check: 'sign_test', status: signTest, detail: says }] }),
    tree: async () => {
      await memory.artifacts.putAll(staged.contents());
      return sleeveTree(memory.artifacts, events);
    },
  };
}

describe('the tree of a sleeve run', () => {
  test('holds settings, returns and positions of each profile, and the tree of HRP on the rows that its last solve was given', async () => {
    const run = world();
    run.opened({});
    run.universe();
    run.solved('hrp', { 'NYSE:AAA': 0.5, 'NYSE:BBB': 0.25 }, { detail });
    run.solved('equal_weight', { 'NYSE:AAA': 0.5, 'NYSE:BBB': 0.5 });
    run.graded('SleeveRunCertified', 'not_applicable');
    expect(await run.tree()).toEqual([
      { path: 'config/resolved_manifest.json', json: { ...resolved.blocks, profile: 'coins', currency: 'USD' } },
      { path: 'data/returns/hrp.parquet', table: written },
      { path: 'data/returns/equal_weight.parquet', table: written },
      {
        path: 'data/portfolio_optimized_v2.json',
        json: {
          profiles: {
            hrp: { assets: [long('NYSE:AAA', 0.5), long('NYSE:BBB', 0.25)] },
            equal_weight: { assets: [long('NYSE:AAA', 0.5), long('NYSE:BBB', 0.5)] },
          },
          metadata: { as_of: '2024-01-08', cash: { hrp: { asset: 'BIL', weight: 0.25 }, equal_weight: { asset: 'BIL', weight: 0 } } },
        },
      },
      { path: 'data/cluster_tree_hrp.json', json: tree },
    ]);
  });

  test('draws the tree on all rows where there are fewer than the solve asked for', async () => {
    const run = world();
    run.opened({});
    run.universe();
    run.solved('hrp', { 'NYSE:AAA': 1 }, { detail: { linkage: [], leafOrder: ['NYSE:AAA'] } }, 100);
    run.graded('SleeveRunCertified', null);
    expect((await run.tree()).at(-1)).toEqual({
      path: 'data/cluster_tree_hrp.json',
      json: { leaves: ['NYSE:AAA'], linkage: [], leaf_order: ['NYSE:AAA'], distances: [] },
    });
  });

  test.each([
    ['that formed no universe', false, 'hrp', { detail }],
    ['without HRP', true, 'equal_weight', { detail }],
    ['whose HRP left no tree', true, 'hrp', { detail: null }],
  ])('has no tree of a run %s', async (_, hasUniverse, risk, solve) => {
    const run = world();
    run.opened({});
    if (hasUniverse) run.universe();
    run.solved(risk, { 'NYSE:AAA': 0.5, 'NYSE:BBB': 0.5 }, solve);
    run.graded('SleeveRunCertified', null);
    const paths = (await run.tree()).map(({ path }) => path);
    expect(paths).toEqual(['config/resolved_manifest.json', `data/returns/${risk}.parquet`, 'data/portfolio_optimized_v2.json']);
  });

  test('refuses a solved symbol that its universe does not have, and says which were given', async () => {
    const run = world();
    run.opened({});
    run.universe();
    run.solved('hrp', { 'NYSE:AAA': 0.5, 'NYSE:ZZZ': 0.5 }, { detail });
    run.graded('SleeveRunCertified', null);
    await expect(run.tree()).rejects.toMatchObject({
      message: expect.stringContaining('a solved symbol or atom that is not in the universe of its run'),
      evidence: { given: ['NYSE:AAA', 'NYSE:ZZZ'] },
    });
  });

  test('refuses events that do not open a run', async () => {
    const run = world();
    run.universe();
    await expect(run.tree()).rejects.toThrow('a sleeve run without its opening');
  });

  test('says how the currency is treated, and the selection mode as it was written', async () => {
    const run = world();
    const named = { ...resolved, asWritten: { 'features.selection_mode': 'v4.0' } };
    run.opened({ currencyTreatment: 'hedged', definition: run.staged.document('resolved-profile', named) });
    run.graded('SleeveRunCertified', null);
    expect((await run.tree())[0]).toEqual({
      path: 'config/resolved_manifest.json',
      json: {
        ...resolved.blocks,
        features: { ...resolved.blocks.features, selection_mode: 'v4.0' },
        profile: 'coins',
        currency: 'USD',
        currency_treatment: 'hedged',
      },
    });
  });
});

describe('the tree of a sleeve with directions', () => {
  const atoms = {
    'NYSE:AAA_trend_LONG': 0.5,
    'NYSE:AAA_trend_SHORT': 0.25,
    'NYSE:BBB_trend_SHORT': 0.25,
    'NYSE:CCC': 0.125,
  };

  test('nets its atoms to symbols in a file of their own, in which what is no atom stands as it is', async () => {
    const run = world();
    run.opened({});
    run.solved('hrp', atoms);
    run.solved('equal_weight', { 'NYSE:CCC': 1 });
    run.graded('SleeveRunCertified', null);
    expect((await run.tree()).find(({ path }) => path === 'data/portfolio_flattened.json')).toEqual({
      path: 'data/portfolio_flattened.json',
      json: {
        profiles: {
          hrp: {
            assets: [
              { Symbol: 'NYSE:AAA', Weight: 0.25, Net_Weight: 0.25, Gross_Weight: 0.75, Direction: 'LONG' },
              { Symbol: 'NYSE:BBB', Weight: 0.25, Net_Weight: -0.25, Gross_Weight: 0.25, Direction: 'SHORT' },
              long('NYSE:CCC', 0.125),
            ],
          },
          equal_weight: { assets: [long('NYSE:CCC', 1)] },
        },
        metadata: {
          as_of: '2024-01-08',
          flattened: true,
          cash: { hrp: { asset: 'BIL', weight: 0 }, equal_weight: { asset: 'BIL', weight: 0 } },
        },
      },
    });
  });

  test('takes the rows of its tree from the symbols behind the atoms', async () => {
    const run = world();
    run.opened({});
    run.universe();
    // Short of the second is the first: the two atoms never differ, and lie at no distance from each other.
    const order = ['NYSE:AAA_trend_LONG', 'NYSE:BBB_trend_SHORT'];
    const [one, other] = order;
    run.solved('hrp', { [one!]: 0.5, [other!]: 0.5 }, { detail: { linkage: [[0, 1, 0, 2]], leafOrder: order } });
    run.graded('SleeveRunCertified', null);
    expect((await run.tree()).at(-1)).toEqual({
      path: 'data/cluster_tree_hrp.json',
      json: { leaves: order, linkage: [[0, 1, 0, 2]], leaf_order: order, distances: [0] },
    });
  });

  test.each([
    ['SleeveRunCertified', 'passed', { errors: 0, warnings: 0, findings: [] }],
    ['SleeveRunDegraded', 'failed', { errors: 1, warnings: 0, findings: [{ level: 'error', code: 'SIGNTEST', message: '2 turned' }] }],
  ])('writes the sign test of a run that is %s as one that %s', async (type, status, json) => {
    const run = world();
    run.opened({});
    run.graded(type, status, '2 turned');
    expect((await run.tree()).slice(1, 2)).toEqual([{ path: 'data/directional_sign_test.json', json }]);
  });

  test.each(['unknown', 'not_applicable', null])('writes no sign test that is %s', async (status) => {
    const run = world();
    run.opened({});
    run.graded('SleeveRunCertified', status);
    expect((await run.tree()).map(({ path }) => path)).toEqual(['config/resolved_manifest.json', 'data/portfolio_optimized_v2.json']);
  });
});

describe('the tree of a run by message', () => {
  test('says the settings that were told as blocks, positions that were told, an empty list for none, and no sign test', async () => {
    const run = world();
    const leaves = { 'backtest.train_window': 60, 'backtest.test_window': 20, 'data.lookback_days': 500 };
    const origin = { system: 'desk', runId: null, ledgerId: null, runHash: null, eligibility: null };
    const definition = run.staged.document('told-definition', { profile: 'coins', leaves, selectionMode: null, origin });
    run.opened({ source: 'message', definition });
    run.imported('hrp', [{ symbol: 'NYSE:AAA', weight: -0.5 }]);
    run.imported('equal_weight', null);
    run.graded('SleeveRunCertified', 'passed');
    expect(await run.tree()).toEqual([
      {
        path: 'config/resolved_manifest.json',
        json: { backtest: { train_window: 60, test_window: 20 }, data: { lookback_days: 500 }, profile: 'coins', currency: 'USD' },
      },
      { path: 'data/returns/hrp.parquet', table: written },
      { path: 'data/returns/equal_weight.parquet', table: written },
      {
        path: 'data/portfolio_optimized_v2.json',
        json: {
          profiles: {
            hrp: { assets: [{ Symbol: 'NYSE:AAA', Weight: 0.5, Net_Weight: -0.5, Gross_Weight: 0.5, Direction: 'SHORT' }] },
            equal_weight: { assets: [] },
          },
          metadata: { as_of: '2024-01-08', cash: { hrp: { asset: 'USDT', weight: 0.5 } } },
        },
      },
    ]);
  });
});

describe('the tree of an imported run', () => {
  test('is the files that came, under their names, and nothing of prices', async () => {
    const run = world();
    const bytes = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)] as const;
    const [first, second] = bytes.map((content) => run.staged.verbatim(content, 'application/octet-stream'));
    run.opened({
      source: 'import',
      inputs: [
        { role: 'manifest', name: 'config/resolved_manifest.json', risk: null, document: first },
        { role: 'prices', name: 'prices.csv' },
        { role: 'returns', name: 'data/returns/hrp.pkl', risk: 'hrp', document: second },
      ],
    });
    run.imported('hrp', null);
    expect(await run.tree()).toEqual([
      { path: 'config/resolved_manifest.json', bytes: bytes[0] },
      { path: 'data/returns/hrp.pkl', bytes: bytes[1] },
    ]);
  });
});
