/** A backtest of more events than an append holds, left in the middle of its recording, and run again. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openStore } from '../../../bin/adapters.ts';
import { limits } from '../../../domain/shared/limits.ts';
import type { World } from '../../../presentation/cli/program.ts';
import { Workbench } from '../../support/cli.ts';
import { storeLike } from '../../support/ledger-session.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { writePrices } from '../../support/small-market.ts';

const scratch = scratchDirectory();
const span = { first: '2020-02-03', last: '2022-12-30' };

/** A decision at every joined row: some 650 of each profile. */
function desk(): Workbench {
  return new Workbench(scratch, (manifest) => {
    manifest.defaults['backtest'] = { ...manifest.defaults['backtest'], train_window: 20, test_window: 1, step_size: 1 };
  });
}

function words(on: Workbench): string[] {
  const named = (['stocks', 'funds'] as const).map((sleeve) => `${sleeve}=${writePrices(on.directory, sleeve, span)}`);
  const run = ['backtest', 'run', '--meta', 'pair', '--risk', 'hrp,equal_weight', '--from', span.first, '--no-seal'];
  return [...run, '--prices', ...named];
}

/** The store is gone behind the first append of a backtest. */
const dying: World['openStore'] = async (...given) => {
  const opened = await openStore(...given);
  let appends = 0;
  const store = storeLike(opened.store, {
    append: async (stream, ...rest) => {
      if (stream.startsWith('backtest-') && appends++ > 0) throw new Error('killed');
      return opened.store.append(stream, ...rest);
    },
  });
  return { ...opened, store };
};

const factsOf = async (on: Workbench): Promise<readonly (readonly [string, string])[]> =>
  (await on.events())
    .filter(({ stream, type }) => stream.startsWith('backtest-') && type !== 'CacheUsed')
    .map(({ type, contentHash }) => [type, contentHash] as const);

const bench = desk();
const undisturbed = desk();
let runId = '';
let expected: Awaited<ReturnType<typeof factsOf>>;

beforeAll(async () => {
  const whole = await undisturbed.json(words(undisturbed));
  expect(whole.error).toBeUndefined();
  runId = whole.result['runId'] as string;
  expected = await factsOf(undisturbed);
  const killed = await bench.run(words(bench), { openStore: dying });
  expect(killed.exit).toBe(70);
}, 60_000);

describe('a backtest whose recording was left in the middle', () => {
  test('has the beginning of its facts, in a ledger that is sound', async () => {
    const begun = await factsOf(bench);
    expect(begun.length).toBeGreaterThan(1);
    expect(begun.length).toBeLessThanOrEqual(limits.appendEventsMax);
    expect(begun).toEqual(expected.slice(0, begun.length));
    expect(begun.length).toBeLessThan(expected.length);
    expect((await bench.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
  });

  test.each([
    ['backtest verify', (id: string) => ['backtest', 'verify', id]],
    ['export backtest', (id: string) => ['export', 'backtest', id, '-o', bench.path('results.json')]],
    ['replay', (id: string) => ['replay', id]],
    ['counterfactual', (id: string) => ['counterfactual', id, '--join', 'drop']],
  ])('is said to be unfinished by %s, with what to do', async (_, asked) => {
    const answer = await bench.json(asked(runId));
    expect(answer).toMatchObject({ exit: 1, error: { code: 'BacktestUnfinished', at: { path: runId } } });
    expect(answer.error!.message).toContain(`not recorded to its end: ${(await factsOf(bench)).length} events`);
    expect(answer.error!.advice).toContain('`backtest run` again');
  });

  test('is passed over by backtest verify for all, with a warning, and not recomputed by replay --all', async () => {
    const all = await bench.json(['backtest', 'verify']);
    expect(all).toMatchObject({ exit: 0, result: { checked: 0, unfinished: [runId] } });
    expect(all.warnings).toEqual([expect.stringContaining(`${runId} is not recorded to its end`)]);
    const replayed = await bench.json(['replay', '--all']);
    expect(replayed).toMatchObject({ exit: 1, result: { runs: [{ outcome: 'notRecomputed', error: { code: 'BacktestUnfinished' } }] } });
  });

  test('is continued by the same command, to the facts of a run that nobody disturbed, with its walk-forwards from the cache', async () => {
    const again = await bench.json(words(bench));
    expect(again).toMatchObject({ exit: 0, result: { runId, already: false, fromCache: 4 } });
    expect(await factsOf(bench)).toEqual(expected);
    const stored = (await bench.events()).filter(({ stream }) => stream.startsWith('backtest-'));
    expect(stored.at(-1)!.type).toBe('CacheUsed');
    const before = (await bench.events()).length;
    expect((await bench.json(words(bench))).result).toMatchObject({ runId, already: true, fromCache: 4 });
    expect(await bench.events()).toHaveLength(before);
  }, 30_000);

  test('is then what every question takes it for: look-ahead, replay, export and a sound ledger', async () => {
    expect(await bench.json(['backtest', 'verify'])).toMatchObject({ exit: 0, result: { checked: 1, faults: [], unfinished: [] } });
    expect((await bench.json(['replay', '--all'])).result).toMatchObject({ checked: 1, identical: 1 });
    expect(await bench.json(['export', 'backtest', runId, '-o', bench.path('results.json')])).toMatchObject({ exit: 0 });
    expect((await bench.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
  }, 30_000);
});
