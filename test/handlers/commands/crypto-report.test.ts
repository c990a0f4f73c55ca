/** What a crypto sleeve shows beside its weights: the line of cash, and the benchmark that it does not hold. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { smallCsv } from '../../support/small-market.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const bench = new Workbench(scratchDirectory());
const runs: Record<string, string> = {};
const coins = ['BINANCE:XXXUSDT', 'BINANCE:YYYUSDT'];

async function produced(profile: string): Promise<Record<string, unknown>> {
  const files = ['coins', 'funds'].map((sleeve) => bench.write(`${sleeve}.csv`, smallCsv(sleeve as 'coins' | 'funds')));
  const { exit, result } = await bench.json(['flow', 'production', '--profile', profile, '--prices', ...files, '--no-seal']);
  expect(exit).toBe(0);
  runs[profile] = result['runId'] as string;
  return result;
}

const cashOf = (result: Record<string, unknown>): unknown[] => (result['profiles'] as { cash?: unknown }[]).map(({ cash }) => cash);

async function reportOf(run: string): Promise<string> {
  const ran = await bench.run(['report', run, '-o', '-']);
  expect(ran.exit).toBe(0);
  return ran.stdout;
}

beforeAll(async () => {
  bench.writeManifest((manifest) => {
    const backtest = { ...(manifest.profiles['coins']!['backtest'] as object), benchmark_symbols: ['BINANCE:XXXUSDT', 'AMEX:SPY'] };
    manifest.profiles['coins'] = { data: { symbols: coins }, backtest };
    manifest.profiles['named'] = { data: { symbols: coins }, backtest: { ...backtest, backtest_cash_asset: 'USDT' } };
    manifest.profiles['both'] = {
      sleeves: ['coins', 'named'].map((id) => ({ id, profile: id })),
      meta_allocation: { profile: 'hrp', max_weight: 0.6 },
    };
    manifest.profiles['kept'] = { ...manifest.profiles['both'], backtest: { backtest_cash_asset: 'USDT' } };
  });
  runs['cash of coins'] = JSON.stringify(cashOf(await produced('coins')));
  runs['cash of named'] = JSON.stringify(cashOf(await produced('named')));
  for (const meta of ['both', 'kept'])
    runs[meta] = (await bench.json(['flow', 'meta', '--profile', meta, '--risk', 'hrp'])).result['runId'] as string;
}, 30_000);

const asked = (meta: string): string[] => ['flow', 'meta', '--profile', meta, '--risk', 'hrp'];

const metadataOf = async (run: string, path: string): Promise<Record<string, unknown>> => {
  const folder = bench.path(`${run}-${path.replaceAll('/', '-')}`);
  expect((await bench.json(['export', 'run', runs[run]!, '-o', folder])).exit).toBe(0);
  return (JSON.parse(readFileSync(join(folder, path), 'utf8')) as { metadata: Record<string, unknown> }).metadata;
};

describe('the line of cash', () => {
  test('stands beside the weights of each profile where a cash asset is named, and nowhere else while all is invested', () => {
    expect(JSON.parse(runs['cash of coins']!)).toEqual([null, null, null]);
    expect(JSON.parse(runs['cash of named']!)).toEqual(Array.from({ length: 3 }, () => ({ asset: 'USDT', weight: 0 })));
  });

  test('of a portfolio stands beside its assets, in no column of the table, and in the report', async () => {
    expect((await bench.json(['weights', '--meta', 'kept', '--risk', 'hrp'])).result['cash']).toEqual({ asset: 'USDT', weight: 0 });
    expect((await bench.json(['weights', '--meta', 'both', '--risk', 'hrp'])).result).not.toHaveProperty('cash');
    const exported = await bench.json(['export', 'weights', runs['kept']!, '--risk', 'hrp', '-o', bench.path('kept.csv')]);
    expect(exported.result).toMatchObject({ cash: { asset: 'USDT', weight: 0 }, columns: coins });
    expect(await reportOf(runs['kept']!)).toContain('0.00 % in USDT');
    expect(await reportOf(runs['both']!)).not.toContain('in USDT');
  });

  test('of a portfolio is answered by flow meta, and said below its table', async () => {
    expect(cashOf((await bench.json(asked('kept'))).result)).toEqual([{ asset: 'USDT', weight: 0 }]);
    expect(cashOf((await bench.json(asked('both'))).result)).toEqual([undefined]);
    expect((await bench.run(asked('kept'))).stdout).toContain('Cash: hrp 0.00 % in USDT.');
    expect((await bench.run(asked('both'))).stdout).not.toContain('Cash:');
  });

  test('stands in the metadata of exported positions, whose documents have no cash', async () => {
    const none = { asset: 'USDT', weight: 0 };
    expect((await metadataOf('named', 'data/portfolio_optimized_v2.json'))['cash']).toMatchObject({ hrp: none });
    expect(await metadataOf('coins', 'data/portfolio_optimized_v2.json')).not.toHaveProperty('cash');
    expect((await metadataOf('kept', 'data/portfolio_flattened.json'))['cash']).toEqual({ hrp: none });
    expect((await metadataOf('kept', 'data/portfolio_optimized_meta.json'))['cash']).toEqual(none);
  });

  test('of a sleeve stands in its export and its report', async () => {
    const exported = await bench.json(['export', 'weights', runs['named']!, '--risk', 'hrp', '-o', bench.path('named.csv')]);
    expect(exported.result).toMatchObject({ cash: { asset: 'USDT', weight: 0 } });
    expect(await reportOf(runs['named']!)).toContain('hrp 0.00 % in USDT');
  });
});

test('the benchmark of other sessions is compared and not held: market is the coin alone', async () => {
  const report = await reportOf(runs['coins']!);
  expect(report).toContain('Benchmarks compared, not held');
  expect(report).toMatch(/\| AMEX:SPY +\|/);
  const returns = await bench.json(['export', 'weights', runs['coins']!, '--risk', 'market', '-o', bench.path('market.csv')]);
  expect(returns.result['columns']).toEqual(['BINANCE:XXXUSDT']);
});
