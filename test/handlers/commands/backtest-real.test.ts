/** Real prices, 2018 to 2023, windows of 60 and 20 rows: three sleeves on their own calendars. */
import { expect, test } from '@jest/globals';
import { join } from 'node:path';
import type { WindowAllocated } from '../../../domain/backtest-run/events.ts';
import { Workbench } from '../../support/cli.ts';
import { needs } from '../../support/needs.ts';
import { sharedDirectory } from '../../support/reference.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();

needs('reference data').describe('a backtest on real prices', () => {
  test('holds assets of every sleeve, varies over time, shows no look-ahead and is recomputed bit for bit', async () => {
    const bench = new Workbench(directory);
    const files = ['equities', 'etfs', 'crypto'].map((name) => join(sharedDirectory!, 'data', `${name}.csv`));
    await bench.json(['init', '--prices', ...files, '--force']);
    const words = ['--prices', ...files, '--from', '2018-01-02', '--as-of', '2023-08-31'];
    const answer = await bench.json(['backtest', 'run', '--meta', 'meta_production', '--risk', 'hrp,equal_weight', ...words, '--no-seal']);
    expect(answer.error).toBeUndefined();
    const windows = (answer.result['windows'] as WindowAllocated[]).filter(({ risk }) => risk === 'hrp');
    expect(windows.length).toBeGreaterThan(30);
    for (const id of ['equities', 'etfs', 'crypto']) {
      const weights = windows.map((window) => window.weights[id]!);
      expect(Math.min(...weights)).toBeGreaterThan(0);
      expect(Math.max(...weights) - Math.min(...weights)).toBeGreaterThan(0.01);
    }
    expect(await bench.json(['backtest', 'verify'])).toMatchObject({ exit: 0, result: { faults: [] } });
    expect((await bench.json(['replay', '--all'])).result).toMatchObject({ checked: 1, identical: 1 });
  }, 60_000);
});
