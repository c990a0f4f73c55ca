/** Sleeves that may be short, the whole way: runs, report, portfolio, weights, export and back, replay. */
import { mkdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { priceCsv, simulatedPrices } from '../../support/prices.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { twelve } from '../../domain/sleeve-selection/sleeves.ts';
import { byCodeUnits } from '../../../domain/shared/order.ts';
import { wideThresholds } from '../../support/selection-settings.ts';

const scratch = scratchDirectory();
const others = twelve.map((symbol) => symbol.replace('NYSE:S', 'NASDAQ:T'));
const shared = twelve.slice(0, 4);

/** Two sleeves that share four symbols and select again in each window, and a portfolio of them. */
const bench = new Workbench(scratch, ({ profiles, defaults }) => {
  const selection = { selection_mode: 'v4', min_momentum_score: -1, min_winners: 3, threshold: 0.1 };
  const features = {
    ...wideThresholds,
    feat_short_direction: true,
    feat_directional_sign_test_gate: true,
  };
  Object.assign(defaults['backtest']!, { profiles: 'hrp,equal_weight,market' });
  profiles['stocks'] = { selection, features };
  profiles['funds'] = { selection, features };
  profiles['pair'] = {
    sleeves: ['stocks', 'funds'].map((id) => ({ id, profile: id })),
    meta_allocation: { profile: 'hrp', min_weight: 0.2, max_weight: 0.8 },
    selection,
    features,
  };
});

interface Asset {
  readonly symbol: string;
  readonly weight: number;
  readonly contributors: readonly { readonly path: readonly string[]; readonly amount: number }[];
}

async function produced(sleeve: string, symbols: readonly string[], seed: number): Promise<string> {
  const table = simulatedPrices({ symbols: [...symbols, 'AMEX:SPY'], first: '2022-04-01', last: '2022-12-30', seed });
  const file = bench.write(`${sleeve}.csv`, priceCsv(table));
  const answer = await bench.json(['flow', 'production', '--profile', sleeve, '--prices', file, '--no-seal']);
  if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
  return answer.result['runId'] as string;
}

const cellsOf = (file: string): string[][] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(','));

/** Live weights of a sleeve run by atom. */
async function liveWeights(runId: string): Promise<Map<string, number>> {
  const file = bench.path(`${runId}.csv`);
  await bench.json(['export', 'weights', runId, '--risk', 'hrp', '-o', file]);
  const [head, ...rows] = cellsOf(file);
  return new Map(head!.slice(1).map((atom, at) => [atom, Number(rows.at(-1)![at + 1])]));
}

