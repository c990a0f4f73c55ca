/** Runs and backtests of sleeves that select, killed while they do: nothing is recorded, and the same command ends them. */
import { describe, expect, test } from '@jest/globals';
import type { Workbench } from '../support/cli.ts';
import { pairBacktestWords, productionWords, recordedOn, selectingPair } from '../support/compute/selecting-pair.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { startChild } from './support/child.ts';

const scratch = scratchDirectory();

/** Kills a command in the middle of its selection; answers what it had said. */
async function killedSelecting(bench: Workbench, words: readonly string[]): Promise<string> {
  const child = startChild('select-until-killed.ts', { below: scratch, environment: bench.environment, words });
  await new Promise<void>((resolve, reject) => {
    child.process.stdout!.on('data', (chunk: Buffer) => {
      if (chunk.toString('utf8').includes('selecting')) resolve();
    });
    void child.ended.then(({ stderr }) => reject(new Error(`ended by itself: ${stderr}`)), reject);
  });
  child.process.kill('SIGKILL');
  const { signal, stdout } = await child.ended;
  expect(signal).toBe('SIGKILL');
  return stdout;
}

describe.each([
  ['a run', (on: Workbench) => productionWords(on, 'east')],
  ['a backtest', (on: Workbench) => pairBacktestWords(on)],
] as const)('%s of sleeves that select again and again', (_, wordsOf) => {
  test('killed while it selects has recorded nothing; again it records what an undisturbed one does', async () => {
    const bench = selectingPair(scratch, 4);
    expect((await bench.json(['ledger', 'init'])).error).toBeUndefined();
    const words = [...wordsOf(bench), '--workers', '0'];
    const said = await killedSelecting(bench, words);
    expect(said).not.toContain('selected');
    expect((await recordedOn(bench)).facts).toEqual([]);
    expect((await bench.json(words)).error).toBeUndefined();
    const undisturbed = selectingPair(scratch, 4);
    expect((await undisturbed.json([...wordsOf(undisturbed), '--workers', '0'])).error).toBeUndefined();
    const expected = await recordedOn(undisturbed);
    expect(expected.facts.length).toBeGreaterThan(10);
    expect(await recordedOn(bench)).toEqual(expected);
    expect((await bench.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
  }, 120_000);
});
