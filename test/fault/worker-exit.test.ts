/** A process that computed in threads ends when it has nothing more to do: by itself, closed or not, and on a signal. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot, spawnProgram, Workbench } from '../support/cli.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { writePrices } from '../support/small-market.ts';

const scratch = scratchDirectory();
const endsWithinMs = 15_000;

async function endOf(...args: string[]): Promise<{ readonly code: number | null; readonly ms: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'test/support/compute/compute-and-end.ts'), ...args], {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, ms: performance.now() - started };
}

describe('a process that computed in threads', () => {
  test.each(['close', 'leave'])('ends by itself (%s)', async (how) => {
    const { code, ms } = await endOf(how);
    expect(code).toBe(0);
    expect(ms).toBeLessThan(endsWithinMs);
  });

  test('ends on SIGINT while threads compute, with 130, and has recorded nothing', async () => {
    const bench = new Workbench(scratch, ({ defaults }) => {
      defaults['backtest'] = { ...defaults['backtest'], train_window: 40, test_window: 1, step_size: 1 };
    });
    const file = writePrices(bench.directory, 'stocks', {});
    const run = spawnProgram(bench, [
      'flow',
      'production',
      '--profile',
      'stocks',
      '--prices',
      file,
      '--workers',
      '2',
      '--log-level',
      'info',
    ]);
    await new Promise<void>((resolve) => {
      run.process.stderr!.on('data', () => {
        if (run.logged().includes('read the prices')) resolve();
      });
    });
    run.process.kill('SIGINT');
    const { exit, signal } = await run.ended;
    expect({ exit, signal }).toEqual({ exit: 130, signal: null });
    expect(await bench.events()).toEqual([]);
  });
});
