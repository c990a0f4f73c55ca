/** Sleeves that select, the whole way: runs, backtests and tournaments, with workers and without, replayed and verified. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { pairBacktestWords, pairedRisks, productionWords, recordedOn, selectingPair } from '../../support/compute/selecting-pair.ts';
import type { Answer, Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();

async function answered(on: Workbench, words: readonly string[]): Promise<Answer> {
  const answer = await on.json(words);
  if (answer.error !== undefined) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  return answer;
}

/** What a command records on a fresh ledger with so many workers. */
async function recordedWith(words: (on: Workbench) => string[], workers: number) {
  const bench = selectingPair(scratch);
  const { result } = await answered(bench, [...words(bench), '--workers', String(workers)]);
  return { bench, result, recorded: await recordedOn(bench) };
}

const typesIn = (facts: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const fact of facts) counts.set(fact.split(' ')[0]!, (counts.get(fact.split(' ')[0]!) ?? 0) + 1);
  return counts;
};

describe.each([
  ['that selects again in each window', 'east', 11],
  ['that selects once', 'west', 1],
] as const)('a run of a sleeve %s', (_, sleeve, selections) => {
  let here: Awaited<ReturnType<typeof recordedWith>>;

  beforeAll(async () => {
    here = await recordedWith((on) => productionWords(on, sleeve), 0);
  }, 60_000);

  test('records its selections, its regimes and every profile', () => {
    const types = typesIn(here.recorded.facts);
    expect([types.get('AssetsSelected'), types.get('RegimesDetected'), types.get('SleeveProfileSolved')]).toEqual([selections, 1, 5]);
  });

  test.each([1, 2])(
    'has the same bytes with %i workers as without, facts and artifacts',
    async (workers) => {
      expect((await recordedWith((on) => productionWords(on, sleeve), workers)).recorded).toEqual(here.recorded);
    },
    60_000,
  );

  test('is recomputed bit for bit', async () => {
    const { result } = await answered(here.bench, ['replay', '--all']);
    expect(result).toMatchObject({ checked: 1, identical: 1, different: [], withinTolerance: 0 });
  }, 60_000);
});

describe('a backtest of two sleeves that select', () => {
  let here: Awaited<ReturnType<typeof recordedWith>>;
  let run: string;

  beforeAll(async () => {
    here = await recordedWith(pairBacktestWords, 0);
    run = String(here.result['runId']);
  }, 120_000);

  test('has the same bytes with two workers as without', async () => {
    const types = typesIn(here.recorded.facts);
    expect([types.get('SleeveSelected'), types.has('BacktestCompleted')]).toEqual([2, true]);
    expect((await recordedWith(pairBacktestWords, 2)).recorded).toEqual(here.recorded);
  }, 120_000);

  test('takes both selections and every walk-forward from the cache on another ledger, to the same bytes', async () => {
    const other = selectingPair(scratch);
    const cache = ['--cache', `${here.bench.store}.cache`];
    const { result } = await answered(other, [...pairBacktestWords(other), ...cache]);
    expect(result).toMatchObject({ already: false, runId: run, fromCache: 2 + 2 * pairedRisks.split(',').length });
    expect(await recordedOn(other)).toEqual(here.recorded);
  }, 120_000);

  test('is verified against looking ahead, and recomputed bit for bit', async () => {
    expect(await here.bench.json(['backtest', 'verify', run])).toMatchObject({ exit: 0, result: { faults: [] } });
    expect((await answered(here.bench, ['replay', run])).result).toMatchObject({ identical: 1, runs: [{ outcome: 'identical' }] });
  }, 120_000);
});

function tournamentWords(on: Workbench): string[] {
  const [, , , , ...prices] = productionWords(on, 'east');
  return ['tournament', 'run', '--profile', 'east', '--risk', 'hrp,barbell,benchmark', '--from', '2022-04-01', ...prices];
}

describe('a tournament of a sleeve that selects', () => {
  test('has the same bytes with two workers as without, holds the raw pool against the winners, and is recomputed', async () => {
    const here = await recordedWith(tournamentWords, 0);
    const entrants = (here.result['entrants'] as { id: string; identicalTo: string | null }[]).map(({ id }) => id.split(' ')[0]!);
    expect(here.result).toMatchObject({ selectionMode: 'v4', failed: [] });
    expect(entrants.some((id) => id.startsWith('raw_pool_ew'))).toBe(true);
    expect((await recordedWith(tournamentWords, 2)).recorded).toEqual(here.recorded);
    expect((await answered(here.bench, ['replay', '--all'])).result).toMatchObject({ checked: 1, identical: 1 });
  }, 120_000);
});
