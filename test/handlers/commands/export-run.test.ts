/** A run leaves the ledger as a directory of the Python system, and comes back as what it was. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { verifyOriginChain } from '../../../domain/audit/origin-chain.ts';
import type { LinkageRow } from '../../../domain/risk/schemas.ts';
import type { PriceTable } from '../../../domain/returns/series.ts';
import { linkage } from '../../../domain/risk/linkage.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { parseParquetPrices } from '../../../infra/parquet/parquet-prices.ts';
import { type Answer, projectRoot, Workbench } from '../../support/cli.ts';
import { wholeRun } from '../../support/imported-run.ts';
import { needs } from '../../support/needs.ts';
import { oraclePython } from '../../support/python.ts';
import { writeRunDirectory } from '../../support/run-directory.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const testWithPandas = needs('pandas').test;

interface Tree {
  readonly leaves: readonly string[];
  readonly linkage: readonly LinkageRow[];
  readonly leaf_order: readonly string[];
  readonly distances: readonly number[];
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.includes('.'))
    .toSorted();
const jsonIn = (folder: string, path: string): unknown => JSON.parse(readFileSync(join(folder, path), 'utf8'));

/** Returns and weights of one profile of a run, as the ledger of a bench has them: an import is as of its last return. */
async function figuresOf(bench: Workbench, runId: string, risk: string): Promise<readonly string[]> {
  const figures: string[] = [];
  for (const what of ['returns', 'weights']) {
    const file = bench.path(`${what}.csv`);
    const { error } = await bench.json(['export', what, runId, '--risk', risk, '-o', file, '--force']);
    if (error !== undefined) throw new Error(error.message);
    const text = readFileSync(file, 'utf8');
    figures.push(what === 'returns' ? text : text.replace(/^\d{4}-\d\d-\d\d/m, 'as of'));
  }
  return figures;
}

