/** Tournaments through the command line: recorded once, from prices or from a run, replayed, told, reported and exported. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openLedger } from '../../../bin/open-ledger.ts';
import { cacheUsedSchema } from '../../../domain/run/cache-used.ts';
import { decodeEnvelope } from '../../../domain/shared/envelope.ts';
import { comparedPairsSchema } from '../../../domain/tournament-run/events.ts';
import type { Tools } from '../../../presentation/cli/verb.ts';
import { type Answer, Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { writePrices } from '../../support/small-market.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch);
const folder = `${scratch}/kept`;

type Competed = Answer & { readonly exit: number };

const asked = ['tournament', 'run', '--profile', 'funds', '--no-seal', '--cache', folder];
const run = async (on: Workbench, ...words: readonly string[]): Promise<Competed> => on.json([...asked, ...words]);
const fromFiles = (on: Workbench): string[] => ['--from', '2022-04-01', '--prices', writePrices(on.directory, 'funds')];
const hashesOf = async (on: Workbench): Promise<string[]> =>
  (await on.events())
    .filter(({ stream, type }) => stream.startsWith('tournament-') && type !== 'CacheUsed')
    .map(({ contentHash }) => contentHash);

interface Entrant {
  readonly id: string;
  readonly rank: number;
  readonly identicalTo: string | null;
  readonly metrics: { readonly sharpe: number };
}
const trialsIn = ({ result }: Answer): number => (result['firstDeflated'] as { trials: number }).trials;
const entrantsIn = ({ result }: Answer): readonly Entrant[] => result['entrants'] as Entrant[];

let first: Competed;
let runId: string;

beforeAll(async () => {
  first = await run(bench, '--simulators', 'all', ...fromFiles(bench));
  if (first.error !== undefined) throw new Error(`${first.error.code}: ${first.error.message}`);
  runId = String(first.result['runId']);
});

describe('tournament run', () => {
  test('ranks every way to run the sleeve, the raw pool among them, and says what is one stream', () => {
    expect(first.result).toMatchObject({ already: false, sleeve: 'funds', selectionMode: 'none', fromCache: 0, failed: [] });
    const entrants = entrantsIn(first);
    // hrp, equal_weight, market and the raw pool, held in two ways.
    expect(entrants).toHaveLength(8);
    const sharpes = entrants.map(({ metrics }) => metrics.sharpe);
    expect(sharpes).toEqual(sharpes.toSorted((left, right) => right - left));
    for (const simulator of ['window', 'daily']) {
      const pool = entrants.find(({ id }) => id.startsWith('raw_pool_ew') && id.endsWith(simulator))!;
      expect(pool.identicalTo).toBe(pool.id.replace('raw_pool_ew', 'equal_weight'));
    }
    expect(first.result['trials']).toMatchObject({ count: new Set(entrants.map(({ rank }) => rank)).size });
  });

  test('is recorded once: the same entrants in another order are answered from the record', async () => {
    const before = (await bench.events()).length;
    const again = await run(bench, '--simulators', 'daily,window', '--risk', 'market,raw_pool_ew,hrp,equal_weight', ...fromFiles(bench));
    expect(again.result).toEqual({ ...first.result, already: true });
    expect((await bench.events()).length).toBe(before);
  });

  test('takes up walk-forwards from the cache, and records the same facts with and without, with workers and none', async () => {
    const kept = new Workbench(scratch);
    expect((await run(kept, '--simulators', 'all', ...fromFiles(kept))).result).toMatchObject({ already: false });
    const threads = new Workbench(scratch);
    const fresh = ['--cache', `${scratch}/fresh`, '--workers', '2'];
    expect((await run(threads, '--simulators', 'all', ...fresh, ...fromFiles(threads))).result).toMatchObject({ fromCache: 0 });
    expect(await hashesOf(kept)).toEqual(await hashesOf(bench));
    expect(await hashesOf(threads)).toEqual(await hashesOf(bench));
    // Eight entrants were there before; the raw pool is the same walk-forward as equal_weight.
    const wider = await run(kept, '--simulators', 'all', '--costs', '0.0005+0.0001,0+0', ...fromFiles(kept));
    expect(wider.result['fromCache']).toBe(6);
    const last = (await kept.events()).at(-1)!;
    expect({ type: last.type, stream: last.stream }).toEqual({ type: 'CacheUsed', stream: `tournament-${String(wider.result['runId'])}` });
    expect(cacheUsedSchema.parse(decodeEnvelope(last.bytes).data).uses.map(({ job }) => job)).toEqual(
      Array.from({ length: 6 }, () => 'backtest-sleeve'),
    );
    expect((await kept.json(['replay', String(wider.result['runId'])])).exit).toBe(0);
    // Answered from the record, which says what it was made of.
    const again = await run(kept, '--simulators', 'all', '--costs', '0.0005+0.0001,0+0', ...fromFiles(kept));
    expect(again.result).toMatchObject({ already: true, fromCache: 6 });
  }, 30_000);

  test('goes on where it was interrupted: nothing was recorded, and the walk-forwards that ended are in the cache', async () => {
    const broken = new Workbench(scratch);
    const stop = new AbortController();
    const words = [...asked, '--simulators', 'all', '--cache', `${scratch}/broken`, '--workers', '1', ...fromFiles(broken)];
    let begun = 0;
    const stopping = ({ compute, ...tools }: Tools): Tools => ({
      ...tools,
      compute: {
        parallelism: compute.parallelism,
        run: (name, input, options) => {
          if (begun++ === 3) stop.abort();
          return compute.run(name, input, options);
        },
        close: () => compute.close(),
      },
    });
    expect(await broken.json(words, { tools: stopping, signal: stop.signal })).toMatchObject({ ok: false, error: { code: 'Interrupted' } });
    expect(await hashesOf(broken)).toEqual([]);
    const resumed = await broken.json(words);
    expect(resumed.result).toMatchObject({ runId, already: false });
    // Four were begun, and one worker has two in hand at most.
    expect(resumed.result['fromCache']).toBeGreaterThanOrEqual(2);
    expect(await hashesOf(broken)).toEqual(await hashesOf(bench));
  });

  test('takes the prices that the newest run of the sleeve read', async () => {
    const recorded = new Workbench(scratch);
    const sleeveRun = await recorded.produce('funds');
    const answer = await run(recorded, '--risk', 'hrp');
    expect(answer.result).toMatchObject({ sourceRunId: sleeveRun, asOf: '2022-12-30' });
    expect((await recorded.json(['replay', '--all'])).result).toMatchObject({ checked: 2, identical: 2 });
    const { result } = await recorded.json(['audit', 'export', '--run', String(answer.result['runId']), '-o', recorded.path('run.jsonl')]);
    const text = readFileSync(recorded.path('run.jsonl'), 'utf8');
    expect(result).toMatchObject({ file: recorded.path('run.jsonl') });
    for (const step of ['sleeve_open', 'tournament_simulate', 'tournament_summary']) expect(text).toContain(`"step":"${step}"`);
  }, 30_000);

  test('counts at least the trials of every tournament of the sleeve', async () => {
    const other = new Workbench(scratch);
    const one = await run(other, '--risk', 'hrp', ...fromFiles(other));
    expect(trialsIn(one)).toBe((one.result['trials'] as { count: number }).count);
    // What competes again is the same trial.
    const two = await run(other, '--risk', 'hrp', '--costs', '0.0005+0.0001,0.002+0', ...fromFiles(other));
    expect(trialsIn(two)).toBe((two.result['trials'] as { count: number }).count);
    expect(trialsIn(two)).toBeGreaterThan(trialsIn(one));
    // Told from the record, and deflated by what is known by now.
    const again = await run(other, '--risk', 'hrp', ...fromFiles(other));
    expect(trialsIn(again)).toBe(trialsIn(two));
  }, 30_000);

  test('ends one entrant whose window is beyond the history, and the others compete', async () => {
    const answer = await run(bench, '--risk', 'hrp', '--windows', '30/10/10,900/10/10', ...fromFiles(bench));
    expect(answer).toMatchObject({ ok: true, exit: 0 });
    expect(answer.warnings).toEqual([
      expect.stringMatching(/^hrp sample ward 900\/10\/10 .* was not run: .* returns hold no window/),
      expect.stringMatching(/^raw_pool_ew 900\/10\/10 .* was not run: /),
    ]);
  });

  test('fails by name where no entrant could be run, and has recorded why', async () => {
    const answer = await run(bench, '--risk', 'hrp', '--windows', '900/10/10', ...fromFiles(bench));
    expect(answer).toMatchObject({ ok: false, exit: 1, error: { code: 'EntrantsNotRanked' } });
    const failedRun = String(answer.result['runId']);
    const { result } = await bench.json(['runs', '--kind', 'tournament', '--name', 'funds']);
    expect((result['runs'] as object[]).at(-1)).toMatchObject({ runId: failedRun, status: 'failed', why: 'no entrant could be run' });
    expect((await bench.run(['report', failedRun, '-o', '-'])).stdout).toContain('Nothing is compared: no entrant could be run.');
    const series = await bench.json(['export', 'series', failedRun, '-o', bench.path('none')]);
    expect(series.error).toMatchObject({ code: 'EntrantsNotRanked' });
  });

  test.each([
    [['--windows', '60-20-20'], 'Usage', '--windows'],
    [['--windows', '60/20/30'], 'Usage', '--windows'],
    [['--costs', '5bp'], 'Usage', '--costs'],
    [['--estimators', 'oas'], 'Usage', '--estimators'],
    [['--linkages', 'wards'], 'Usage', '--linkages'],
    [['--simulators', 'weekly'], 'Usage', '--simulators'],
    [['--risk', 'hpr'], 'Usage', 'hpr'],
    [['--risk', 'adaptive'], 'ProfileNotAvailable', 'adaptive'],
  ])('refuses %j', async (words, code, path) => {
    expect((await run(bench, ...words, ...fromFiles(bench))).error).toMatchObject({ code, at: { path } });
  });

  test('without prices needs a recorded run of the sleeve', async () => {
    const empty = new Workbench(scratch);
    expect((await run(empty)).error).toMatchObject({ code: 'LedgerMissing' });
    await empty.produce('stocks');
    expect((await run(empty)).error).toMatchObject({ code: 'NothingRecorded' });
  });
});

describe('a recorded tournament', () => {
  test('is replayed bit for bit, verified, and told', async () => {
    expect((await bench.json(['replay', runId])).result).toMatchObject({ identical: 1, runs: [{ kind: 'tournament', events: 2 }] });
    expect((await bench.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
    const { result } = await bench.json(['timeline', runId]);
    expect(result).toMatchObject({ kind: 'tournament', status: 'ranked', decisions: [] });
    expect((await bench.json(['backtest', 'verify', runId])).error).toMatchObject({ code: 'Usage' });
    expect((await bench.json(['export', 'run', runId, '-o', bench.path('tree')])).error).toMatchObject({
      code: 'Usage',
      message: expect.stringContaining('is a tournament, which is no run directory'),
    });
  });

  test('is reported with its comparison and its benchmark audit summary, in both forms', async () => {
    const { result } = await bench.json(['report', runId, '-o', bench.path('reports')]);
    const [markdown, html] = (result['files'] as { file: string }[]).map(({ file }) => readFileSync(file, 'utf8'));
    for (const heading of ['## Comparison', '## Benchmark audit summary', '## Premises', '## Provenance'])
      expect(markdown).toContain(heading);
    for (const { id } of entrantsIn(first)) expect(markdown).toContain(id);
    expect(markdown).toContain('Nothing is selected (selection_mode none)');
    expect(markdown).toContain('Probability of overfitting: **not evaluated');
    expect(html).toContain('Benchmark audit summary');
  });

  test('is exported: ranks, returns by date and pairs; weights by entrant', async () => {
    const { result } = await bench.json(['export', 'series', runId, '-o', bench.path('series')]);
    expect(result['files']).toHaveLength(3);
    const lines = (name: string): string[] =>
      readFileSync(bench.path(`series/${name}.csv`), 'utf8')
        .trim()
        .split('\n');
    expect(lines('ranks')).toHaveLength(9);
    expect(lines('ranks')[0]).toContain('entrant,rank,total,twr_annualised');
    const distinct = entrantsIn(first).filter(({ identicalTo }) => identicalTo === null);
    expect(lines('returns')[0]!.split(',')).toHaveLength(1 + distinct.length);
    expect(lines('pairs')).toHaveLength(1 + (distinct.length * (distinct.length - 1)) / 2);
    const weights = ['export', 'weights', runId, '-o', bench.path('weights.csv'), '--entrant'];
    expect((await bench.json([...weights, distinct[0]!.id])).exit).toBe(0);
    expect((await bench.json([...weights, 'nobody', '--force'])).error).toMatchObject({ code: 'Usage', at: { path: '--entrant' } });
    const returns = await bench.json(['export', 'returns', runId, '-o', bench.path('returns.csv')]);
    expect(returns.result['columns']).toEqual(distinct.map(({ id }) => id));
  });

  test('keeps its pairs beside the fact', async () => {
    const { pairs } = first.result as unknown as { pairs: { compared: number; withinNoise: number; table: { sha256: string } } };
    const { result } = await bench.json(['ledger', 'artifact', pairs.table.sha256]);
    const compared = comparedPairsSchema.parse(JSON.parse(String(result['text'])));
    expect(compared).toHaveLength(pairs.compared);
    expect(compared.filter(({ z }) => z === null || Math.abs(z) < 1.96)).toHaveLength(pairs.withinNoise);
  });

  test('is named by latest where one is asked for, and moves no run of the sleeve', async () => {
    const latest = await bench.json(['timeline', 'latest', '--kind', 'tournament', '--sleeve', 'funds']);
    expect(latest.result).toMatchObject({ kind: 'tournament' });
    expect((await bench.json(['timeline', 'latest', '--sleeve', 'funds'])).error).toMatchObject({ code: 'NothingRecorded' });
  });

  test('is run and read from a script', async () => {
    const ledger = await openLedger({ store: bench.store, actor: 'desk' });
    try {
      expect((await ledger.runEvents('tournament', runId)).map(({ type }) => type)).toEqual(['TournamentStarted', 'TournamentCompleted']);
    } finally {
      await ledger.close();
    }
  });
});
