/** Volumes, metadata and exported scans as inputs of runs: recorded where they are given, and nothing else is needed to compute again. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { priceCsv, simulatedPrices } from '../../support/prices.ts';
import { writePrices } from '../../support/small-market.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { wideThresholds } from '../../support/selection-settings.ts';

const symbols = ['AMEX:AAA', 'AMEX:BBB', 'AMEX:CCC', 'AMEX:DDD', 'AMEX:EEE', 'AMEX:FFF'];
const bench = new Workbench(scratchDirectory(), (manifest) => {
  manifest.profiles['funds'] = {};
  manifest.profiles['chosen'] = {
    selection: { selection_mode: 'v4', min_momentum_score: -1, min_winners: 2, require: ['liquidity', 'adx'] },
    features: wideThresholds,
    backtest: { benchmark_symbols: [], dynamic_universe: false },
  };
});
const table = simulatedPrices({ symbols, first: '2022-04-01', last: '2022-12-30', seed: 7 });
const prices = bench.write('funds.csv', priceCsv(table));
const stocks = writePrices(bench.directory, 'stocks');
const volumesOf = (columns: readonly string[], volume: (row: number) => number): string =>
  priceCsv({
    dates: table.dates,
    symbols: columns,
    closes: columns.map(() => Float64Array.from(table.dates, (_, row) => volume(row))),
  });
const volumes = bench.write(
  'volumes.csv',
  volumesOf([...symbols.slice(0, 4), 'AMEX:ZZZ'], (row) => 1_000 + row),
);
const metadata = bench.write('metadata.csv', 'symbol,identity,tick_size\nAMEX:AAA,one bet,0.01\nAMEX:BBB,one bet,0.01\nAMEX:YYY,,0.05\n');
const given = ['--volumes', volumes, '--metadata', metadata];

const produce = (...words: string[]) => bench.json(['flow', 'production', '--profile', 'funds', '--prices', prices, ...words]);

interface Input {
  readonly role: string;
  readonly name: string;
  readonly table?: { readonly columns: readonly string[]; readonly last: string };
}

const inputsOf = async (runId: unknown): Promise<readonly Input[]> => {
  const opened = (await bench.events()).find(({ stream }) => stream === `sleeveRun-${runId as string}`);
  return (JSON.parse(Buffer.from(opened!.bytes).toString('utf8')) as { data: { inputs: Input[] } }).data.inputs;
};

describe('a run with volumes and metadata', () => {
  let plain: Awaited<ReturnType<typeof produce>>;
  let supplied: Awaited<ReturnType<typeof produce>>;

  beforeAll(async () => {
    plain = await produce('--as-of', '2022-12-15');
    expect(plain.error).toBeUndefined();
    supplied = await produce('--as-of', '2022-12-15', ...given);
  }, 30_000);

  test('records them beside the prices, cut to its symbols and its last day', async () => {
    const inputs = await inputsOf(supplied.result['runId']);
    expect(inputs.map(({ role, name }) => [role, name])).toEqual([
      ['prices', 'funds.csv'],
      ['volumes', 'volumes.csv'],
      ['metadata', 'metadata.csv'],
    ]);
    expect(inputs[1]!.table).toMatchObject({ columns: symbols.slice(0, 4), last: '2022-12-15' });
  });

  test('is another run than one without, which has no trace of them', async () => {
    expect(supplied.result['runId']).not.toBe(plain.result['runId']);
    expect((await inputsOf(plain.result['runId'])).map(({ role }) => role)).toEqual(['prices']);
  });

  test('is the same run for the same content under another name, and for symbols in another order', async () => {
    const again = bench.write(
      'again.csv',
      volumesOf(['AMEX:ZZZ', ...symbols.slice(0, 4)], (row) => 1_000 + row),
    );
    const answer = await produce('--as-of', '2022-12-15', '--volumes', again, '--metadata', metadata);
    expect(answer.result).toMatchObject({ runId: supplied.result['runId'], already: true });
    const later = bench.write(
      'later.csv',
      volumesOf(symbols.slice(0, 4), (row) => (table.dates[row]! > '2022-12-15' ? 9 : 1_000 + row)),
    );
    const cut = await produce('--as-of', '2022-12-15', '--volumes', later, '--metadata', metadata);
    expect(cut.result).toMatchObject({ runId: supplied.result['runId'], already: true });
  });

  test('is another run for one changed volume', async () => {
    const changed = bench.write(
      'changed.csv',
      volumesOf(symbols.slice(0, 4), (row) => (row === 30 ? 7 : 1_000 + row)),
    );
    const answer = await produce('--as-of', '2022-12-15', '--volumes', changed, '--metadata', metadata);
    expect(answer.result['runId']).not.toBe(supplied.result['runId']);
  });

  test('warns of symbols that have no prices', () => {
    expect(supplied.warnings).toContain(`${volumes}: without prices, and not read: AMEX:ZZZ`);
    expect(supplied.warnings).toContain(`${metadata}: without prices, and not read: AMEX:YYY`);
  });

  test('is computed again from the ledger, and from a bundle alone', async () => {
    const bundle = bench.path('evidence.zip');
    await bench.json(['audit', 'bundle', String(supplied.result['runId']), '-o', bundle]);
    expect((await bench.json(['replay', '--bundle', bundle])).result).toMatchObject({ different: [] });
    expect((await bench.json(['replay', '--all'])).result).toMatchObject({ different: [], withinTolerance: 0 });
    expect((await bench.json(['ledger', 'verify'])).ok).toBe(true);
  });

  test('gives what it read to a tournament and to a backtest that are given nothing', async () => {
    const roles = async (kind: string, runId: unknown) => {
      const first = (await bench.events()).find(({ stream }) => stream === `${kind}-${runId as string}`);
      const { data } = JSON.parse(Buffer.from(first!.bytes).toString('utf8')) as {
        data: { inputs?: Input[]; sleeves?: { sleeve: string; inputs: Input[] }[] };
      };
      return (data.inputs ?? data.sleeves!.find(({ sleeve }) => sleeve === 'funds')!.inputs).map(({ role, name }) => [role, name]);
    };
    await produce(...given);
    const both = [
      ['prices', 'funds.csv'],
      ['volumes', 'volumes.csv'],
      ['metadata', 'metadata.csv'],
    ];
    const tournament = await bench.json(['tournament', 'run', '--profile', 'funds', '--risk', 'hrp']);
    expect(await roles('tournament', tournament.result['runId'])).toEqual(both);
    const other = bench.write('other.csv', 'symbol,tick_size\nAMEX:CCC,0.01\n');
    const more = await bench.json(['tournament', 'run', '--profile', 'funds', '--risk', 'hrp', '--metadata', other]);
    expect(await roles('tournament', more.result['runId'])).toEqual([...both, ['metadata', 'other.csv']]);
    const fresh = await bench.json(['tournament', 'run', '--profile', 'funds', '--risk', 'hrp', '--prices', prices, '--volumes', volumes]);
    expect(await roles('tournament', fresh.result['runId'])).toEqual(both.slice(0, 2));
    const backtest = await bench.json(['backtest', 'run', '--meta', 'pair', '--prices', `funds=${prices}`, `stocks=${stocks}`, ...given]);
    expect(backtest).toMatchObject({ ok: true });
    expect(await roles('backtest', backtest.result['runId'])).toEqual(both);
    expect((await bench.json(['replay', '--all'])).result).toMatchObject({ different: [], withinTolerance: 0 });
  }, 30_000);
});

describe('files that are not what they should be', () => {
  const csv = (name: string, ...lines: string[]): string => bench.write(name, `${lines.join('\n')}\n`);
  const negative = csv('negative.csv', 'date,AMEX:AAA', '2022-06-01,5', '2022-06-02,-1');
  const text = csv('text.csv', 'date,AMEX:AAA', '2022-06-01,5', '2022-06-02,many');
  const unordered = csv('unordered.csv', 'date,AMEX:AAA', '2022-06-02,5', '2022-06-01,1');
  const future = csv('future.csv', 'date,AMEX:AAA', '2022-06-02,5', '2999-06-01,1');
  const double = csv('double.csv', 'date,AMEX:AAA', '2022-06-02,5');
  const column = csv('column.csv', 'symbol,sector', 'AMEX:AAA,metals');
  const twice = csv('twice.csv', 'symbol,identity', 'AMEX:AAA,one');

  test.each([
    ['a negative volume', ['--volumes', negative], 'SupplyFileInvalid', { file: negative, line: 3, path: 'AMEX:AAA' }],
    ['text in place of a volume', ['--volumes', text], 'PriceFileUnreadable', { file: text, line: 3 }],
    ['dates out of order', ['--volumes', unordered], 'SupplyFileInvalid', { file: unordered, line: 3 }],
    ['a date in the future', ['--volumes', future], 'DateInFuture', {}],
    ['volumes of one symbol in two files', ['--volumes', volumes, double], 'SymbolTwice', {}],
    ['a column that is not known', ['--metadata', column], 'SupplyFileInvalid', { file: column, line: 1 }],
    ['metadata of one symbol in two files', ['--metadata', metadata, twice], 'SymbolTwice', { file: twice }],
    ['metadata in another format', ['--metadata', 'm.xlsx'], 'SupplyFileInvalid', { file: 'm.xlsx' }],
    ['a missing file', ['--metadata', bench.path('none.csv')], 'FileMissing', {}],
  ])('%s is refused, and nothing is recorded', async (_, words, code, at) => {
    const before = (await bench.events()).length;
    const answer = await produce(...words);
    expect(answer).toMatchObject({ ok: false, error: { code } });
    expect(answer.error!.at).toMatchObject(at);
    expect((await bench.events()).length).toBe(before);
  });
});

const exported = (meta: object, rows: readonly object[]): string => JSON.stringify({ meta: { selector: 'liquid', ...meta }, data: rows });

describe('the export of a scan as a universe', () => {
  const rows = ['AMEX:ZZZ', ...symbols.slice(0, 5)].map((symbol, index) => ({
    symbol,
    ADX: 20 + index,
    passes: { combined: true, trend_adx: true, liquidity: true, all: true },
    selected: true,
    rank: index + 1,
  }));
  const file = bench.write('liquid.json', exported({ as_of: '2022-12-01', verdict: 'complete' }, rows));

  test('gives the symbols that have a price, and is recorded with the hash of its bytes', async () => {
    const answer = await produce('--universe', file);
    expect(answer.result).toMatchObject({
      eligibility: 'CERTIFIED',
      universe: { kept: symbols.slice(0, 5) },
      scannedUniverse: {
        scans: [{ scanner: 'liquid', asOf: '2022-12-01', verdict: 'complete', exported: { file: 'liquid.json', selected: 6 } }],
        unpriced: [{ symbol: 'AMEX:ZZZ' }],
      },
    });
    expect((await bench.json(['replay', '--all'])).result).toMatchObject({ different: [] });
  });

  test('explains a weight down to the gates that stand in the file', async () => {
    await produce('--universe', file, '--correction', '1');
    await bench.produce('stocks');
    const flow = await bench.json(['flow', 'meta', '--profile', 'pair']);
    expect(flow.ok).toBe(true);
    const { stdout } = await bench.run(['explain', 'AMEX:BBB', '--meta', 'pair']);
    expect(stdout).toContain('liquid@2022-12-01 (complete, exported to liquid.json): rank 3 of 6, passed trend_adx, liquidity');
  });

  test('that does not say its verdict degrades the run, and is refused where that is asked for', async () => {
    const silent = bench.write('silent.json', exported({ as_of: '2022-12-01' }, rows));
    expect((await produce('--universe', silent)).result).toMatchObject({ eligibility: 'DEGRADED' });
    expect(await produce('--universe', silent, '--strict-scan')).toMatchObject({ error: { code: 'ScanNotUsable' } });
  });

  test.each([
    ['of no day', exported({}, rows), 'ScanExportInvalid'],
    ['that is no JSON', '{', 'ScanExportInvalid'],
    ['of too few symbols', exported({ as_of: '2022-12-01', verdict: 'complete' }, rows.slice(0, 4)), 'UniverseTooSmall'],
  ])('%s is refused, and nothing is recorded', async (_, content, code) => {
    const before = (await bench.events()).length;
    expect(await produce('--universe', bench.write('bad.json', content))).toMatchObject({ ok: false, error: { code } });
    expect((await bench.events()).length).toBe(before);
  });

  test('supplies a sleeve that selects with what it says of symbols, of which min_winners are enough', async () => {
    const select = (...words: string[]) => bench.json(['flow', 'production', '--profile', 'chosen', '--prices', prices, ...words]);
    const small = bench.write(
      'small.json',
      exported(
        { as_of: '2022-12-01', verdict: 'complete' },
        rows.slice(1, 4).map((row, k) => ({ ...row, rank: k + 1 })),
      ),
    );
    const without = await select('--universe', small);
    expect(without.error).toMatchObject({ code: 'SelectionInputMissing', message: expect.stringContaining('liquidity') });
    const answer = await select('--universe', small, '--volumes', volumes);
    expect(answer.error).toBeUndefined();
    expect((await inputsOf(answer.result['runId'])).map(({ role, name }) => [role, name])).toEqual([
      ['prices', 'funds.csv'],
      ['volumes', 'volumes.csv'],
      ['scan', 'small.json'],
    ]);
    expect((await bench.json(['replay', '--all'])).result).toMatchObject({ different: [], withinTolerance: 0 });
  }, 30_000);
});
