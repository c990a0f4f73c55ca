/** A backtest that is killed, while it computes and between two appends, and one whose worker dies: the same command ends it. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { forThread } from '../../bin/worker-entries.ts';
import { limits } from '../../domain/shared/limits.ts';
import { createLog } from '../../infra/system/log.ts';
import { createWorkerPool } from '../../infra/workers/worker-pool.ts';
import { spawnProgram, type Workbench } from '../support/cli.ts';
import { artifactsOf, backtestBytes, backtestWords, slowDesk, twinOf } from '../support/compute/backtests-with.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { startChild, until } from './support/child.ts';

const scratch = scratchDirectory();
/** Three sleeves in three profiles. */
const walks = 9;
const undisturbed = slowDesk(scratch);
let begun: Workbench;
let expected: string[];

const answersOf = (on: Workbench): string[] => {
  const folder = `${on.store}.cache`;
  return existsSync(folder) ? readdirSync(folder).filter((name) => /^backtest-sleeve-.*\.answer$/.test(name)) : [];
};

async function expectWhole(on: Workbench): Promise<void> {
  expect(await backtestBytes(on)).toEqual(expected);
  expect(await artifactsOf(on)).toEqual(await artifactsOf(undisturbed));
  expect((await on.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
}

beforeAll(async () => {
  const made = await undisturbed.json(['ledger', 'init']);
  if (made.error !== undefined) throw new Error(made.error.message);
  begun = twinOf(undisturbed, scratch);
  const whole = await undisturbed.json(backtestWords(undisturbed));
  if (whole.error !== undefined) throw new Error(whole.error.message);
  expected = await backtestBytes(undisturbed);
}, 120_000);

describe('a backtest of more events than an append holds', () => {
  test('killed while it computes has recorded nothing; again it takes what was finished from the cache, to the same bytes', async () => {
    const bench = twinOf(begun, scratch);
    const words = backtestWords(bench, '--workers', '1');
    const run = spawnProgram(bench, words);
    await until(() => answersOf(bench).length >= 2);
    run.process.kill('SIGKILL');
    expect((await run.ended).signal).toBe('SIGKILL');
    const kept = answersOf(bench).length;
    expect(kept).toBeLessThan(walks);
    expect(await backtestBytes(bench)).toEqual([]);
    const again = spawnProgram(bench, [...words, '--json']);
    const { exit, stdout } = await again.ended;
    expect(exit).toBe(0);
    expect((JSON.parse(stdout) as { result: object }).result).toMatchObject({ already: false, fromCache: kept });
    await expectWhole(bench);
  }, 120_000);

  test('killed between two appends has a beginning of its facts; again it appends the rest, to the same bytes', async () => {
    expect(expected.length).toBeGreaterThan(limits.appendEventsMax);
    const bench = twinOf(begun, scratch);
    const words = backtestWords(bench);
    const child = startChild('backtest-until-killed.ts', { below: scratch, environment: bench.environment, words });
    await new Promise((resolve) => child.process.stdout!.once('data', resolve));
    child.process.kill('SIGKILL');
    expect((await child.ended).signal).toBe('SIGKILL');
    const beginning = await backtestBytes(bench);
    expect(beginning.length).toBeGreaterThan(limits.appendEventsMax / 2);
    expect(beginning).toEqual(expected.slice(0, beginning.length));
    expect((await bench.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
    expect((await bench.json(words)).result).toMatchObject({ already: false, fromCache: walks });
    await expectWhole(bench);
  }, 120_000);

  test('whose worker dies in the middle of a walk-forward is computed to the same bytes, and says so', async () => {
    const bench = twinOf(begun, scratch);
    const file = join(tmpdir(), `dying-backtest-thread-${process.pid}`);
    rmSync(file, { force: true });
    const said: string[] = [];
    const compute = createWorkerPool({
      entry: fileURLToPath(new URL('../support/compute/dying-backtest-thread.ts', import.meta.url)),
      execArgv: forThread(),
      threads: 2,
      log: createLog('warn', false, { write: (line) => void said.push(line) }),
    });
    const answer = await bench.json(backtestWords(bench), { tools: (tools) => ({ ...tools, compute }) });
    await compute.close();
    expect(answer.error).toBeUndefined();
    expect(existsSync(file)).toBe(true);
    rmSync(file);
    expect(said.join('')).toContain('a worker ended in the middle of a computation, which is tried again');
    await expectWhole(bench);
  }, 120_000);

  test('asked for by two processes at once is recorded once, and both are answered', async () => {
    const bench = twinOf(begun, scratch);
    const words = [...backtestWords(bench, '--workers', '0', '--cache', join(bench.directory, 'shared.cache')), '--json'];
    const both = await Promise.all([spawnProgram(bench, words).ended, spawnProgram(bench, words).ended]);
    expect(both.map(({ exit }) => exit)).toEqual([0, 0]);
    const [one, other] = both.map(({ stdout }) => (JSON.parse(stdout) as { result: { runId: string; windows: unknown } }).result);
    expect(one!.runId).toBe(other!.runId);
    expect(one!.windows).toEqual(other!.windows);
    await expectWhole(bench);
  }, 120_000);
});