describe('export run', () => {
  const bench = new Workbench(scratch);
  const back = new Workbench(scratch);
  let sleeveRun: string;
  let metaRun: string;
  const imported = async (folder: string, profile: string): Promise<Answer> =>
    back.json(['sleeve', 'import', '--run', folder, '--profile', profile, '--no-seal']);

  beforeAll(async () => {
    sleeveRun = await bench.produce('stocks');
    await bench.produce('funds');
    await bench.produce('coins');
    metaRun = (await bench.json(['flow', 'meta', '--profile', 'whole', '--risk', 'all', '--no-seal'])).result['runId'] as string;
  });

  test('a sleeve run comes back with the same streams, weights and settings', async () => {
    const folder = bench.path('sleeve-out');
    const exported = await bench.json(['export', 'run', sleeveRun, '-o', folder]);
    expect(exported).toMatchObject({ exit: 0, result: { runId: sleeveRun, kind: 'sleeve', directory: folder } });
    const { result } = await imported(folder, 'stocks');
    expect(result).toMatchObject({ sourceChain: 'verified' });
    for (const risk of ['hrp', 'equal_weight'])
      expect(await figuresOf(back, result['runId'] as string, risk)).toEqual(await figuresOf(bench, sleeveRun, risk));
    expect(jsonIn(folder, 'config/resolved_manifest.json')).toMatchObject({
      profile: 'stocks',
      currency: 'USD',
      backtest: { train_window: 30, test_window: 10, step_size: 10 },
    });
  });

  test('a meta run comes back as a sleeve: its own stream, and its positions in assets', async () => {
    const folder = bench.path('meta-out');
    await bench.json(['export', 'run', metaRun, '-o', folder]);
    const { result } = await imported(folder, 'desk');
    expect(result).toMatchObject({ sourceChain: 'verified' });
    const [, weights] = await figuresOf(back, result['runId'] as string, 'hrp');
    const [, recorded] = await figuresOf(bench, metaRun, 'hrp');
    expect(weights).toBe(recorded);
  });

  test('its log is a chain under rules 2, and none under rules 1, which know the Python system alone', () => {
    const { sha256 } = createNodeCrypto();
    const lines = readFileSync(bench.path('sleeve-out/audit.jsonl'), 'utf8').split('\n');
    expect(verifyOriginChain(lines, sha256, 'python_and_ledger')).toMatchObject({ status: 'verified', lines: lines.length - 1 });
    expect(verifyOriginChain(lines, sha256, 'python')).toMatchObject({ status: 'broken', brokenAt: 1 });
    const edited = lines.with(2, lines[2]!.replace('"step":"', '"step":"x'));
    expect(verifyOriginChain(edited, sha256, 'python_and_ledger')).toMatchObject({ status: 'broken', brokenAt: 3 });
  });

  test('the stream of a meta run is what its sleeves earned at their weights', async () => {
    const folder = bench.path('meta-out');
    const tableOf = async (path: string): Promise<PriceTable> => (await parseParquetPrices(readFileSync(join(folder, path)), path)).table;
    const { dates, closes } = await tableOf('data/returns/hrp.parquet');
    const joined = await tableOf('data/meta_returns_whole_hrp.parquet');
    const { weights } = jsonIn(folder, 'data/meta_optimized_whole_hrp.json') as { weights: { Symbol: string; Weight: number }[] };
    expect(dates).toEqual(joined.dates);
    for (const [row, earned] of closes[0]!.entries()) {
      const sum = weights.reduce((total, { Symbol, Weight }) => total + Weight * joined.closes[joined.symbols.indexOf(Symbol)]![row]!, 0);
      expect(earned).toBeCloseTo(sum, 15);
    }
  });

  test('the tree of a meta run is the one that the documents name, with what each sleeve delivered below it', () => {
    const folder = bench.path('meta-out');
    const files = filesIn(folder);
    expect(files).toEqual(
      expect.arrayContaining([
        'audit.jsonl',
        'config/resolved_manifest.json',
        'data/meta_cluster_tree_whole_hrp.json',
        'data/meta_manifest.json',
        'data/meta_manifest_whole_hrp.json',
        'data/meta_optimized_whole_hrp.json',
        'data/meta_returns_whole_hrp.parquet',
        'data/portfolio_flattened.json',
        'data/portfolio_optimized_meta.json',
        'data/portfolio_optimized_meta_whole_hrp.json',
        'data/returns/hrp.parquet',
        'run_to_pickles.py',
        'sleeves/coins/config/resolved_manifest.json',
        'sleeves/funds/data/returns/hrp.parquet',
        'sleeves/stocks/data/portfolio_optimized_v2.json',
      ]),
    );
    const manifest = jsonIn(folder, 'data/meta_manifest_whole_hrp.json') as { sleeves: { id: string; run_id: string; run_path: string }[] };
    expect(manifest).toMatchObject({ meta_profile: 'whole', risk_profile: 'hrp' });
    expect(manifest.sleeves.find(({ id }) => id === 'stocks')).toMatchObject({ run_id: sleeveRun, run_path: 'sleeves/stocks' });
    const held = jsonIn(folder, 'data/portfolio_optimized_meta_whole_hrp.json') as {
      weights: { Net_Weight: number; Contributors: string[] }[];
    };
    expect(held.weights.reduce((sum, { Net_Weight }) => sum + Net_Weight, 0)).toBeCloseTo(1, 12);
    const sizes = held.weights.map(({ Net_Weight }) => Math.abs(Net_Weight));
    expect(sizes).toEqual(sizes.toSorted((left, right) => right - left));
    expect(held.weights.every(({ Contributors }) => Contributors.length > 0)).toBe(true);
  });

  test.each([
    ['sleeve-out/data/cluster_tree_hrp.json', 3],
    ['meta-out/data/meta_cluster_tree_whole_hrp.json', 3],
  ])('the tree in %s holds linkage rows that its own distances give again', (path, size) => {
    const { leaves, linkage: rows, leaf_order: order, distances } = jsonIn(bench.directory, path) as Tree;
    expect(leaves).toHaveLength(size);
    expect(order.toSorted()).toEqual(leaves);
    expect(rows).toEqual(linkage(Float64Array.from(distances), size, 'ward'));
  });

  test('an imported run is given back byte for byte, beside the log of this ledger', async () => {
    const origin = writeRunDirectory(bench.directory, wholeRun());
    const { runId } = (await bench.json(['sleeve', 'import', '--run', origin, '--no-seal'])).result as { runId: string };
    const folder = bench.path('import-out');
    await bench.json(['export', 'run', runId, '-o', folder]);
    for (const path of filesIn(folder)) {
      if (path === 'ledger.audit.jsonl' || path === 'run_to_pickles.py') continue;
      expect(readFileSync(join(folder, path)).equals(readFileSync(join(origin, path)))).toBe(true);
    }
    expect((await back.json(['sleeve', 'import', '--run', folder, '--no-seal'])).result['runId']).toBe(runId);
  });

  test('a folder that is there is left alone, and a failure leaves nothing behind', async () => {
    const taken = bench.path('taken');
    mkdirSync(taken);
    const refused = await bench.json(['export', 'run', sleeveRun, '-o', taken]);
    expect(refused).toMatchObject({ exit: 2, error: { code: 'OutputExists' } });
    expect(readdirSync(taken)).toEqual([]);
    const before = readdirSync(bench.directory);
    const failing = await bench.json(['export', 'run', sleeveRun, '-o', bench.path('never')], {
      tools: (tools) => ({
        ...tools,
        tables: {
          writeTable: async () => {
            throw new Error('the disk is gone');
          },
        },
      }),
    });
    expect(failing.error?.message).toContain('the disk is gone');
    expect(readdirSync(bench.directory)).toEqual(before);
  });

  testWithPandas('the script makes pickles of the tables, and the run with both is the same run of returns', async () => {
    const folder = bench.path('pickled-out');
    await bench.json(['export', 'run', sleeveRun, '-o', folder]);
    const { status, stderr } = spawnSync(oraclePython, ['run_to_pickles.py'], { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(existsSync(join(folder, 'data/returns/hrp.pkl'))).toBe(true);
    for (const name of readdirSync(join(folder, 'data/returns')).filter((file) => file.endsWith('.parquet')))
      rmSync(join(folder, 'data/returns', name));
    const { result } = await imported(folder, 'pickled');
    expect((await figuresOf(back, result['runId'] as string, 'hrp'))[0]).toBe((await figuresOf(bench, sleeveRun, 'hrp'))[0]);
  });

  test('the script of the package is the one that is written', () => {
    const script = 'run_to_pickles.py';
    expect(readFileSync(join(bench.path('meta-out'), script))).toEqual(readFileSync(join(projectRoot, 'examples', script)));
  });
});
