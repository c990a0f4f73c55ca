/**
 * The files of a meta run, from facts that are written out by hand. Weights and returns are binary fractions, so that every expected number
 * is exact: the stream is Σ weight × return of each row, and the distance of two series that mirror each other is √((1 + 1) / 2) = 1.
 */
import { describe, expect, test } from '@jest/globals';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import type { MetaNode } from '../../../domain/manifest/resolved-meta-schema.ts';
import { defaultSolveParameters } from '../../../domain/risk/profiles.ts';
import { metaTree, sleeveFolder } from '../../../handlers/run-tree/meta-tree.ts';
import type { MetaRunFacts, RecordedAllocation } from '../../../handlers/runs/meta-run-facts.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { nestedPortfolio } from '../../support/delivered-runs.ts';
import { sha256 } from '../../support/sample-events.ts';

const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'];
/** Two sleeves of which one always earns twice what the other loses. */
const joined = {
  dates,
  columns: ['stocks', 'listed'],
  values: [Float64Array.of(1 / 64, -1 / 64, 1 / 64, -1 / 64), Float64Array.of(-1 / 32, 1 / 32, -1 / 32, 1 / 32)],
};
const leafOf = (sleeve: string) => ({
  path: [sleeve],
  sleeve,
  runId: `${sleeve}-run`,
  atom: 'x',
  sleeveWeight: 1,
  assetWeight: 1,
  amount: 1,
});
const assets = [
  { symbol: 'NYSE:AAA', weight: 0.25, contributors: [leafOf('stocks')] },
  { symbol: 'NYSE:BBB', weight: -0.5, contributors: [leafOf('listed/funds'), leafOf('stocks'), leafOf('stocks')] },
];
const said = {
  aaa: { Symbol: 'NYSE:AAA', Weight: 0.25, Net_Weight: 0.25, Gross_Weight: 0.25, Direction: 'LONG' },
  bbb: { Symbol: 'NYSE:BBB', Weight: 0.5, Net_Weight: -0.5, Gross_Weight: 0.5, Direction: 'SHORT' },
  listed: { Symbol: 'listed', Weight: 0.75, Net_Weight: 0.75, Gross_Weight: 0.75, Direction: 'LONG' },
  stocks: { Symbol: 'stocks', Weight: 0.25, Net_Weight: 0.25, Gross_Weight: 0.25, Direction: 'LONG' },
};
const solved = { linkage: [[0, 1, 1, 2]], leafOrder: ['stocks', 'listed'] };

const cashAsset = { backtest: { backtest_cash_asset: 'BIL' } };

async function treeOf(risks: readonly ('hrp' | 'equal_weight')[], gross = 0.75, node: MetaNode = nestedPortfolio({}, cashAsset)) {
  const memory = createMemoryStore();
  const staged = new StagedArtifacts(sha256);
  const definition = staged.document('meta-portfolio', node);
  const matrix = staged.table(joined, ['XNYS']);
  await memory.artifacts.putAll(staged.contents());
  const allocations = risks.map((risk) => ({
    risk,
    joined: { matrix },
    optimised: {
      params: { engine: 'custom', profile: risk, n_sleeves: 2 },
      parameters: { ...defaultSolveParameters, hrp: { ...defaultSolveParameters.hrp, leafOrder: 'plain' } },
      solve: { detail: risk === 'hrp' ? solved : null },
    },
    guarded: { weights: { stocks: 0.25, listed: 0.75 } },
    flattened: { gross, assets },
  })) as unknown as RecordedAllocation[];
  const opened = {
    runId: 'whole-run',
    meta: 'alias',
    profile: 'whole',
    definition,
    consumed: [
      { path: ['stocks'], profile: 'stocks_plain', runId: 'stocks-run' },
      { path: ['listed', 'funds'], profile: 'funds', runId: 'funds-run' },
    ],
  };
  const facts = { opened, asOf: '2024-01-05', allocations } as unknown as MetaRunFacts;
  return { node, tree: await metaTree(memory.artifacts, facts) };
}