describe('sleeves that may be short', () => {
  let runs: Record<string, string>;
  let metaRun: string;

  beforeAll(async () => {
    runs = { stocks: await produced('stocks', twelve, 7), funds: await produced('funds', [...shared, ...others], 8) };
    const meta = await bench.json(['flow', 'meta', '--profile', 'pair', '--risk', 'hrp', '--no-seal']);
    if (meta.error !== undefined) throw new Error(JSON.stringify(meta.error));
    metaRun = meta.result['runId'] as string;
  }, 60_000);

  test('keep their atoms, long and from zero up, and the portfolio holds signed symbols', async () => {
    const { result } = await bench.json(['weights', '--meta', 'pair', '--risk', 'hrp']);
    const assets = result['assets'] as readonly Asset[];
    const sleeves = new Map((result['sleeves'] as { id: string; bounded: number }[]).map(({ id, bounded }) => [id, bounded]));
    const expected = new Map<string, number>();
    let short = 0;
    for (const [sleeve, runId] of Object.entries(runs)) {
      for (const [atom, weight] of await liveWeights(runId)) {
        const [symbol, direction] = atom.split('_trend_following_');
        expect(weight).toBeGreaterThanOrEqual(0);
        const sign = direction === 'SHORT' ? -1 : 1;
        short += sign < 0 ? weight : 0;
        expected.set(symbol!, (expected.get(symbol!) ?? 0) + sign * sleeves.get(sleeve)! * weight);
      }
    }
    expect(short).toBeGreaterThan(0);
    for (const { symbol, weight } of assets) expect(Math.abs(weight - expected.get(symbol)!)).toBeLessThanOrEqual(1e-15);
    expect(assets.map(({ symbol }) => symbol)).toEqual(
      [...expected]
        .filter(([, weight]) => weight !== 0)
        .map(([symbol]) => symbol)
        .toSorted(),
    );
    const [long, below] = [1, -1].map((sign) => assets.reduce((sum, { weight }) => sum + Math.max(0, sign * weight), 0));
    expect(long! - below!).toBeCloseTo(result['net'] as number, 14);
    const { stdout } = await bench.run(['weights', '--meta', 'pair', '--risk', 'hrp']);
    expect(stdout).toContain(`: long ${(100 * long!).toFixed(2)} %, short ${(100 * below!).toFixed(2)} %.`);
  });

  test('are reported with all the parts of a tear sheet: windows, risk and weights by atom', async () => {
    const answer = await bench.json(['report', runs['stocks']!, '-o', bench.path('reports')]);
    expect(answer.error).toBeUndefined();
    const markdown = readFileSync(bench.path(`reports/${runs['stocks']}.md`), 'utf8');
    expect(markdown).toContain('net of costs, out-of-sample');
    expect(markdown).not.toContain('as the run that was taken over reports them');
    expect(markdown).toMatch(/_trend\\?_following\\?_SHORT/);
  });

  test('leave as a run directory with their sign test and the tree of their atoms, and flatten alike when they come back', async () => {
    const back = new Workbench(scratch, ({ profiles }) => {
      profiles['pair'] = {
        sleeves: ['stocks', 'funds'].map((id) => ({ id, profile: id })),
        meta_allocation: { profile: 'hrp', min_weight: 0.2, max_weight: 0.8 },
      };
    });
    mkdirSync(bench.path('out'), { recursive: true });
    for (const [sleeve, runId] of Object.entries(runs)) {
      const folder = bench.path(`out/${sleeve}`);
      await bench.json(['export', 'run', runId, '-o', folder]);
      const read = (name: string) => JSON.parse(readFileSync(`${folder}/data/${name}`, 'utf8'));
      expect(read('directional_sign_test.json')).toEqual({ errors: 0, warnings: 0, findings: [] });
      const flattened = read('portfolio_flattened.json').profiles.hrp.assets as { Net_Weight: number; Direction: string }[];
      expect(flattened.filter((asset) => asset.Net_Weight < 0).length).toBeGreaterThan(0);
      expect(flattened.every((asset) => (asset.Direction === 'SHORT') === asset.Net_Weight < 0)).toBe(true);
      const { assets } = read('portfolio_optimized_v2.json').profiles.hrp;
      expect(new Set(assets.map(({ Direction }: { Direction: string }) => Direction)).has('SHORT')).toBe(false);
      const tree = read('cluster_tree_hrp.json');
      expect(tree.leaves.toSorted()).toEqual(Object.keys(tree.clusters).toSorted());
      expect(Object.values<string[]>(tree.clusters).flat().toSorted(byCodeUnits)).toEqual(
        assets.map(({ Symbol }: { Symbol: string }) => Symbol).toSorted(byCodeUnits),
      );
      const { result } = await back.json(['sleeve', 'import', '--run', folder, '--profile', sleeve, '--no-seal']);
      expect(result['reasons']).not.toEqual(expect.arrayContaining([expect.stringMatching(/sign_test/)]));
    }
    const again = await back.json(['flow', 'meta', '--profile', 'pair', '--risk', 'hrp', '--no-seal']);
    if (again.error !== undefined) throw new Error(JSON.stringify(again.error));
    const here = (await bench.json(['weights', '--meta', 'pair', '--risk', 'hrp'])).result['assets'] as readonly Asset[];
    const there = (await back.json(['weights', '--meta', 'pair', '--risk', 'hrp'])).result['assets'] as readonly Asset[];
    expect(there.map(({ symbol }) => symbol)).toEqual(here.map(({ symbol }) => symbol));
    for (const [at, { weight }] of there.entries()) expect(Math.abs(weight - here[at]!.weight)).toBeLessThanOrEqual(1e-12);
  });

  test('are recomputed to the byte', async () => {
    const { result } = await bench.json(['replay', '--all']);
    expect(result).toMatchObject({ identical: 3, different: [] });
    expect((await bench.json(['report', metaRun, '-o', bench.path('reports')])).error).toBeUndefined();
    const report = readFileSync(bench.path(`reports/${metaRun}.md`), 'utf8');
    expect(report).toMatch(/\| stocks \| passed \| \d+ atoms, \d+ returns checked/);
    expect(report).toMatch(/long [\d.]+ %, short [\d.]+ %, net -?[\d.]+ %/);
  });
});
