/** A signal during the import of a file that takes as long as a file may: the process ends at once, and nothing is half-written. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { until } from '../fault/support/child.ts';
import { spawnProgram, Workbench } from '../support/cli.ts';
import { wholeRun } from '../support/imported-run.ts';
import { writeRunDirectory } from '../support/run-directory.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();
const minute = 60_000;
/** A second, on a machine that has one for it; others get several. */
const secondsMax = 1;
const slownessOfMachine = 6;

/** Quotes around nothing, as wide as a table may be: tens of seconds for whoever reads it to its end. */
function slowText(bytes: number): Uint8Array {
  const names = Array.from({ length: 300 }, (_, at) => `X:A${at}`).join(',');
  const row = `2024-01-02${',"1.5"'.repeat(300)}\n`;
  return Buffer.from(`date,${names}\n${row.repeat(Math.floor(bytes / row.length))}`);
}

const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

const usedTicks = (child: number): number => Number(readFileSync(`/proc/${child}/stat`, 'utf8').split(') ')[1]!.split(' ')[11]);

/** The process that reads files, once it is well into one. */
async function busyReader(pid: number): Promise<number> {
  await until(() => childrenOf(pid).some((child) => existsSync(`/proc/${child}/stat`) && usedTicks(child) > 60));
  return childrenOf(pid)[0]!;
}

interface Stopped {
  readonly exit: number;
  readonly signal: NodeJS.Signals | null;
  readonly seconds: number;
  readonly stdout: string;
}

async function stoppedBy(signal: NodeJS.Signals, bench: Workbench, argv: readonly string[]): Promise<Stopped> {
  const running = spawnProgram(bench, argv);
  const reader = await busyReader(running.process.pid!);
  const sent = performance.now();
  expect(running.process.kill(signal)).toBe(true);
  const ended = await running.ended;
  const seconds = (performance.now() - sent) / 1000;
  process.stdout.write(`${argv.slice(0, 2).join(' ')}: ended ${seconds.toFixed(2)} s after ${signal}\n`);
  await until(() => !existsSync(`/proc/${reader}`));
  return { exit: ended.exit, signal: ended.signal, seconds, stdout: ended.stdout };
}

const expectAtOnce = ({ seconds }: Stopped): void => expect(seconds).toBeLessThan(secondsMax * slownessOfMachine);
const hostileRun = (below: string): string =>
  writeRunDirectory(below, { ...wholeRun(), returns: {}, files: { 'data/returns/hrp.csv': slowText(60_000_000) } });

describe('a hostile import under way', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'of prices ends on %s with 130',
    async (signal) => {
      const bench = new Workbench(scratch);
      const prices = bench.write('slow.csv', slowText(60_000_000));
      const stopped = await stoppedBy(signal, bench, ['flow', 'production', '--profile', 'stocks', '--prices', prices, '--json']);
      expect(stopped).toMatchObject({ exit: 130, signal: null });
      expect(JSON.parse(stopped.stdout)).toMatchObject({ ok: false, error: { code: 'Interrupted' } });
      expectAtOnce(stopped);
      expect(await bench.events()).toEqual([]);
    },
    minute,
  );

  test(
    'of a run directory ends on SIGTERM with 130, and nothing is recorded',
    async () => {
      const bench = new Workbench(scratch);
      const stopped = await stoppedBy('SIGTERM', bench, ['sleeve', 'import', '--run', hostileRun(bench.directory), '--json']);
      expect(stopped).toMatchObject({ exit: 130, signal: null });
      expectAtOnce(stopped);
      expect((await bench.events()).filter(({ type }) => type !== 'LedgerOpened')).toEqual([]);
    },
    minute,
  );

  test(
    'by a watcher ends on SIGTERM as a worker that is done, and the run is neither recorded nor called broken',
    async () => {
      const bench = new Workbench(scratch);
      hostileRun(bench.path('incoming/slow'));
      const stopped = await stoppedBy('SIGTERM', bench, [
        'watch',
        bench.path('incoming'),
        '--settle-seconds',
        '0',
        '--create-ledger',
        '--json',
      ]);
      expect(stopped).toMatchObject({ exit: 0, signal: null });
      expect(JSON.parse(stopped.stdout)).toMatchObject({ result: { imported: 0, broken: 0 } });
      expectAtOnce(stopped);
      expect((await bench.events()).filter(({ stream }) => stream.startsWith('sleeve'))).toEqual([]);
    },
    minute,
  );

  test(
    'control: the same table, honest and short, is read',
    async () => {
      const bench = new Workbench(scratch);
      const prices = bench.write('short.csv', slowText(1_500_000));
      const answer = await bench.json(['flow', 'production', '--profile', 'stocks', '--prices', prices]);
      // It was read: what is wrong with it is what it says.
      expect(answer.error?.code).not.toBe('Interrupted');
      expect(answer.error?.code).not.toBe('LimitExceeded');
    },
    minute,
  );
});