const consumed = [
  { id: 'stocks', profile: 'stocks_plain', run_id: 'stocks-run', run_path: 'sleeves/stocks' },
  { id: 'listed/funds', profile: 'funds', run_id: 'funds-run', run_path: 'sleeves/listed/funds' },
];
const manifestOf = (risk: string) => ({ meta_profile: 'whole', risk_profile: risk, sleeves: consumed });
const optimisedOf = (risk: string) => ({
  metadata: { source: 'sleeve-ledger', meta_profile: 'whole', engine: 'custom', profile: risk, n_sleeves: 2, run_id: 'whole-run' },
  weights: [said.listed, said.stocks],
});
const flattenedOf = (risk: string, cash: object) => ({
  metadata: { meta_profile: 'whole', risk_profile: risk, sleeve_weights: { stocks: 0.25, listed: 0.75 }, ...cash },
  weights: [
    { ...said.bbb, Contributors: ['listed/funds', 'stocks'] },
    { ...said.aaa, Contributors: ['stocks'] },
  ],
});
const own = -5 / 256;
const stream = { dates, columns: ['returns'], values: [Float64Array.of(own, -own, own, -own)] };

describe('the tree of a meta run', () => {
  test('holds the files of each profile, the whole portfolio, and the first profile under the plain names', async () => {
    const { node, tree } = await treeOf(['hrp', 'equal_weight']);
    const cash = { asset: 'BIL', weight: 0.25 };
    expect(tree).toEqual([
      { path: 'config/resolved_manifest.json', json: { ...node.blocks, profile: 'whole', currency: 'USD' } },
      { path: 'data/returns/hrp.parquet', table: stream },
      { path: 'data/meta_returns_whole_hrp.parquet', table: joined },
      { path: 'data/meta_manifest_whole_hrp.json', json: manifestOf('hrp') },
      { path: 'data/meta_optimized_whole_hrp.json', json: optimisedOf('hrp') },
      { path: 'data/portfolio_optimized_meta_whole_hrp.json', json: flattenedOf('hrp', { cash }) },
      {
        path: 'data/meta_cluster_tree_whole_hrp.json',
        json: { leaves: ['stocks', 'listed'], linkage: [[0, 1, 1, 2]], leaf_order: ['stocks', 'listed'], distances: [1] },
      },
      { path: 'data/returns/equal_weight.parquet', table: stream },
      { path: 'data/meta_returns_whole_equal_weight.parquet', table: joined },
      { path: 'data/meta_manifest_whole_equal_weight.json', json: manifestOf('equal_weight') },
      { path: 'data/meta_optimized_whole_equal_weight.json', json: optimisedOf('equal_weight') },
      { path: 'data/portfolio_optimized_meta_whole_equal_weight.json', json: flattenedOf('equal_weight', { cash }) },
      {
        path: 'data/portfolio_flattened.json',
        json: {
          profiles: { hrp: { assets: [said.bbb, said.aaa] }, equal_weight: { assets: [said.bbb, said.aaa] } },
          metadata: { as_of: '2024-01-05', flattened: true, cash: { hrp: cash, equal_weight: cash } },
        },
      },
      { path: 'data/meta_manifest.json', json: manifestOf('hrp') },
      { path: 'data/portfolio_optimized_meta.json', json: flattenedOf('hrp', { cash }) },
    ]);
  });

  test('says nothing of cash where all is invested and no cash asset is named', async () => {
    const { tree } = await treeOf(['hrp'], 1, nestedPortfolio());
    const jsonAt = (path: string): unknown => tree.flatMap((entry) => (entry.path === path && 'json' in entry ? [entry.json] : []))[0];
    expect(jsonAt('data/portfolio_optimized_meta.json')).toEqual(flattenedOf('hrp', {}));
    expect(jsonAt('data/portfolio_flattened.json')).toMatchObject({ metadata: { as_of: '2024-01-05', flattened: true } });
    expect(JSON.stringify(jsonAt('data/portfolio_flattened.json'))).not.toContain('cash');
  });

  test('of a run without an allocation holds its settings and an empty portfolio, and no file of a profile', async () => {
    const { node, tree } = await treeOf([]);
    expect(tree).toEqual([
      { path: 'config/resolved_manifest.json', json: { ...node.blocks, profile: 'whole', currency: 'USD' } },
      { path: 'data/portfolio_flattened.json', json: { profiles: {}, metadata: { as_of: '2024-01-05', flattened: true } } },
    ]);
  });
});

test('a consumed run stands in a folder for each step of its path', () => {
  expect(sleeveFolder(['listed', 'funds'])).toBe('sleeves/listed/funds');
});
