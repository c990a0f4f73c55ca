/** The real program in processes of its own: two at once on one new file (F11), interrupted, and on a full disk. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Answer, spawnProgram, Workbench } from '../support/cli.ts';
import { reportFigures } from '../support/figures.ts';
import { priceCsv, simulatedPrices } from '../support/prices.ts';
import { until } from './support/child.ts';
import { needs } from '../support/needs.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { writePrices } from '../support/small-market.ts';

// Before the folder itself is removed: hooks run in the order in which they were given.
afterAll(() => {
  if (onSmallDisk.isMet) spawnSync('umount', [full]);
});
const scratch = scratchDirectory();
const minute = 60_000;
const answerIn = (text: string): Answer => JSON.parse(text) as Answer;

describe('two processes at once on one new ledger', () => {
  test(
    'both record, one after the other: one ledger, one key, no fault, nothing busy on the surface',
    async () => {
      const bench = new Workbench(scratch);
      const sleeves = ['stocks', 'funds'] as const;
      const started = sleeves.map((sleeve) =>
        spawnProgram(bench, ['flow', 'production', '--profile', sleeve, '--prices', writePrices(bench.directory, sleeve), '--json']),
      );
      // The same command twice at once as well: recorded once.
      started.push(spawnProgram(bench, ['flow', 'production', '--profile', 'stocks', '--prices', bench.path('stocks.csv'), '--json']));
      const ended = await Promise.all(started.map(({ ended: end }) => end));
      expect(ended.map(({ exit, stderr }) => [exit, stderr])).toEqual([
        [0, ''],
        [0, ''],
        [0, ''],
      ]);
      const answers = ended.map(({ stdout }) => answerIn(stdout));
      expect(new Set(answers.map(({ ledgerId }) => ledgerId)).size).toBe(1);
      expect(answers[0]!.result['runId']).toBe(answers[2]!.result['runId']);
      const types = (await bench.events()).map(({ type }) => type);
      const count = (type: string): number => types.filter((one) => one === type).length;
      expect([count('LedgerOpened'), count('SleeveRunOpened'), count('SleeveRunAccepted')]).toEqual([1, 2, 2]);
      const verified = await bench.json(['ledger', 'verify']);
      expect([verified.exit, verified.result['faults']]).toEqual([0, []]);
      expect((await bench.json(['ledger', 'seal'])).exit).toBe(0);
      reportFigures({ test: 'F11 two processes, one new ledger', seed: null, trials: 3, busySurfaced: 0, lost: 0 });
    },
    minute,
  );
});

/** Forty symbols over four years, solved again every third day: seconds of work. */
function busyBench(): { readonly bench: Workbench; readonly argv: readonly string[] } {
  const bench = new Workbench(scratch, (manifest) => {
    manifest.defaults['data'] = { lookback_days: 900 };
    manifest.defaults['backtest'] = {
      train_window: 250,
      test_window: 3,
      step_size: 3,
      profiles: 'hrp,risk_parity,min_variance,max_sharpe,equal_weight',
      benchmark_symbols: 'AMEX:SPY',
    };
  });
  const symbols = Array.from({ length: 40 }, (_, index) => `NYSE:S${String(index).padStart(2, '0')}`);
  writeFileSync(bench.path('big.csv'), priceCsv(simulatedPrices({ symbols, first: '2019-01-02', last: '2022-12-30', seed: 3 })));
  return { bench, argv: ['flow', 'production', '--profile', 'stocks', '--prices', bench.path('big.csv'), '--json'] };
}

describe('interrupted in the middle', () => {
  test(
    'by Ctrl-C: exit 130, nothing half-written, and the same command completes it',
    async () => {
      const { bench, argv } = busyBench();
      const first = spawnProgram(bench, [...argv, '--log-level', 'info']);
      await until(() => first.logged().includes('read the prices'));
      expect(first.process.kill('SIGINT')).toBe(true);
      const { exit, signal, stdout } = await first.ended;
      expect({ exit, signal }).toEqual({ exit: 130, signal: null });
      expect(answerIn(stdout).error).toMatchObject({ code: 'Interrupted' });
      expect((await bench.events()).length).toBe(0);
      const again = await spawnProgram(bench, argv).ended;
      expect([again.exit, answerIn(again.stdout).result['already']]).toEqual([0, false]);
      const verified = await bench.json(['ledger', 'verify']);
      expect([verified.exit, verified.result['faults'], verified.result['unsealed']]).toEqual([0, [], 1]);
    },
    minute,
  );
});

const full = join(scratch, 'full');
mkdirSync(full);
const onSmallDisk = needs('small disks');
if (onSmallDisk.isMet) execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=262144', 'none', full]);

describe('a full disk', () => {
  onSmallDisk.test(
    'ends with exit 74 and advice; what is on it verifies; with space the same command completes',
    async () => {
      const bench = new Workbench(scratch);
      const prices = writePrices(bench.directory, 'stocks');
      const store = join(full, 'ledger.sqlite');
      const argv = ['flow', 'production', '--profile', 'stocks', '--prices', prices, '--store', store, '--no-seal'];
      writeFileSync(join(full, 'ballast'), new Uint8Array(120_000));
      const refused = await bench.json(argv);
      expect([refused.exit, refused.error?.code]).toEqual([74, 'StoreFull']);
      expect(refused.error!.advice).toContain('nothing was half-written');
      if (existsSync(store)) {
        const verified = await bench.json(['ledger', 'verify', '--store', store]);
        if (verified.error === undefined) expect(verified.result['faults']).toEqual([]);
        else expect(verified.error.code).toBe('LedgerMissing');
      }
      expect(spawnSync('mount', ['-o', 'remount,size=8388608', full]).status).toBe(0);
      const completed = await bench.json(argv);
      expect([completed.exit, completed.error?.code]).toEqual([0, undefined]);
      const verified = await bench.json(['ledger', 'verify', '--store', store]);
      expect([verified.exit, verified.result['faults']]).toEqual([0, []]);
    },
    minute,
  );
});
