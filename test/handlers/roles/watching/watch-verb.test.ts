/** The embedded mode: run directories in, publications out, no broker. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Workbench } from '../../../support/cli.ts';
import { wholeRun } from '../../../support/imported-run.ts';
import { writeRunDirectory } from '../../../support/run-directory.ts';
import { scratchDirectory } from '../../../support/scratch.ts';
import { until } from '../../reaction/desk.ts';

const scratch = scratchDirectory();
const now = '2024-04-01T08:00:00.000Z';

function benchWithFolder(): { readonly bench: Workbench; readonly folder: string } {
  const bench = new Workbench(scratch);
  const sleeves = ['long_all', 'short_all'].map((id) => ({ id, profile: id }));
  bench.write(
    'manifest.json',
    JSON.stringify({
      profiles: { long_all: {}, short_all: {}, desk: { sleeves, meta_allocation: { profile: 'hrp', min_weight: 0.05, max_weight: 0.95 } } },
    }),
  );
  mkdirSync(bench.path('incoming'));
  return { bench, folder: bench.path('incoming') };
}

describe('watch', () => {
  test('--once imports what is complete, names what is not, and ends sealed', async () => {
    const { bench, folder } = benchWithFolder();
    writeRunDirectory(join(folder, 'one'), wholeRun(1, 'long_all'));
    writeRunDirectory(join(folder, 'two'), { ...wholeRun(2), manifest: null });
    const done = await bench.json(['watch', folder, '--once', '--settle-seconds', '0', '--create-ledger'], { now });
    expect(done).toMatchObject({
      exit: 0,
      result: { runs: [{ directory: 'one', kind: 'imported', sleeve: 'long_all' }], incomplete: ['two'] },
      warnings: [`made a new ledger at ${bench.store}`, 'two is not complete, or holds no run'],
    });
    expect((await bench.events()).at(-1)!.type).toBe('LedgerSealed');
    expect(await bench.json(['watch', folder, '--once', '--settle-seconds', '0', '--no-seal'], { now })).toMatchObject({
      exit: 0,
      result: { runs: [{ directory: 'one', kind: 'already' }] },
    });
  });

  test('--once exits 1 when a run is broken, and imports the others', async () => {
    const { bench, folder } = benchWithFolder();
    writeRunDirectory(join(folder, 'one'), { ...wholeRun(1, 'long_all'), files: { 'data/returns/hrp.pkl': 'no pickle' } });
    writeRunDirectory(join(folder, 'two'), wholeRun(2, 'short_all'));
    const done = await bench.json(['watch', folder, '--once', '--settle-seconds', '0', '--create-ledger'], { now });
    expect(done).toMatchObject({
      exit: 1,
      error: { code: 'RunsNotImported', message: 'not imported: one' },
      result: {
        runs: [
          { directory: 'one', kind: 'broken', error: { code: 'PickleRefused' } },
          { directory: 'two', kind: 'imported' },
        ],
      },
    });
  });

  test('a folder that is not there is refused before a ledger is made; flags are checked', async () => {
    const { bench, folder } = benchWithFolder();
    expect(await bench.json(['watch', bench.path('nowhere'), '--once'])).toMatchObject({ exit: 66, error: { code: 'FileMissing' } });
    expect(await bench.json(['watch', folder, '--once', '--profile', '../x'])).toMatchObject({ exit: 2, error: { code: 'Usage' } });
    expect(await bench.events()).toEqual([]);
  });

  test('runs that appear are published without a broker, until it is stopped', async () => {
    const { bench, folder } = benchWithFolder();
    await bench.json(['manifest', 'apply', '--no-seal'], { now });
    const stop = new AbortController();
    const running = bench.json(['watch', folder, '--settle-seconds', '1'], { now, signal: stop.signal });
    writeRunDirectory(join(folder, 'one'), wholeRun(1, 'long_all'));
    writeRunDirectory(join(folder, 'two'), wholeRun(50, 'short_all'));
    // A link is not a run, wherever it leads.
    symlinkSync(join(folder, 'one'), join(folder, 'latest'));
    await until(
      'the portfolio is published',
      async () => (await bench.events()).some(({ type }) => type === 'AllocationPublished'),
      30_000,
    );
    stop.abort();
    expect(await running).toMatchObject({ exit: 0, result: { imported: 2, broken: 0, already: 0 } });
    const events = await bench.events();
    expect(events.filter(({ type }) => type === 'AllocationPublished')).toHaveLength(1);
    expect(events.at(-1)!.type).toBe('LedgerSealed');
    const held = bench.write('holdings.csv', 'symbol,notional\nBINANCE:BTCUSDT,500\n');
    const { result } = await bench.json(['trades', '--meta', 'desk', '--holdings', held, '--capital', '1000']);
    // Both sleeves hold .6 and -.4 of the two coins, whatever they weigh.
    expect(result['trades']).toMatchObject([
      { symbol: 'BINANCE:BTCUSDT', side: 'buy', deltaNotional: expect.closeTo(100, 9) },
      { symbol: 'BINANCE:ETHUSDT', side: 'sell', deltaNotional: expect.closeTo(-400, 9) },
    ]);
  }, 60_000);
});
