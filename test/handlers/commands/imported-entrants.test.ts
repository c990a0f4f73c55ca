/** Runs of other programs in a tournament: their net returns as given, on the dates that every entrant holds. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, Workbench } from '../../support/cli.ts';
import { dailyReturns } from '../../support/imported-run.ts';
import { writeRunDirectory } from '../../support/run-directory.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { writePrices } from '../../support/small-market.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch);
const foreign = dailyReturns(11, 200, '2022-06-01');

interface Entrant {
  readonly id: string;
  readonly imported?: { readonly runId: string; readonly risk: string };
  readonly window: object | null;
  readonly sharpePerRow: number;
  readonly againstRawPool: object | null;
  readonly held: { readonly rows: number; readonly turnoverTwoSided: number | null };
}

const entrantsIn = ({ result }: Answer): readonly Entrant[] => result['entrants'] as Entrant[];
const countOfTrials = ({ result }: Answer): number => (result['trials'] as { count: number }).count;
const compete = async (...words: readonly string[]): Promise<Answer & { readonly exit: number }> =>
  bench.json([
    'tournament',
    'run',
    '--profile',
    'funds',
    '--no-seal',
    '--from',
    '2022-04-01',
    '--prices',
    writePrices(bench.directory, 'funds'),
    ...words,
  ]);

async function imported(name: string, first: string): Promise<string> {
  const returns = { 'hrp.pkl': name === 'far' ? dailyReturns(3, 40, first) : foreign };
  writeRunDirectory(bench.path(name), {
    profile: 'funds',
    returns,
    flattened: name === 'empty' ? null : { hrp: [{ Symbol: 'AMEX:EEE', Weight: 1, Net_Weight: 1 }] },
  });
  const answer = await bench.json(['sleeve', 'import', '--run', bench.path(name), '--profile', 'funds', '--no-seal']);
  return String(answer.result['runId']);
}

/** Mean over standard deviation (divisor n-1), written out. */
function sharpeOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return mean / Math.sqrt(squares / (values.length - 1));
}

let run: string;
let alone: Answer;
let together: Answer & { readonly exit: number };

beforeAll(async () => {
  run = await imported('run', '2022-06-01');
  alone = await compete();
  together = await compete('--import-run', run);
});

describe('an imported run in a tournament', () => {
  test('competes as one entrant more, labelled, with its net returns on the common dates and nothing that it does not say', () => {
    expect(together).toMatchObject({ exit: 0, result: { imported: [{ runId: run, risk: 'hrp' }], failed: [] } });
    expect(entrantsIn(together)).toHaveLength(entrantsIn(alone).length + 1);
    const found = entrantsIn(together).find(({ id }) => id === `imported ${run} hrp`)!;
    expect(found).toMatchObject({
      imported: { runId: run, risk: 'hrp' },
      window: null,
      againstRawPool: null,
      held: { rows: 200, turnoverTwoSided: null },
    });
    const { rows, first, last } = together.result as { rows: number; first: string; last: string };
    expect(rows).toBeLessThan(Number(alone.result['rows']));
    const own = readFileSync(writePrices(bench.directory, 'funds'), 'utf8');
    const common = foreign.dates.filter((date) => date >= first && date <= last && own.includes(date));
    expect(common).toHaveLength(rows);
    const values = common.map((date) => foreign.values[foreign.dates.indexOf(date)]!);
    expect(Math.abs(found.sharpePerRow / sharpeOf(values) - 1)).toBeLessThan(1e-12);
  });

  test('counts as a trial, and every figure is of the common dates', () => {
    expect(countOfTrials(together)).toBe(countOfTrials(alone) + 1);
    expect(together.result['runId']).not.toBe(alone.result['runId']);
  });

  test('is said: in the answer, the report and the exported ranks, and is replayed bit for bit', async () => {
    const said = await bench.run([
      ...'tournament run --profile funds --no-seal --from 2022-04-01'.split(' '),
      '--prices',
      writePrices(bench.directory, 'funds'),
      '--import-run',
      run,
    ]);
    expect(said.stdout).toContain('imported, net as given');
    expect(said.stdout).toContain('the common dates decide');
    const runId = String(together.result['runId']);
    const report = await bench.run(['report', runId, '-o', '-']);
    expect(report.stdout).toContain('imported: its windows and costs are not known');
    expect((await bench.json(['replay', runId])).exit).toBe(0);
    expect((await bench.json(['export', 'series', runId, '-o', bench.path('series')])).exit).toBe(0);
    const weights = ['export', 'weights', runId, '--entrant', `imported ${run} hrp`, '-o', bench.path('weights.csv')];
    expect((await bench.json(weights)).error).toMatchObject({ code: 'Usage', at: { path: '--entrant' } });
  });

  test('without dates in common is listed with the reason, and the others compete as without it', async () => {
    const far = await imported('far', '2019-01-01');
    const answer = await compete('--import-run', far);
    expect(answer.result['failed']).toEqual([
      { id: `imported ${far} hrp`, code: 'OverlapTooShort', reason: "0 of its dates are those of the sleeve's entrants" },
    ]);
    expect(entrantsIn(answer)).toEqual(entrantsIn(alone));
  });

  test('is refused where it was computed here, or is none', async () => {
    const own = await bench.produce('funds');
    expect((await compete('--import-run', own)).error).toMatchObject({ code: 'Usage', at: { path: '--import-run' } });
    const empty = await imported('empty', '2022-06-01');
    expect((await compete('--import-run', empty)).error).toMatchObject({ code: 'SleeveRunIneligible', at: { path: '--import-run' } });
    expect((await compete('--import-run', 'nothing-2022-01-03-0123456789abcdef')).error).toMatchObject({ code: 'RunUnknown' });
  });
});
