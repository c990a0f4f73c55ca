/** Walk-forwards from the cache: the same facts with and without, and an event that says so and is compared with nothing. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { cacheUsedSchema } from '../../../domain/run/cache-used.ts';
import { decodeEnvelope } from '../../../domain/shared/envelope.ts';
import { type Answer, Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { type LooseManifest, type SmallSleeve, writePrices } from '../../support/small-market.ts';

const scratch = scratchDirectory();
const folder = `${scratch}/kept`;
const sleeves = ['stocks', 'funds', 'coins'] as const satisfies readonly SmallSleeve[];

function pricesOf(on: Workbench): string[] {
  return ['--from', '2022-04-01', '--prices', ...sleeves.map((sleeve) => `${sleeve}=${writePrices(on.directory, sleeve)}`)];
}

async function backtest(on: Workbench, words: readonly string[] = []): Promise<Answer & { readonly exit: number }> {
  const answer = await on.json(['backtest', 'run', '--meta', 'whole', '--no-seal', '--cache', folder, ...pricesOf(on), ...words]);
  if (answer.error !== undefined) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  return answer;
}

const eventsOf = async (on: Workbench) => (await on.events()).filter(({ stream }) => stream.startsWith('backtest-'));
const factsOf = async (on: Workbench): Promise<string[]> =>
  (await eventsOf(on)).filter(({ type }) => type !== 'CacheUsed').map(({ contentHash }) => contentHash);
const otherBounds = (manifest: LooseManifest): void => {
  manifest.profiles['whole']!['meta_allocation'] = { profile: 'hrp', min_weight: 0.1, max_weight: 0.5 };
};

const bench = new Workbench(scratch);
let first: Answer;

beforeAll(async () => {
  first = await backtest(bench);
});

describe('backtest run with a cache', () => {
  test('keeps the walk-forward of each sleeve, and records no use of the cache where there was none', async () => {
    expect(first.result).toMatchObject({ already: false, fromCache: 0 });
    expect((await eventsOf(bench)).map(({ type }) => type)).not.toContain('CacheUsed');
    const { result } = await bench.json(['cache', 'stats', '--cache', folder]);
    expect(result).toMatchObject({ answers: 3, tables: 3, jobs: [{ job: 'backtest-sleeve', answers: 3 }] });
  });

  test('takes them with other settings of the portfolio, and says which behind its facts', async () => {
    const other = new Workbench(scratch, otherBounds);
    const answer = await backtest(other);
    expect(answer.result).toMatchObject({ already: false, fromCache: 3 });
    expect(answer.result['runId']).not.toBe(first.result['runId']);
    const last = (await eventsOf(other)).at(-1)!;
    expect(last.type).toBe('CacheUsed');
    const fact = cacheUsedSchema.parse(decodeEnvelope(last.bytes).data);
    expect(fact.runId).toBe(answer.result['runId']);
    expect(fact.uses.map(({ job }) => job)).toEqual(['backtest-sleeve', 'backtest-sleeve', 'backtest-sleeve']);
    const said = await other.run(['backtest', 'run', '--meta', 'whole', '--no-seal', '--cache', folder, ...pricesOf(other)]);
    expect(said.stdout).toContain('3 walk-forwards of sleeves came from the cache.');
  });

  test('computes a profile that was not asked for before, and takes the others', async () => {
    const answer = await backtest(new Workbench(scratch), ['--risk', 'hrp,equal_weight']);
    expect(answer.result).toMatchObject({ fromCache: 3 });
    expect((await bench.json(['cache', 'stats', '--cache', folder])).result).toMatchObject({ answers: 6, tables: 3 });
  });

  test('records the same facts from a full cache as from an empty one', async () => {
    const again = new Workbench(scratch);
    expect((await backtest(again)).result).toMatchObject({ already: false, fromCache: 3 });
    expect(await factsOf(again)).toEqual(await factsOf(bench));
  });

  test('leaves a stream that replay, backtest verify, ledger verify and an independent verifier take as any other', async () => {
    const again = new Workbench(scratch);
    const { result } = await backtest(again);
    expect(result['fromCache']).toBe(3);
    const run = String(result['runId']);
    const replayed = await again.json(['replay', run]);
    expect(replayed.result).toMatchObject({ identical: 1, runs: [{ outcome: 'identical', events: (await factsOf(bench)).length }] });
    expect(await again.json(['backtest', 'verify', run])).toMatchObject({ exit: 0, result: { faults: [] } });
    await again.json(['ledger', 'seal']);
    expect((await again.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
    const file = again.path('audit.jsonl');
    await again.json(['audit', 'export', '--all', '-o', file]);
    const steps = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type?: string; step?: string; status?: string });
    expect(steps.find(({ type }) => type === 'CacheUsed')).toMatchObject({ step: 'backtest_cache', status: 'success' });
    expect(await again.json(['audit', 'verify', file])).toMatchObject({ exit: 0 });
  });

  test('records no use where one run asks twice for what it computed itself: sleeves with the same settings and prices', async () => {
    const thrice = new Workbench(scratch, (manifest) => {
      manifest.profiles['thrice'] = {
        sleeves: ['one', 'two', 'three'].map((id) => ({ id, profile: 'stocks' })),
        meta_allocation: { profile: 'hrp', min_weight: 0.05, max_weight: 0.6 },
      };
    });
    const file = writePrices(thrice.directory, 'stocks', { seed: 11 });
    const words = ['backtest', 'run', '--meta', 'thrice', '--no-seal', '--from', '2022-04-01', '--workers', '0', '--prices'];
    const answer = await thrice.json([...words, `one=${file}`, `two=${file}`, `three=${file}`]);
    expect(answer).toMatchObject({ exit: 0, result: { fromCache: 0 } });
    expect((await eventsOf(thrice)).map(({ type }) => type)).not.toContain('CacheUsed');
    expect((await thrice.json(['cache', 'stats'])).result).toMatchObject({ answers: 1 });
  });

  test('keeps answers that are computed again to the bit, and are removed with the others', async () => {
    const checked = await bench.json(['cache', 'verify', '--cache', folder, '--every']);
    expect(checked).toMatchObject({ exit: 0, result: { answers: 6 } });
    expect(new Set((checked.result['checked'] as { outcome: string }[]).map(({ outcome }) => outcome))).toEqual(new Set(['same']));
    expect((await bench.json(['cache', 'clear', '--cache', folder])).result).toMatchObject({ answers: 6 });
    expect((await backtest(new Workbench(scratch))).result).toMatchObject({ fromCache: 0 });
  });
});
