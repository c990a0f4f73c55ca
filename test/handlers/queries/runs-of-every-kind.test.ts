/** Backtests and combinations are runs like any other for who asks: listed, named by words, told, exported, proved, replayed. */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { tableFromIPC } from 'apache-arrow';
import { openLedger } from '../../../bin/open-ledger.ts';
import { parseParquetPrices } from '../../../infra/parquet/parquet-prices.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch);
const ids: Record<'stocks' | 'pair' | 'backtest' | 'second' | 'dated' | 'undated' | 'refused', string> = {
  stocks: '',
  pair: '',
  backtest: '',
  second: '',
  dated: '',
  undated: '',
  refused: '',
};
/** What stood before anything was tested or combined. */
let before: readonly object[] = [];

const ask = async (...argv: readonly string[]) => bench.json(argv);
const standing = async (): Promise<object[]> => {
  const answers = [await ask('weights', '--meta', 'pair'), await ask('status'), await ask('parity', 'check', '--meta', 'pair')];
  return answers.map(({ result }) => result);
};

beforeAll(async () => {
  ids.stocks = await bench.produce('stocks');
  await bench.produce('funds');
  await ask('manifest', 'apply', '--no-seal');
  ids.pair = (await ask('flow', 'meta', '--profile', 'pair')).result['runId'] as string;
  before = await standing();
  ids.backtest = (await ask('backtest', 'run', '--meta', 'pair', '--risk', 'hrp', 'equal_weight')).result['runId'] as string;
  ids.second = (await ask('backtest', 'run', '--meta', 'pair', '--risk', 'hrp')).result['runId'] as string;
  const positions = bench.write('positions.csv', 'asset,tsmom,xsec\nES,0.8,-0.3\nGC,-0.4,0.7\nCL,0.6,\nSI,,0.5\n');
  const combine = ['combine', '--positions', positions, '--budgets', 'tsmom=0.6', 'xsec=0.4', '--name', 'futures'];
  ids.dated = (await ask(...combine, '--gross-cap', '0.8', '--as-of', '2022-07-18')).result['combinationId'] as string;
  ids.undated = (await ask(...combine)).result['combinationId'] as string;
  const held = bench.write('held.csv', 'asset,weight\nES,1\nGC,1\nCL,1\n');
  ids.refused = (await ask(...combine, '--previous', held, '--turnover-cap', '0.4', '--gross-cap', '1')).result['combinationId'] as string;
}, 60_000);

interface Row {
  readonly runId: string;
  readonly kind: string;
  readonly name: string;
  readonly asOf: string | null;
  readonly status: string;
  readonly risks: readonly string[];
  readonly consumed: readonly string[];
  readonly why: string | null;
}
const runs = async (...flags: readonly string[]): Promise<readonly Row[]> => (await ask('runs', ...flags)).result['runs'] as readonly Row[];
const idsOf = (rows: readonly Row[]): string[] => rows.map(({ runId }) => runId);

describe('runs', () => {
  test('lists backtests and combinations in ledger order, with what became of them', async () => {
    expect((await runs()).slice(3)).toMatchObject([
      { runId: ids.backtest, kind: 'backtest', name: 'pair', status: 'tested', risks: ['hrp', 'equal_weight'], why: null },
      { runId: ids.second, kind: 'backtest', status: 'tested', risks: ['hrp'] },
      { runId: ids.dated, kind: 'combination', name: 'futures', asOf: '2022-07-18', status: 'combined' },
      { runId: ids.undated, kind: 'combination', asOf: null, status: 'combined' },
      { runId: ids.refused, kind: 'combination', status: 'refused', why: expect.stringContaining('cannot be kept together') },
    ]);
    const [tested] = await runs('--kind', 'backtest');
    expect(tested!.consumed).toContain(ids.stocks);
  });

  test('of a kind, of a name, and of both, are those', async () => {
    expect(idsOf(await runs('--kind', 'backtest'))).toEqual([ids.backtest, ids.second]);
    expect(idsOf(await runs('--name', 'pair'))).toEqual([ids.pair, ids.backtest, ids.second]);
    expect(idsOf(await runs('--name', 'pair', '--kind', 'meta'))).toEqual([ids.pair]);
    expect(idsOf(await runs('--name', 'futures'))).toEqual([ids.dated, ids.undated, ids.refused]);
    expect((await ask('runs', '--kind', 'backtests')).error).toMatchObject({ code: 'Usage', at: { path: '--kind' } });
    expect((await ask('runs', '--name', 'futurs')).error!.message).toContain('did you mean futures');
  });

  test('as of a date leave out what bears a later date or none', async () => {
    expect(idsOf(await runs('--name', 'futures', '--as-of', '2022-07-18'))).toEqual([ids.dated]);
    expect(await runs('--name', 'futures', '--as-of', '2022-07-17')).toEqual([]);
  });

  test('known at a position leave out what was recorded later', async () => {
    const events = await bench.events();
    const position = events.findLast(({ stream }) => stream === `backtest-${ids.backtest}`)!.position;
    expect(idsOf(await runs('--kind', 'backtest', '--known-at', position))).toEqual([ids.backtest]);
    const started = events.find(({ stream }) => stream === `backtest-${ids.backtest}`)!.position;
    expect(await runs('--kind', 'backtest', '--known-at', started)).toMatchObject([{ status: 'unfinished', risks: [] }]);
  });

  test('are printed with their kinds', async () => {
    const { stdout } = await bench.run(['runs', '--kind', 'backtest']);
    expect(stdout).toMatch(new RegExp(`${ids.second} +backtest +2022-12-30 +tested +hrp`));
  });
});

