import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { domainEvent } from '../../../domain/catalogue.ts';
import { decodeEnvelope } from '../../../domain/shared/envelope.ts';
import type { WindowAllocated } from '../../../domain/backtest-run/events.ts';
import { type Answer, Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { writePrices } from '../../support/small-market.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch);
const files = { stocks: '', funds: '', coins: '' };

type Asked = Answer & { readonly exit: number };

async function backtest(on: Workbench, words: readonly string[] = [], meta = 'whole'): Promise<Asked> {
  return on.json(['backtest', 'run', '--meta', meta, '--no-seal', ...words]);
}

const windowsOf = (answer: Asked): WindowAllocated[] => answer.result['windows'] as WindowAllocated[];
const testedOf = (answer: Asked) =>
  answer.result['tested'] as { risk: string; decisions: number; baselines: { name: string; reason: string | null }[] }[];

/** Prices in files alone: no run of a sleeve was recorded. */
function pricesOf(on: Workbench): string[] {
  const named = (['stocks', 'funds', 'coins'] as const).map((sleeve) => `${sleeve}=${writePrices(on.directory, sleeve)}`);
  return ['--prices', ...named];
}

let recorded: Asked;

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) {
    await bench.produce(sleeve);
    files[sleeve] = bench.path(`${sleeve}.csv`);
  }
  recorded = await backtest(bench, ['--risk', 'all']);
}, 60_000);

describe('backtest run', () => {
  test('tests every profile of the portfolio on the prices of its recorded runs, beside its baselines', () => {
    expect(recorded.error).toBeUndefined();
    expect(recorded).toMatchObject({ exit: 0, result: { already: false, meta: 'whole', universeLookAhead: true } });
    expect(testedOf(recorded).map(({ risk }) => risk)).toEqual(['hrp', 'equal_weight']);
    for (const { decisions, baselines } of testedOf(recorded)) {
      expect(decisions).toBeGreaterThanOrEqual(3);
      expect(baselines.map(({ name, reason }) => [name, reason])).toEqual(
        ['equal_weight_meta', 'static_hrp', 'inverse_volatility', 'alone:coins', 'alone:funds', 'alone:stocks', 'flat'].map((name) => [
          name,
          null,
        ]),
      );
    }
    // Nobody has a benchmark but funds: market fails by name and ends nothing else.
    expect(recorded.result['failed']).toMatchObject([{ risk: 'market', code: 'ProfileNotAvailable' }]);
  });

  test('is recorded as one stream: a start, a window for each decision, an end', async () => {
    const own = (await bench.events()).filter(({ stream }) => stream === `backtest-${String(recorded.result['runId'])}`);
    const types = own.map(({ type }) => type);
    expect([types[0], types.at(-1)]).toEqual(['BacktestStarted', 'BacktestCompleted']);
    expect(new Set(types.slice(1, -1))).toEqual(new Set(['WindowAllocated']));
    expect(types).toHaveLength(windowsOf(recorded).length + 2);
  });

  test('again is answered from the record, whether the prices come from runs or from files', async () => {
    const before = (await bench.events()).length;
    const again = await backtest(bench, ['--risk', 'all']);
    const given = await backtest(bench, [
      '--risk',
      'all',
      '--prices',
      ...Object.entries(files).map(([sleeve, file]) => `${sleeve}=${file}`),
    ]);
    for (const answer of [again, given]) {
      expect(answer.result).toMatchObject({ runId: recorded.result['runId'], already: true });
      expect(windowsOf(answer)).toEqual(windowsOf(recorded));
    }
    expect(await bench.events()).toHaveLength(before);
  });

  test('for people says first what is out of sample, what is not, and what decisions learned from', async () => {
    const { stdout } = await bench.run(['backtest', 'run', '--meta', 'whole', '--risk', 'all', '--no-seal']);
    expect(stdout).toContain('Out of sample at both tiers from ');
    expect(stdout).toContain('symbols were kept by their coverage up to 2022-12-30');
    expect(stdout).toContain('a live allocation learns from all of them (backtest.meta_rows: expanding)');
    expect(stdout).toContain('Burn-in of the sleeves: coins 30 rows to ');
    expect(stdout).toContain('static_hrp (look-ahead)');
  });

  test('makes a ledger for prices from files, and none where there are neither prices nor runs', async () => {
    const fresh = new Workbench(scratch);
    expect(await backtest(fresh)).toMatchObject({ exit: 66, error: { code: 'LedgerMissing' } });
    const answer = await backtest(fresh, pricesOf(fresh));
    expect(answer.error).toBeUndefined();
    expect(answer.result).toMatchObject({ already: false, sleeves: [{ sourceRunId: null }, { sourceRunId: null }, { sourceRunId: null }] });
  });

  test('a profile asked for by name that cannot be tested is an error, and the attempt is recorded', async () => {
    const answer = await backtest(bench, ['--risk', 'market']);
    expect(answer).toMatchObject({ exit: 1, error: { code: 'ProfilesNotAllocated' } });
    const { type } = (await bench.events()).findLast((event) => event.stream.startsWith('backtest-') && event.type !== 'CacheUsed')!;
    expect(type).toBe('BacktestFailed');
  });

  test.each([
    [
      'a sleeve without symbols of its own',
      (on: Workbench) => ['--prices', writePrices(on.directory, 'stocks')],
      'Usage',
      '--prices stocks=FILE',
    ],
    [
      'prices for a sleeve that is not there',
      (on: Workbench) => ['--prices', `bonds=${writePrices(on.directory, 'stocks')}`],
      'Usage',
      'has no sleeve bonds',
    ],
    ['too short a history', (on: Workbench) => [...pricesOf(on), '--from', '2022-10-03'], 'OverlapTooShort', 'at least 40 are needed'],
  ])('%s is refused', async (_, words, code, said) => {
    const fresh = new Workbench(scratch);
    const answer = await backtest(fresh, words(fresh));
    expect(answer.error?.code).toBe(code);
    expect(answer.error?.message).toContain(said);
    expect(await fresh.events()).toEqual([]);
  });

  test('a price on a day without a session ends it, until it is asked to drop such rows', async () => {
    const fresh = new Workbench(scratch);
    const words = pricesOf(fresh);
    const file = fresh.path('stocks.csv');
    const rows = readFileSync(file, 'utf8').trimEnd().split('\n');
    const at = rows.findIndex((row) => row.startsWith('2022-07-05'));
    writeFileSync(file, `${rows.toSpliced(at, 0, rows[at]!.replace('2022-07-05', '2022-07-04')).join('\n')}\n`);
    const refused = await backtest(fresh, words);
    expect(refused.error).toMatchObject({ code: 'IntegrityFailed', advice: expect.stringContaining('--repair drop-off-calendar') });
    const repaired = await backtest(fresh, [...words, '--repair', 'drop-off-calendar']);
    expect(repaired.error).toBeUndefined();
    expect((await fresh.json(['replay', '--all'])).result).toMatchObject({ checked: 1, identical: 1 });
  });

  test('a nested portfolio decides at each of its levels', async () => {
    const answer = await backtest(bench, [], 'nested');
    expect(answer.error).toBeUndefined();
    expect(new Set(windowsOf(answer).map(({ path }) => path.join('/')))).toEqual(new Set(['listed', '']));
  });
});

