/** The table of a run's own profiles: order, figures and stability computed again from what the run exports; nothing is recorded. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { ProfileLine } from '../../../domain/forensics/profile-table.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { writePrices } from '../../support/small-market.ts';

interface Delivered {
  readonly risk: string;
  /** Null of a profile that failed: it has nothing to rank. */
  readonly oos: { readonly metrics: { readonly sharpe: number; readonly volatility: number; readonly maxDrawdown: number } } | null;
}

const bench = new Workbench(scratchDirectory());
const argv = ['flow', 'production', '--profile', 'stocks', '--prices', writePrices(bench.directory, 'stocks'), '--no-seal'];

describe('flow production', () => {
  test('ranks the profiles of the run by Sharpe ratio, in figures of the run itself', async () => {
    const { result } = await bench.json(argv);
    const ranking = result['ranking'] as ProfileLine[];
    const profiles = result['profiles'] as Delivered[];
    const ratios = ranking.map(({ sharpe }) => sharpe!);
    expect(ratios).toEqual(ratios.toSorted((left, right) => right - left));
    expect(ranking.map(({ risk }) => risk).toSorted()).toEqual(
      profiles
        .filter(({ oos }) => oos !== null)
        .map(({ risk }) => risk)
        .toSorted(),
    );
    for (const { risk, sharpe, volatility, maxDrawdown } of ranking)
      expect(profiles.find((one) => one.risk === risk)!.oos!.metrics).toMatchObject({ sharpe, volatility, maxDrawdown });
  });

  test('counts the eighths of the rows with a gain, as the exported returns have them', async () => {
    const { result } = await bench.json(argv);
    const file = bench.path('returns.csv');
    expect((await bench.json(['export', 'returns', result['runId'] as string, '--risk', 'hrp', '-o', file])).exit).toBe(0);
    const returns = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[1]));
    let won = 0;
    for (let k = 0; k < 8; k++) {
      const block = returns.filter(
        (_, row) => row >= Math.floor((k * returns.length) / 8) && row < Math.floor(((k + 1) * returns.length) / 8),
      );
      if (block.reduce((sum, value) => sum + value, 0) > 0) won++;
    }
    const ranking = result['ranking'] as ProfileLine[];
    expect(ranking.find(({ risk }) => risk === 'hrp')!.blocksWon).toBe(won);
  });

  test('prints the table, answers the same from the record, and records no trial', async () => {
    const before = (await bench.events()).length;
    const { stdout } = await bench.run(argv);
    expect(stdout).toMatch(/^profile +Sharpe +per year +volatility +worst drawdown +stability$/m);
    expect(stdout).toMatch(/\d of 8$/m);
    expect((await bench.events()).length).toBe(before);
    expect((await bench.json(['runs', '--kind', 'tournament'])).result['runs']).toEqual([]);
  });
});