describe('what is held, due and comparable', () => {
  test('is not moved by a backtest or a combination', async () => {
    expect(await standing()).toEqual(before);
  });

  test('latest, previous and published go on meaning allocations', async () => {
    expect((await ask('timeline', 'latest', '--meta', 'pair')).result['runId']).toBe(ids.pair);
    expect((await ask('timeline', 'previous', '--meta', 'pair')).error!.message).toContain('one run only of pair is recorded');
    const candidates = (await ask('timeline', 'latest')).error;
    expect(candidates).toMatchObject({ code: 'RunAmbiguous' });
    expect(candidates!.message).not.toContain('book');
  });
});

describe('a word', () => {
  test.each([
    [['latest', '--kind', 'backtest', '--meta', 'pair'], 'second'],
    [['latest', '--kind', 'backtest'], 'second'],
    [['previous', '--kind', 'backtest', '--meta', 'pair'], 'backtest'],
    [['latest', '--book', 'futures'], 'refused'],
    [['previous', '--kind', 'combination'], 'undated'],
    [['latest', '--book', 'futures', '--as-of', '2022-07-31'], 'dated'],
    [['latest', '--kind', 'meta'], 'pair'],
  ] as const)('%j names the newest of its kind', async (words, which) => {
    expect((await ask('timeline', ...words)).result['runId']).toBe(ids[which]);
  });

  test('names a backtest without --kind where a verb is about backtests', async () => {
    expect((await ask('backtest', 'verify', 'latest')).result).toMatchObject({ checked: 1, backtests: [{ runId: ids.second }] });
    expect((await ask('backtest', 'verify', 'previous', '--meta', 'pair')).result).toMatchObject({ backtests: [{ runId: ids.backtest }] });
    expect((await ask('export', 'backtest', 'latest', '-o', bench.path('results.json'))).result).toMatchObject({ runId: ids.second });
    const whatIf = ['counterfactual', 'latest', '--kind', 'backtest', '--set', 'backtest.backtest_slippage=0.002'];
    expect((await ask(...whatIf)).result).toMatchObject({ runId: ids.second, sameRun: false });
  });

  test.each([
    [['timeline', 'latest', '--meta', 'pair', '--book', 'futures'], 'give --meta or --book, not both', '--book'],
    [['timeline', 'latest', '--kind', 'combination', '--meta', 'pair'], 'a combination is named by --book, not by --meta', '--meta'],
    [['timeline', 'published', '--kind', 'backtest'], 'published is a meta run: give --meta', '--kind'],
    [['timeline', 'RUN', '--kind', 'backtest'], 'and not with the id of a run', 'RUN'],
    [['timeline', 'latest', '--kind', 'test'], 'there is no test', '--kind'],
  ] as const)('%j is refused', async (argv, message, path) => {
    const { error } = await ask(...argv);
    expect(error).toMatchObject({ code: 'Usage', message: expect.stringContaining(message), at: { path } });
  });

  test('of a portfolio that was never tested finds none', async () => {
    const { error } = await ask('timeline', 'latest', '--kind', 'backtest', '--meta', 'stocks');
    expect(error).toMatchObject({ code: 'NothingRecorded', message: expect.stringContaining('no backtest of stocks is recorded') });
  });
});

