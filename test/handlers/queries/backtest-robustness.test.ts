/**
 * How much of a recorded backtest is luck. Oracles: a backtest really run on prices that begin later (start offsets, exact), and figures
 * taken from the recorded tables by hand (trials, bands).
 */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createTools } from '../../../bin/adapters.ts';
import type { TestedProfileFacts } from '../../../domain/backtest-run/events.ts';
import { bootstrapMetrics } from '../../../domain/metrics/block-bootstrap.ts';
import { deflatedSharpe, observedSharpe } from '../../../domain/metrics/deflated-sharpe.ts';
import { parseTableText } from '../../../domain/returns/table-text.ts';
import { sampleMoments } from '../../../domain/returns/sample-moments.ts';
import { linearQuantile } from '../../../domain/returns/quantile.ts';
import type { ReturnSeries } from '../../../domain/returns/series.ts';
import type { ProfileRobustness } from '../../../handlers/queries/backtest-robustness.ts';
import { deflated, trialsOf } from '../../../handlers/robustness/checks.ts';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import example from '../../golden/metrics/selection-bias.json' with { type: 'json' };
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { writePrices } from '../../support/small-market.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch, (manifest) => {
  const { sleeves } = manifest.profiles['pair']!;
  manifest.profiles['pair'] = { sleeves, meta_allocation: { profile: 'hrp', min_weight: 0.05, max_weight: 0.95 } };
});
let prices: readonly string[] = [];
let runId = '';
let tested: TestedProfileFacts[] = [];

async function backtest(words: readonly string[]): Promise<{ readonly runId: string; readonly tested: TestedProfileFacts[] }> {
  const answer = await bench.json(['backtest', 'run', '--meta', 'pair', '--no-seal', '--prices', ...prices, ...words]);
  if (answer.error !== undefined) throw new Error(answer.error.message);
  return { runId: answer.result['runId'] as string, tested: answer.result['tested'] as TestedProfileFacts[] };
}

beforeAll(async () => {
  prices = (['stocks', 'funds'] as const).map((sleeve) => `${sleeve}=${writePrices(bench.directory, sleeve)}`);
  ({ runId, tested } = await backtest(['--from', '2022-04-01', '--risk', 'hrp,equal_weight']));
}, 60_000);

type Compared = Extract<ProfileRobustness['startOffsets'], { readonly status: 'evaluated' }>;
/** A profile as the JSON has it: common dates by their number, the first and the last. */
type AskedProfile = Omit<ProfileRobustness, 'startOffsets'> & {
  readonly startOffsets:
    (Omit<Compared, 'dates'> & { readonly dates: { readonly rows: number; readonly first: string; readonly last: string } }) | null;
};

async function ask(words: readonly string[] = [], of = runId) {
  const answer = await bench.json(['backtest', 'robustness', of, ...words]);
  if (answer.error !== undefined) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  return { ...answer.result, profiles: answer.result['profiles'] as AskedProfile[], offsets: answer.result['offsets'] as number };
}

/** Net returns as they are recorded. */
async function netOf({ tables }: TestedProfileFacts): Promise<ReturnSeries> {
  const sqlite = openSqlite(bench.store, { access: 'read', create: false });
  try {
    const { dates, columns, values } = parseTableText(new TextDecoder().decode(await sqlite.artifacts.get(tables.returns.sha256)));
    return { dates, values: values[columns.indexOf('net')]! };
  } finally {
    sqlite.close();
  }
}

