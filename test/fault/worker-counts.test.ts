/** The number of workers is nobody's business but the clock's. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Workbench } from '../support/cli.ts';
import { artifactsOf, backtestBytes, backtestWords, slowDesk, twinOf } from '../support/compute/backtests-with.ts';
import { type RecordedRuns, recordedWith } from '../support/compute/recorded-with.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();
let here: RecordedRuns | null = null;

describe('runs of three sleeves and a portfolio', () => {
  test.each([1, 2, 4])('have the same facts and artifacts with %i workers as without', async (threads) => {
    here ??= await recordedWith(scratch, 0);
    expect(here.facts.length).toBeGreaterThan(40);
    expect(await recordedWith(scratch, threads)).toEqual(here);
  });
});

describe('a backtest of three sleeves in three profiles', () => {
  const first = slowDesk(scratch);
  let bytes: readonly string[] = [];
  let artifacts: readonly string[] = [];
  const desks = new Map<number, Workbench>();

  beforeAll(async () => {
    await first.json(['ledger', 'init']);
    for (const workers of [1, 2, 4]) desks.set(workers, twinOf(first, scratch));
    expect((await first.json(backtestWords(first, '--workers', '0'))).error).toBeUndefined();
    bytes = await backtestBytes(first);
    artifacts = await artifactsOf(first);
  }, 60_000);

  test.each([1, 2, 4])(
    'has the same bytes with %i workers as without, events and artifacts',
    async (workers) => {
      const bench = desks.get(workers)!;
      const answer = await bench.json(backtestWords(bench, '--workers', String(workers)));
      expect(answer).toMatchObject({ exit: 0, result: { already: false, fromCache: 0 } });
      expect(bytes.length).toBeGreaterThan(1_000);
      expect(await backtestBytes(bench)).toEqual(bytes);
      expect(await artifactsOf(bench)).toEqual(artifacts);
    },
    60_000,
  );

  test.each([0, 1, 2])(
    'is recomputed bit for bit with %i workers, and has one answer to what if',
    async (workers) => {
      const replayed = await first.json(['replay', '--all', '--workers', String(workers)]);
      expect(replayed.result).toMatchObject({ checked: 1, identical: 1, runs: [{ events: bytes.length }] });
      const { runId } = (replayed.result['runs'] as { runId: string }[])[0]!;
      const asked = ['counterfactual', runId, '--risk', 'hrp', '--join', 'drop'];
      const { result } = await first.json([...asked, '--workers', String(workers)]);
      expect(result).toEqual((await first.json([...asked, '--workers', '0'])).result);
    },
    60_000,
  );
});