describe('a timeline', () => {
  test('of a backtest tells its facts under their steps, and no publication', async () => {
    const { result } = await ask('timeline', ids.second);
    expect(result).toMatchObject({ kind: 'backtest', status: 'tested', decisions: [], publication: null });
    const steps = (result['events'] as readonly { readonly step: string }[]).map(({ step }) => step);
    expect(new Set(steps)).toEqual(new Set(['backtest_simulate', 'backtest_optimize', 'backtest_summary', 'backtest_cache']));
  });

  test('of a combination is its one fact', async () => {
    const { result } = await ask('timeline', ids.refused);
    expect(result).toMatchObject({ kind: 'combination', asOf: null, events: [{ type: 'CombinationRefused', status: 'error' }] });
    expect((await bench.run(['timeline', ids.dated])).stdout).toContain(`combination ${ids.dated}: combined`);
  });
});

describe('a question that makes no sense of a kind', () => {
  test.each([
    ['diff', 'backtest', (id: string) => ['diff', id, id], 'is a backtest; give a meta run'],
    ['diff', 'dated', (id: string) => ['diff', id, id], 'is a combination; give a meta run'],
    ['approve', 'backtest', (id: string) => ['approve', id, '--why', 'x'], 'is a backtest; give a meta run'],
    ['reject', 'dated', (id: string) => ['reject', id, '--why', 'x'], 'is a combination; give a meta run'],
    ['produce', 'backtest', (id: string) => ['produce', id, '-o', 'FILE'], 'is a backtest; give a sleeve run'],
    ['audit integrity', 'backtest', (id: string) => ['audit', 'integrity', id], 'is a backtest: give one of its sleeve runs'],
    ['export run', 'backtest', (id: string) => ['export', 'run', id, '-o', 'FOLDER'], 'is no run directory'],
    ['export backtest', 'pair', (id: string) => ['export', 'backtest', id, '-o', 'FILE'], 'is a meta run; give a backtest'],
    ['backtest verify', 'pair', (id: string) => ['backtest', 'verify', id], 'is no backtest'],
    ['export returns', 'dated', (id: string) => ['export', 'returns', id, '-o', 'FILE.csv'], 'which has no returns'],
    ['export weights', 'undated', (id: string) => ['export', 'weights', id, '-o', 'FILE.csv'], 'bears no date'],
    ['export weights', 'dated', (id: string) => ['export', 'weights', id, '--risk', 'hrp', '-o', 'FILE.csv'], 'has no risk profiles'],
    ['export series', 'backtest', (id: string) => ['export', 'series', id, '-o', 'FOLDER'], 'it has hrp, equal_weight'],
  ] as const)('%s of a %s says so, as an error of usage', async (_, which, argv, message) => {
    const words = argv(ids[which]).map((word) => word.replace(/^(FILE|FOLDER)/, (name) => bench.path(`never-${name}`)));
    expect((await ask(...words)).error).toMatchObject({ code: 'Usage', message: expect.stringContaining(message) });
    expect(readdirSync(bench.directory).filter((name) => name.startsWith('never-'))).toEqual([]);
  });

  test('an id that nobody has is still unknown', async () => {
    expect((await ask('diff', 'nobody', 'nobody')).error).toMatchObject({ code: 'RunUnknown' });
    expect((await ask('export', 'backtest', 'nobody', '-o', bench.path('x.json'))).error).toMatchObject({ code: 'RunUnknown' });
  });

  test('weights of a refused combination are refused as the combination was', async () => {
    const { error } = await ask('export', 'weights', ids.refused, '-o', bench.path('x.csv'));
    expect(error).toMatchObject({ code: 'CombinationInfeasible', message: expect.stringContaining('cannot be kept together') });
  });
});

const names = ['returns', 'joined', 'decisions', 'leaf_weights', 'asset_weights', 'trades'];