/** The same prices with those from a date on times a factor that moves them. */
function planted(file: string, from: string): void {
  const [head, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const altered = rows.map((row, at) => {
    const [date, ...cells] = row.split(',');
    if (date! < from) return row;
    return [date, ...cells.map((cell, column) => (cell === '' ? '' : String(Number(cell) * (1 + 0.02 * ((at + column) % 3)))))].join(',');
  });
  writeFileSync(file, `${[head, ...altered].join('\n')}\n`);
}

/** CCC has no price in the last third. */
const cut = (on: Workbench): void => {
  const file = on.path('stocks.csv');
  const [head, ...rows] = readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(file, `${[head, ...rows.map((row) => (row < '2022-10-03' ? row : row.replace(/,[^,]*$/, ',')))].join('\n')}\n`);
};

/** Data of the recorded backtest in a ledger. */
const dataOf = async (on: Workbench): Promise<unknown[]> =>
  (await on.events())
    .filter(({ stream }) => stream === `backtest-${String(recorded.result['runId'])}`)
    .map((stored) => domainEvent(decodeEnvelope(stored.bytes), stored.position).data);

describe('a future value', () => {
  test.each(['whole_range', 'as_of_start'])(
    'changes no byte of what was decided before it (universe: %s)',
    async (universe) => {
      const on = new Workbench(scratch, (manifest) => {
        manifest.defaults['backtest'] = { ...manifest.defaults['backtest'], universe };
      });
      const words = [...pricesOf(on), '--from', '2022-04-01'];
      const before = await backtest(on, words);
      expect(before).toMatchObject({ exit: 0, result: { universeLookAhead: universe === 'whole_range' } });
      const plant = windowsOf(before)[4]!.first;
      for (const sleeve of ['stocks', 'funds', 'coins']) planted(on.path(`${sleeve}.csv`), plant);
      const after = await backtest(on, words);
      const upTo = (answer: Asked) => windowsOf(answer).filter(({ newestRead }) => newestRead < plant);
      expect(upTo(before)).toHaveLength(5);
      // What is earned lies behind the plant; what was read and decided does not.
      expect(JSON.stringify(upTo(after))).toBe(JSON.stringify(upTo(before)));
      expect(windowsOf(after).slice(5)).not.toEqual(windowsOf(before).slice(5));
    },
    60_000,
  );

  test('does not choose the universe where it is chosen as of the start', async () => {
    // By the whole range CCC is dropped; at the start it covers everything.
    const kept: unknown[] = [];
    for (const universe of ['whole_range', 'as_of_start']) {
      const on = new Workbench(scratch, (manifest) => {
        manifest.defaults['backtest'] = { ...manifest.defaults['backtest'], universe };
      });
      const words = [...pricesOf(on), '--from', '2022-04-01'];
      cut(on);
      const answer = await backtest(on, words);
      const sleeves = answer.error === undefined ? (answer.result['sleeves'] as { path: string[]; kept: number }[]) : [];
      kept.push(answer.error?.code ?? sleeves.find(({ path }) => path[0] === 'stocks')?.kept);
    }
    // Kept by what was known, CCC ends too early for its prices to be fresh: that is said, and not foreseen.
    expect(kept).toEqual([2, 'IntegrityFailed']);
  }, 60_000);
});

describe('what was recorded', () => {
  test('is recomputed bit for bit', async () => {
    const one = await bench.json(['replay', String(recorded.result['runId'])]);
    expect(one.result).toMatchObject({ checked: 1, identical: 1, runs: [{ kind: 'backtest', outcome: 'identical' }] });
    const all = await bench.json(['replay', '--all']);
    expect(all.result['identical']).toBe(all.result['checked']);
  }, 60_000);

  test('shows no look-ahead to a verifier of its events', async () => {
    const answer = await bench.json(['backtest', 'verify']);
    expect(answer).toMatchObject({ exit: 0, result: { faults: [] } });
    expect(answer.result['decisions']).toBeGreaterThan(windowsOf(recorded).length);
    const one = await bench.json(['backtest', 'verify', String(recorded.result['runId'])]);
    expect(one.result).toMatchObject({ checked: 1, decisions: windowsOf(recorded).length });
    const run = (await bench.json(['runs'])).result['runs'] as { runId: string }[];
    expect(await bench.json(['backtest', 'verify', run[0]!.runId])).toMatchObject({ exit: 2, error: { code: 'Usage' } });
  });

  test('stands in audit.jsonl under the steps of the documents, which an independent verifier derives again', async () => {
    await bench.json(['ledger', 'seal']);
    const file = bench.path('audit.jsonl');
    await bench.json(['audit', 'export', '--all', '-o', file]);
    const steps = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { step?: string; status?: string; type?: string })
      .filter(({ step }) => step?.startsWith('backtest_'));
    expect(new Set(steps.map(({ step }) => step))).toEqual(
      new Set(['backtest_simulate', 'backtest_optimize', 'backtest_summary', 'backtest_cache']),
    );
    expect(steps.find(({ type }) => type === 'BacktestFailed')?.status).toBe('error');
    expect(await bench.json(['audit', 'verify', file])).toMatchObject({ exit: 0 });
  });

  test('is sound: events, artifacts and seals', async () => {
    expect((await bench.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
  });

  test('is written as the documents have it: weights over time, equity of run and baselines, statistics', async () => {
    const file = bench.path('meta_backtest_results.json');
    const runId = String(recorded.result['runId']);
    const answer = await bench.json(['export', 'backtest', runId, '-o', file]);
    expect(answer.result).toMatchObject({ runId, profiles: ['hrp', 'equal_weight'] });
    const written = JSON.parse(readFileSync(file, 'utf8')) as {
      profiles: Record<
        string,
        { sleeve_weights: object; equity: Record<string, Record<string, number>>; stats: Record<string, { look_ahead: boolean }> }
      >;
    };
    const { sleeve_weights: weights, equity, stats } = written.profiles['hrp']!;
    const decisions = windowsOf(recorded).filter(({ risk }) => risk === 'hrp');
    expect(Object.keys(weights)).toEqual(decisions.map(({ newestRead }) => newestRead));
    expect(Object.keys(equity).toSorted()).toEqual(Object.keys(stats).toSorted());
    expect(stats['static_hrp']!.look_ahead).toBe(true);
    const [first] = Object.entries(equity['recursive']!);
    expect(first).toEqual([decisions[0]!.newestRead, 1]);
    expect(await bench.json(['export', 'backtest', 'nothing', '-o', file, '--force'])).toMatchObject({
      exit: 66,
      error: { code: 'RunUnknown' },
    });
  });

  test('holds no duration, clock or machine: the data of its events are those of another ledger with other days', async () => {
    const other = new Workbench(scratch);
    for (const sleeve of ['stocks', 'funds', 'coins'] as const) await other.produce(sleeve);
    await other.json(['backtest', 'run', '--meta', 'whole', '--risk', 'all', '--no-seal'], { now: '2027-06-01T00:00:00.000Z' });
    expect(await dataOf(other)).toEqual(await dataOf(bench));
  }, 60_000);
});