describe('backtest robustness', () => {
  test('records nothing, and gives the same answer to the same seed', async () => {
    const before = await bench.events();
    const words = ['--checks', 'bootstrap', '--repetitions', '60', '--seed', '7'];
    const first = await ask(words);
    expect(await ask(words)).toEqual(first);
    expect(await bench.events()).toEqual(before);
    expect(first).toMatchObject({ recorded: false, checks: ['bootstrap'], seed: '7', replicates: 60 });
    expect((await ask([...words.slice(0, -1), '8'])).profiles[0]!.bands).not.toEqual(first.profiles[0]!.bands);
    for (const { deflatedSharpe: ratio, startOffsets, splits } of first.profiles)
      expect([ratio, startOffsets, splits]).toEqual([null, null, null]);
  });

  test('gives bands of the recorded net returns in blocks of a step, and of weights that are drawn again', async () => {
    const { profiles } = await ask(['--checks', 'bootstrap', '--repetitions', '60']);
    for (const [index, { risk, bands, decided }] of profiles.entries()) {
      if (bands?.status !== 'evaluated') throw new Error('not evaluated');
      const plan = { blockRows: 10, replicates: 60, seed: 1n };
      expect(bands).toMatchObject({ blockRows: 10, metrics: bootstrapMetrics(await netOf(tested[index]!), 252, plan) });
      expect(Object.keys(bands.weights)).toEqual(Object.keys(decided));
      const equal = { low: 0.5, middle: 0.5, high: 0.5, undefinedIn: 0 };
      if (risk === 'equal_weight') expect(bands.weights).toEqual({ funds: equal, stocks: equal });
      else expect(bands.weights['funds']!.high).toBeGreaterThan(bands.weights['funds']!.low + 0.01);
    }
  });

  test('compares the starts on the dates that all have: each is what a backtest on prices that begin later earns', async () => {
    const { profiles, offsets } = await ask(['--checks', 'offsets', '--risk', 'hrp']);
    expect(profiles.map(({ risk }) => risk)).toEqual(['hrp']);
    const found = profiles[0]!.startOffsets;
    if (found === null) throw new Error('not asked for');
    expect(found.status).toBe('evaluated');
    expect(offsets).toBe(10);
    const dates = readFileSync(bench.path('stocks.csv'), 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.slice(0, 10));
    const { first, last } = found.dates;
    const totals = found.spreads.find(({ figure }) => figure === 'total')!;
    expect(totals.perOffset.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const offset of [0, 3, 9]) {
      const later = await backtest(['--from', dates[offset]!, '--risk', 'hrp,equal_weight']);
      const net = await netOf(later.tested[0]!);
      const total =
        net.values.reduce(
          (wealth, value, row) => (net.dates[row]! >= first && net.dates[row]! <= last ? wealth * (1 + value) : wealth),
          1,
        ) - 1;
      expect(Math.abs(totals.perOffset[offset]!.value - total)).toBeLessThan(1e-12);
    }
    const sorted = totals.perOffset.map(({ value }) => value).toSorted((left, right) => left - right);
    expect(totals).toMatchObject({ min: sorted[0], max: sorted[9], median: linearQuantile(Float64Array.from(sorted), 0.5) });
    expect(totals.rankOfZero).toBe(10 - sorted.indexOf(totals.perOffset[0]!.value));
  });

  test('splits the joined rows with an embargo of a window of the sleeves, and says that this is no walk-forward', async () => {
    const { profiles } = await ask(['--checks', 'splits', '--risk', 'equal_weight']);
    const { splits } = profiles[0]!;
    if (splits?.status !== 'evaluated') throw new Error('not evaluated');
    expect(splits).toMatchObject({
      label: 'not walk-forward',
      groups: 6,
      testGroups: 2,
      embargoRows: 40,
      trainRowsMin: 30,
      pathsAtMost: 5,
    });
    expect(splits.splits).toHaveLength(15);
    for (const { trainRows, weights, reason } of splits.splits) {
      expect(weights === null).toBe(trainRows < 30);
      expect(reason === null).toBe(weights !== null);
    }
  });
});

describe('the trials of a portfolio', () => {
  test('are all profiles that the ledger holds: the same stream once, a run again not at all, and a failed one never', async () => {
    const isolated = new Workbench(scratch);
    const run = async (words: readonly string[]): Promise<string> =>
      (await isolated.json(['backtest', 'run', '--meta', 'pair', '--no-seal', '--from', '2022-04-01', '--prices', ...prices, ...words]))
        .result['runId'] as string;
    const trials = async (of: string): Promise<number | string> => {
      const answer = await isolated.json(['backtest', 'robustness', of, '--checks', 'deflated-sharpe', '--risk', 'hrp']);
      const found = (answer.result['profiles'] as ProfileRobustness[])[0]!.deflatedSharpe!;
      return found.status === 'known' ? found.trials : found.reason;
    };
    const first = await run(['--risk', 'hrp']);
    expect(await trials(first)).toBe(1);
    await run(['--risk', 'hrp']);
    expect(await trials(first)).toBe(1);
    // hrp once more, equal_weight, and market, which stocks cannot have.
    await run(['--risk', 'all']);
    expect(await trials(first)).toBe(2);
    // Bounds of two sleeves that only halves fit: another setting with the same streams.
    await run(['--risk', 'all', '--projection', 'proportional']);
    expect(await trials(first)).toBe(2);
    await run(['--risk', 'hrp', '--as-of', '2022-11-15']);
    expect(await trials(first)).toBe(3);
  }, 60_000);

  test('deflate the Sharpe ratio by their number and by the variance of their ratios', async () => {
    const { profiles } = await ask(['--checks', 'deflated-sharpe', '--risk', 'hrp']);
    const sqlite = openSqlite(bench.store, { access: 'read', create: false });
    const rows = await trialsOf({ ...createTools({ logLevel: 'silent', isTerminal: false }), ...sqlite }, ['pair']);
    sqlite.close();
    const sharpes = [...new Set(rows.flatMap((row) => row.tested.map(({ sharpePerRow }) => sharpePerRow!)))];
    const deviation = sampleMoments(Float64Array.from(sharpes)).deviation!;
    const expected = deflatedSharpe(observedSharpe((await netOf(tested[0]!)).values), {
      count: sharpes.length,
      varianceOfSharpes: deviation * deviation,
    });
    expect(sharpes.length).toBeGreaterThan(1);
    for (const name of ['trials', 'expectedMaximum', 'deflated', 'probabilistic', 'sharpePerRow'] as const)
      expect(profiles[0]!.deflatedSharpe).toHaveProperty(name, expect.closeTo(expected[name], 12));
  });
});