describe('the series of a backtest', () => {
  test('are the recorded tables, to the byte as CSV, and what the tear sheet derives from them', async () => {
    const { result } = await ask('export', 'series', ids.second, '--risk', 'hrp', '-o', bench.path('series'));
    const ofSleeves = ['funds', 'stocks'].flatMap((id) => ['returns', 'weights', 'windows'].map((what) => `sleeve_${what}_${id}`));
    const baselines = ['equal_weight_meta', 'static_hrp', 'inverse_volatility', 'alone_funds', 'alone_stocks', 'flat'];
    const shares = ['optimiser', 'joint', 'realised'].flatMap((kind) => ['sleeves', 'assets'].map((of) => `risk_${kind}_${of}`));
    const derived = ['wealth', 'drawdowns', 'months', 'rolling', 'weights', ...shares];
    const files = [...names, 'risk_shares', ...ofSleeves, ...baselines.map((name) => `baseline_weights_${name}`), ...derived];
    expect(readdirSync(bench.path('series')).toSorted()).toEqual(files.map((name) => `${name}.csv`).toSorted());
    const facts = (await bench.events()).find(({ stream, type }) => stream === `backtest-${ids.second}` && type === 'BacktestCompleted')!;
    const { tested } = (JSON.parse(new TextDecoder().decode(facts.bytes)) as { data: { tested: { tables: Record<string, object> }[] } })
      .data;
    const { sha256 } = tested[0]!.tables['assetWeights'] as { readonly sha256: string };
    await ask('ledger', 'artifact', sha256, '-o', bench.path('stored.csv'));
    const written = readFileSync(bench.path('series/asset_weights.csv'), 'utf8');
    expect(written.replace(/^date/, '')).toBe(readFileSync(bench.path('stored.csv'), 'utf8').replace(/^[^,]*/, ''));
    const rowsOf = new Map((result['files'] as readonly { file: string; rows: number }[]).map(({ file, rows }) => [file, rows]));
    for (const name of baselines) expect(rowsOf.get(`baseline_weights_${name}.csv`)).toBe(rowsOf.get('decisions.csv'));
    expect(readFileSync(bench.path('series/baseline_weights_equal_weight_meta.csv'), 'utf8')).toMatch(
      /^date,raw:funds,raw:stocks,weight:funds,weight:stocks\n[\d-]+,0.5,0.5,0.5,0.5\n/,
    );
  });

  test('hold the same numbers in every format', async () => {
    for (const format of ['csv', 'parquet', 'arrow'])
      await ask('export', 'series', 'latest', '--kind', 'backtest', '--risk', 'hrp', '--format', format, '-o', bench.path(format));
    for (const name of names) {
      const lines = readFileSync(bench.path(`csv/${name}.csv`), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => line.split(','));
      const [head, ...rows] = lines;
      const numbers = head!.slice(1).map((_, at) => rows.map((row) => (row[at + 1] === '' ? null : Number(row[at + 1]))));
      const arrow = tableFromIPC(readFileSync(bench.path(`arrow/${name}.arrow`)));
      expect(arrow.schema.fields.map((field) => field.name)).toEqual(head);
      expect([...arrow.getChild('date')!].map((date) => new Date(date as number).toISOString().slice(0, 10))).toEqual(
        rows.map(([date]) => date),
      );
      expect(head!.slice(1).map((column) => [...arrow.getChild(column)!])).toEqual(numbers);
      const { table } = await parseParquetPrices(readFileSync(bench.path(`parquet/${name}.parquet`)), name);
      expect(table.closes.map((column) => [...column].map((value) => (Number.isNaN(value) ? null : value)))).toEqual(numbers);
    }
  });

  test('are its returns and weights where these are asked for alone', async () => {
    await ask('export', 'returns', ids.second, '--risk', 'hrp', '-o', bench.path('returns.csv'));
    expect(readFileSync(bench.path('returns.csv'), 'utf8')).toMatch(/^date,gross,net,equal_weight_meta,/);
    const weights = await ask('export', 'weights', ids.second, '--risk', 'hrp', '-o', bench.path('weights.arrow'));
    expect(tableFromIPC(readFileSync(bench.path('weights.arrow'))).numRows).toBe(weights.result['rows']);
    expect((await ask('export', 'weights', ids.second, '--risk', 'barbell', '-o', bench.path('x.csv'))).error).toMatchObject({
      code: 'ProfileNotAvailable',
      message: expect.stringContaining('it has hrp'),
    });
  });
});

describe('the series of a combination', () => {
  test('are weights, contributions, exposures and budgets by name', async () => {
    expect((await ask('export', 'series', ids.dated, '-o', bench.path('combined'))).exit).toBe(0);
    const read = (file: string) =>
      readFileSync(bench.path(`combined/${file}.csv`), 'utf8')
        .trimEnd()
        .split('\n');
    expect(read('weights')[0]).toBe('asset,total,projection,weight');
    expect(read('budgets')).toEqual(['sleeve,budget,positions', 'tsmom,0.6,3', 'xsec,0.4,3']);
    expect(read('exposures').map((line) => line.split(',').slice(0, 3))).toEqual([
      ['exposure', 'value', 'cap'],
      ['gross', '0.8', '0.8'],
      ['net', '0.8', '2'],
      ['turnover_two_sided', '', ''],
    ]);
    const weights = new Map(
      read('weights')
        .slice(1)
        .map((line) => [line.split(',')[0]!, Number(line.split(',')[3])]),
    );
    for (const line of read('contributions').slice(1)) {
      const [asset, ...parts] = line.split(',');
      // In the order of the columns: the row sums to the weight exactly.
      expect(parts.map(Number).reduce((sum, part) => sum + part)).toBe(weights.get(asset!));
    }
  });

  test('of a refusal say what would repair it', async () => {
    await ask('export', 'series', ids.refused, '--format', 'arrow', '-o', bench.path('refused'));
    const repairs = tableFromIPC(readFileSync(bench.path('refused/repairs.arrow')));
    expect([...repairs.getChild('cap')!]).toEqual(['bounds', 'gross', 'net', 'turnover']);
    expect([...tableFromIPC(readFileSync(bench.path('refused/weights.arrow'))).getChild('weight')!]).toEqual([null, null, null, null]);
  });

  test('are a dated row of weights, which simulate reads', async () => {
    await ask('export', 'weights', 'latest', '--book', 'futures', '--as-of', '2022-12-30', '-o', bench.path('book.csv'));
    expect(readFileSync(bench.path('book.csv'), 'utf8')).toMatch(/^date,CL,ES,GC,SI\n2022-07-18,0.32/);
  });
});

