/**
 * Somebody who may send messages, and nothing else, floods a ledger with poison. What a flood leaves must not keep the ledger from being
 * opened: each process here is given 256 MiB of heap for a hundred thousand open letters, recorded with the heads of their messages as
 * releases up to 0.1.0 did.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type CliResult, projectRoot, spawnProgram, Workbench } from '../support/cli.ts';
import type { IntakeJob } from '../support/intake-job.ts';
import { appendLetters, letterOf010 } from '../support/letters-ledger.ts';
import { scratchDirectory } from '../support/scratch.ts';

const letterCount = 100_000;
/** Of a process on a busy machine. */
const patienceMs = 300_000;
const heap = { NODE_OPTIONS: '--max-old-space-size=256' };

const bench = new Workbench(scratchDirectory());

async function run(argv: readonly string[]): Promise<Answer> {
  const { exit, stdout, stderr } = await spawnProgram(bench, [...argv, '--json'], heap).ended;
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: expect.not.stringContaining('heap') });
  return JSON.parse(stdout) as Answer;
}

/** A job of the intake in a process of its own, with as little heap. */
function intake(job: Partial<IntakeJob>): Promise<CliResult> {
  const whole: IntakeJob = { message: null, settle: null, onPoison: 'hold', dieAt: null, deadLettersFile: bench.path('dead'), ...job };
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(projectRoot, 'test/support/intake-child.ts'), bench.store, JSON.stringify(whole)],
    {
      cwd: projectRoot,
      env: { ...process.env, ...heap },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  return new Promise((resolve) => child.once('close', (code) => resolve({ exit: code ?? -1, stdout: '', stderr })));
}

beforeAll(async () => {
  await bench.json(['ledger', 'init']);
  await appendLetters(bench.store, 'sleeve-coins', letterCount, (number) => letterOf010(number, 'coins'));
}, patienceMs);

describe(`a ledger with ${letterCount} letters, opened with 256 MiB of heap`, () => {
  test(
    'tells how many they are',
    async () => {
      expect((await run(['status'])).result).toMatchObject({ sleeves: [{ sleeve: 'coins', openLetters: letterCount }] });
    },
    patienceMs,
  );

  test(
    'lists them page by page, each letter on one page',
    async () => {
      const first = (await run(['dlq', 'list', '--limit', '3'])).result as { letters: { letterId: string }[]; next: string; open: number };
      expect(first).toMatchObject({ open: letterCount, letters: { length: 3 } });
      const second = (await run(['dlq', 'list', '--limit', '3', '--after', first.next])).result as typeof first;
      expect(new Set([...first.letters, ...second.letters].map(({ letterId }) => letterId)).size).toBe(6);
      expect((await run(['dlq', 'list'])).result).toMatchObject({ letters: { length: 500 }, next: expect.any(String) });
      expect((await run(['dlq', 'list', '--all', '--limit', '2'])).result).toMatchObject({
        letters: [{ number: 0 }, { number: 1 }],
      });
    },
    patienceMs,
  );

  test(
    'holds the next result of the sleeve behind them, and discards one of them',
    async () => {
      expect(await intake({ message: { key: 'coins', value: '{"next":1}', offset: '1' } })).toMatchObject({ exit: 0, stderr: '' });
      const { result } = await run(['dlq', 'list', '--limit', '1']);
      expect(result).toMatchObject({ waiting: [{ sleeve: 'coins', waiting: 1 }] });
      const { letterId } = (result['letters'] as { letterId: string }[])[0]!;
      expect((await run(['dlq', 'discard', letterId, '--why', 'a flood'])).result).toMatchObject({ already: false, waiting: 1 });
      expect((await run(['dlq', 'list', '--limit', '1'])).result).toMatchObject({ open: letterCount - 1 });
    },
    patienceMs,
  );

  test(
    'lets a worker start, which keeps its read models and stops when it is told to',
    async () => {
      const worker = spawnProgram(bench, ['work', '--roles', 'project,seal'], heap);
      const started = Date.now();
      while (!worker.logged().includes('Working on') && Date.now() - started < 120_000)
        await new Promise((resolve) => setTimeout(resolve, 100));
      worker.process.kill('SIGTERM');
      const { exit, stderr } = await worker.ended;
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: expect.not.stringContaining('heap') });
    },
    patienceMs,
  );
});