const trialOf = (id: string, data: string, sharpePerRow: number) => ({
  runId: id,
  data,
  settings: 's',
  tested: [{ risk: 'hrp', figures: String(sharpePerRow), sharpePerRow }],
});

test('a dozen returns after four trials deflate as in the worked example, to 1e-12, whatever else was recorded of the same', () => {
  const { returns, trial_srs: sharpes, expected } = example.small;
  const rows = sharpes.map((sharpe, index) => trialOf(`r${index}`, `d${index}`, sharpe));
  const again = [trialOf('r4', 'd4', sharpes[1]!), trialOf('r5', 'd2', 0.7)];
  const found = deflated({ risk: 'hrp', net: { values: Float64Array.from(returns) } }, 'r0', [...rows, ...again]);
  if (found.status !== 'known') throw new Error(found.reason);
  expect(found.trials).toBe(expected.N);
  for (const [value, wanted] of [
    [found.sharpePerRow, expected.sr],
    [found.expectedMaximum, expected.sr0],
    [found.deflated, expected.dsr],
    [found.probabilistic, expected.psr0],
  ] as const)
    expect(Math.abs(value - wanted)).toBeLessThan(1e-12);
});

test('what was tried is UNKNOWN where the ledger does not list the backtest itself, or where its returns do not vary', () => {
  const net = { values: Float64Array.of(0, 0) };
  const still = { runId: 'r', data: 'd', settings: 's', tested: [{ risk: 'hrp', figures: 'f', sharpePerRow: null }] };
  const ofOthers = { ...still, runId: 'other', tested: [{ risk: 'hrp', figures: 'g', sharpePerRow: 0.1 }] };
  for (const rows of [[], [ofOthers], [still]]) expect(deflated({ risk: 'hrp', net }, 'r', rows)).toMatchObject({ status: 'UNKNOWN' });
});

describe('for people', () => {
  test('there is a table for each check, with the seed and the least number of trials', async () => {
    const { stdout } = await bench.run(['backtest', 'robustness', runId, '--repetitions', '20']);
    expect(stdout).toMatch(/At least \d+ recorded trials of pair; what was tried elsewhere is not among them/);
    expect(stdout).toContain('20 replicates in blocks of 10 rows, seed 1');
    expect(stdout).toMatch(/10 starts, each a row later, on \d+ common dates/);
    expect(stdout).toContain('Purged combinatorial splits: not walk-forward');
    expect(stdout).toMatch(/equal_weight\s+50\.0 \(50\.0 to 50\.0\)/);
  });

  test.each([
    [['nowhere-2023-12-29-0123456789abcdef'], 66, 'RunUnknown', 'no backtest nowhere'],
    [['RUN', '--checks', 'bootstrp'], 2, 'Usage', 'bootstrap'],
    [['RUN', '--risk', 'barbell'], 2, 'Usage', 'has not tested barbell'],
    [['RUN', '--seed', '-1'], 2, 'Usage', 'a whole number up to 18446744073709551615'],
    [['RUN', '--repetitions', '0'], 2, 'Usage', 'at least one history'],
  ])('%j is refused', async (words, exit, code, message) => {
    const answer = await bench.json(['backtest', 'robustness', ...words.map((word) => (word === 'RUN' ? runId : word))]);
    expect(answer).toMatchObject({ exit, error: { code } });
    expect(answer.error!.message).toContain(message);
  });

  test('an interruption ends it', async () => {
    const stop = new AbortController();
    stop.abort();
    const answer = await bench.json(['backtest', 'robustness', runId, '--checks', 'offsets'], { signal: stop.signal });
    expect(answer).toMatchObject({ ok: false, error: { code: 'Interrupted' } });
  });
});