const lines = (file: string): readonly Record<string, unknown>[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('the evidence', () => {
  test('of a backtest holds the sleeve runs whose prices it read, and is verified', async () => {
    const file = bench.path('backtest.jsonl');
    const exported = await ask('audit', 'export', '--run', 'latest', '--kind', 'backtest', '-o', file);
    expect(exported.result['sleeveRuns']).toHaveLength(2);
    expect((await ask('audit', 'verify', file)).result).toMatchObject({ faults: [] });
    const window = lines(file).find(({ step }) => step === 'backtest_optimize')!;
    expect(window['context']).toMatchObject({ run: ids.second, profile: 'hrp', window_index: 0, engine: 'custom', train_window: 30 });
  });

  test.each(['second', 'dated', 'refused'] as const)('of %s in a bundle is recomputed without a ledger, bit for bit', async (which) => {
    const zip = bench.path(`${which}.zip`);
    expect((await ask('audit', 'bundle', ids[which], '-o', zip)).exit).toBe(0);
    const elsewhere = new Workbench(scratch);
    const replayed = await elsewhere.json(['replay', '--bundle', zip]);
    const runsIn = which === 'second' ? 3 : 1;
    expect(replayed.result).toMatchObject({ checked: runsIn, identical: runsIn, different: [] });
    expect((await elsewhere.json(['replay', ids[which], '--bundle', zip])).result).toMatchObject({ checked: 1, identical: 1 });
    expect((await elsewhere.json(['audit', 'verify', zip])).result).toMatchObject({ faults: [] });
  });

  test('of the whole ledger holds, and each fact is proved', async () => {
    expect((await ask('ledger', 'verify')).result).toMatchObject({ faults: [] });
    for (const event of [`backtest-${ids.backtest}@1`, `combination-${ids.dated}@0`])
      expect((await ask('ledger', 'prove', event)).exit).toBe(0);
    expect((await ask('replay', '--all')).result).toMatchObject({ checked: 8, identical: 8 });
    expect((await ask('replay', 'latest', '--book', 'futures')).result).toMatchObject({
      runs: [{ runId: ids.refused, outcome: 'identical' }],
    });
    expect((await ask('ledger', 'copy', '--to', bench.path('copy.sqlite'))).exit).toBe(0);
    const copied = await bench.json(['runs', '--store', bench.path('copy.sqlite')]);
    expect(copied.result['runs']).toEqual(await runs());
  });
});

test('the library asks the same', async () => {
  const ledger = await openLedger({ store: bench.store, actor: 'desk', logLevel: 'silent' });
  try {
    expect((await ledger.runs({ kind: 'combination' })).runs).toHaveLength(3);
    expect(await ledger.timeline({ runId: 'latest', kind: 'backtest', meta: 'pair' })).toMatchObject({ runId: ids.second });
    expect((await ledger.runEvents('combination', { runId: 'latest', book: 'futures' }))[0]).toMatchObject({ type: 'CombinationRefused' });
    expect((await ledger.runEvents('backtest', ids.backtest)).map(({ type }) => type)).toContain('BacktestCompleted');
    expect(await ledger.verifyBacktests({ runId: 'latest', meta: 'pair' })).toMatchObject({
      backtests: [{ runId: ids.second, faults: [] }],
    });
    expect(await ledger.exportSeries({ runId: ids.dated, directory: bench.path('by-library'), format: 'arrow' })).toMatchObject({
      files: [{ file: 'weights.arrow' }, {}, {}, {}],
    });
    await expect(ledger.runEvents('metaRun', ids.backtest)).rejects.toMatchObject({ code: 'Usage' });
  } finally {
    await ledger.close();
  }
});
