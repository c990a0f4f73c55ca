/**
 * A mode that is not computed, and `market_neutral` in a sleeve that is never short, are found when a profile is used, where the file of
 * the manifest is no longer at hand: the refusal had the path alone.
 */
import { existsSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Workbench } from '../support/cli.ts';
import { priceCsv, simulatedPrices } from '../support/prices.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();
const prices = simulatedPrices({ symbols: ['AMEX:AAA', 'AMEX:BBB'], first: '2022-12-01', last: '2022-12-30', seed: 7 });

test.each([
  ['an unknown mode', { selection: { selection_mode: 'v5' } }, 'SelectionModeUnavailable', 'profiles.one.selection.selection_mode'],
  [
    'neutral without shorts',
    { selection: { selection_mode: 'v4' }, backtest: { profiles: ['hrp', 'market_neutral'] } },
    'ManifestInvalid',
    'profiles.one.backtest.profiles',
  ],
])('%s is refused with file, line and path, and no ledger is made', async (_, profile, code, path) => {
  const bench = new Workbench(scratch);
  const text = JSON.stringify({ profiles: { one: profile } }, null, 2);
  bench.write('manifest.json', text);
  const answer = await bench.json(['flow', 'production', '--profile', 'one', '--prices', bench.write('prices.csv', priceCsv(prices))]);
  const line = text.split('\n').findLastIndex((written) => written.includes(`"${path.split('.').at(-1)!}"`)) + 1;
  expect(answer).toMatchObject({ exit: 2, error: { code, at: { file: bench.manifest, line, path } } });
  expect(existsSync(bench.store)).toBe(false);
});
