/** Other settings over a recorded backtest: what they change is computed, and nothing is written. */
import { beforeAll, expect, test } from '@jest/globals';
import type { CounterfactualTested } from '../../../handlers/queries/counterfactual-backtest.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { writePrices } from '../../support/small-market.ts';

const bench = new Workbench(scratchDirectory());
let runId = '';

beforeAll(async () => {
  const named = (['stocks', 'funds', 'coins'] as const).map((sleeve) => `${sleeve}=${writePrices(bench.directory, sleeve)}`);
  const answer = await bench.json(['backtest', 'run', '--meta', 'whole', '--no-seal', '--from', '2022-04-01', '--prices', ...named]);
  if (answer.error !== undefined) throw new Error(answer.error.message);
  runId = answer.result['runId'] as string;
}, 60_000);

async function ask(
  words: readonly string[],
): Promise<{ before: CounterfactualTested['before']; after: CounterfactualTested['after']; sameRun: unknown }> {
  const answer = await bench.json(['counterfactual', runId, ...words]);
  if (answer.error !== undefined) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  const [profile] = answer.result['profiles'] as CounterfactualTested[];
  return { ...profile!, sameRun: answer.result['sameRun'] };
}

test('without a change it is the same run, with the same figures, and nothing is recorded', async () => {
  const events = (await bench.events()).length;
  const { before, after, sameRun } = await ask([]);
  expect(after).toEqual(before);
  expect(sameRun).toBe(true);
  expect(await bench.events()).toHaveLength(events);
});

test('other costs are those of both tiers: gross decisions stay, and the net return falls with the rate', async () => {
  const { before, after, sameRun } = await ask(['--set', 'backtest.backtest_slippage=0.01', '--set', 'backtest.backtest_commission=0']);
  expect(sameRun).toBe(false);
  expect(after!.costsNetted).toBeGreaterThan(5 * before!.costsNetted);
  expect(after!.total).toBeLessThan(before!.total);
});

test.each([
  ['daily rebalancing trades more often', ['--set', 'backtest.rebalance_mode=daily']],
  ['other bounds', ['--set', 'meta_allocation.max_weight=0.4']],
  ['another join', ['--join', 'drop']],
  ['expanding rows', ['--set', 'backtest.meta_rows=expanding']],
  ['without a sleeve', ['--drop-sleeve', 'coins']],
])('%s gives other figures', async (_, words) => {
  const { before, after } = await ask(words);
  expect(after!.total).not.toBe(before!.total);
});

test('for people shows recorded and would-be side by side; a setting that is none is refused with those that are', async () => {
  const { stdout } = await bench.run(['counterfactual', runId, '--set', 'backtest.step_size=5']);
  expect(stdout).toContain('Nothing was recorded.');
  expect(stdout).toMatch(/decisions\s+12\s+2\d/);
  const refused = await bench.json(['counterfactual', runId, '--set', 'backtest.slippage=1']);
  expect(refused).toMatchObject({ exit: 2, error: { code: 'Usage' } });
  expect(refused.error!.message).toContain('no such setting of a recorded backtest');
});
