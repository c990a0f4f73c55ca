/** A sleeve whose universe comes from a recorded scan, down to the explanation of a weight. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { priceCsv, simulatedPrices } from '../../support/prices.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { wideThresholds } from '../../support/selection-settings.ts';

const bench = new Workbench(scratchDirectory(), (manifest) => {
  manifest.profiles['funds'] = {};
  manifest.profiles['chosen'] = {
    selection: { selection_mode: 'v4', min_momentum_score: -1, min_winners: 2, require: ['liquidity', 'adx'] },
    features: wideThresholds,
    backtest: { benchmark_symbols: [], dynamic_universe: false },
  };
});
const symbols = ['AMEX:AAA', 'AMEX:BBB', 'AMEX:CCC', 'AMEX:DDD', 'AMEX:EEE', 'AMEX:FFF'];
const prices = bench.write('funds.csv', priceCsv(simulatedPrices({ symbols, first: '2022-04-01', last: '2022-12-30', seed: 7 })));
const scanner = [
  'id: liquid',
  'data_category: test',
  'sort_by: Value.Traded',
  'prefilter_limit: 300',
  'limit: 6',
  'volume: {value_traded_min: 5}',
  'trend: {adx: {enabled: true, min: 20}}',
];
bench.write('scanners/liquid.yaml', scanner.join('\n'));
const rowOf = (symbol: string, traded: number, adx: number | null) => ({ symbol, 'Value.Traded': traded, ADX: adx });
const scan = (name: string, asOf: string, rows: readonly object[]) => {
  const file = bench.write(name, JSON.stringify({ data: rows }));
  return bench.json(['scan', 'run', 'liquid', '--scanners', bench.path('scanners'), '--response', file, '--as-of', asOf]);
};
const produce = (...words: string[]) => bench.json(['flow', 'production', '--profile', 'funds', '--prices', prices, ...words]);

let whole: Awaited<ReturnType<typeof produce>>;

beforeAll(async () => {
  const rows = [
    rowOf('AMEX:ZZZ', 100, 30),
    ...symbols.slice(0, 5).map((symbol, index) => rowOf(symbol, 90 - index, 25)),
    rowOf('AMEX:FFF', 80, 10),
  ];
  await scan('complete.json', '2022-12-01', rows);
  await scan(
    'partial.json',
    '2023-01-15',
    rows.map((row) => ({ ...row, ADX: null })),
  );
  whole = await produce('--universe', 'scan:liquid');
  await bench.produce('stocks');
}, 30_000);

describe('a sleeve on the universe of a scan', () => {
  test('holds the selected symbols that have a price; what has none is listed and left out', () => {
    expect(whole).toMatchObject({
      ok: true,
      result: {
        eligibility: 'CERTIFIED',
        universe: { kept: symbols.slice(0, 5) },
        scannedUniverse: {
          scans: [{ scanner: 'liquid', asOf: '2022-12-01', verdict: 'complete', lacking: [] }],
          unpriced: [{ symbol: 'AMEX:ZZZ', by: [{ scanner: 'liquid', rank: 1 }] }],
          labels: ['selection look-ahead'],
        },
      },
    });
    expect(whole.warnings.join('\n')).toContain('unpriced, and left out: AMEX:ZZZ (liquid 1)');
  });

  test('is labelled in a backtest and a tournament on its prices too: the scan knew how they went on', async () => {
    const words = ['--meta', 'pair', '--risk', 'equal_weight', '--no-seal'];
    const tested = await bench.json(['backtest', 'run', ...words]);
    const expected = { path: 'funds', first: '2022-06-13', scans: ['liquid@2022-12-01'] };
    expect(tested).toMatchObject({ exit: 0, result: { selectionLookAhead: [expected] } });
    const label = 'selection look-ahead: liquid@2022-12-01 chose its symbols, and prices are used from 2022-06-13';
    expect(tested.warnings).toContain(`sleeve funds: ${label}`);
    const runId = String(tested.result['runId']);
    expect((await bench.json(['backtest', 'verify', runId])).result['backtests']).toMatchObject([{ selectionLookAhead: [expected] }]);
    expect((await bench.run(['report', runId, '-o', '-'])).stdout).toContain(label);
    expect((await bench.json(['replay', runId])).exit).toBe(0);
    const competed = await bench.json(['tournament', 'run', '--profile', 'funds', '--risk', 'equal_weight', '--no-seal']);
    expect(competed).toMatchObject({ exit: 0, result: { selectionLookAhead: { scans: ['liquid@2022-12-01'] } } });
    expect(competed.warnings).toContain(label);
    expect((await bench.json(['replay', String(competed.result['runId'])])).exit).toBe(0);
  });

  test('is another run than one of the same symbols by name', async () => {
    const named = await produce('--symbols', symbols.slice(0, 5).join(','));
    expect(named.result['runId']).not.toBe(whole.result['runId']);
    expect((await produce('--universe', 'scan:liquid')).result).toMatchObject({ runId: whole.result['runId'], already: true });
  });

  test('of a later scan by its date is degraded by what was not evaluated, and refused where that is asked for', async () => {
    const later = await produce('--universe', 'scan:liquid@2023-01-15');
    expect(later.result).toMatchObject({
      eligibility: 'DEGRADED',
      reasons: [expect.stringContaining('universe_scan: liquid@2023-01-15: trend_adx not evaluated')],
    });
    expect(await produce('--universe', 'scan:liquid@2023-01-15', '--strict-scan')).toMatchObject({
      exit: 1,
      error: { code: 'ScanNotUsable' },
    });
  });

  test.each([
    [['--universe', 'scan:nothing'], 'ScanNotRecorded'],
    [['--universe', 'scan:liquid', '--as-of', '2022-11-30'], 'ScanNotRecorded'],
    [['--universe', 'scan:liquid@2022-12-02'], 'ScanNotRecorded'],
    [['--universe', 'liquid'], 'Usage'],
    [['--universe', 'scan:liquid@2022-13-01'], 'Usage'],
    [['--universe', 'scan:liquid', '--symbols', 'AMEX:AAA'], 'Usage'],
  ] as const)('%j is refused', async (words, code) => {
    const before = (await bench.events()).length;
    expect(await produce(...words)).toMatchObject({ ok: false, error: { code } });
    expect((await bench.events()).length).toBe(before);
  });

  test('supplies a sleeve that selects with the values of the scan, in the run itself', async () => {
    const chosen = ['flow', 'production', '--profile', 'chosen', '--prices', prices];
    const { error } = await bench.json([...chosen, '--universe', 'scan:liquid']);
    // The scan says that some 90 dollars are traded a day: no momentum pays for that.
    expect(error).toMatchObject({ code: 'SleeveRunIneligible', message: expect.stringContaining('eci 5') });
    const opened = (await bench.events()).findLast(({ type }) => type === 'SleeveRunOpened');
    const { data } = JSON.parse(Buffer.from(opened!.bytes).toString('utf8')) as { data: { inputs: object[] } };
    expect(data.inputs).toMatchObject([
      { role: 'prices' },
      { role: 'scan', name: 'liquid@2022-12-01', asOf: '2022-12-01', origin: { kind: 'recorded' } },
    ]);
    const early = await bench.json([...chosen, '--universe', 'scan:liquid@2023-01-15', '--as-of', '2022-12-30']);
    expect(early.error).toMatchObject({ code: 'SelectionInputMissing' });
  });

  test('a weight is explained down to the scan and the gates that let it in', async () => {
    await produce('--universe', 'scan:liquid', '--correction', '1');
    await bench.json(['flow', 'meta', '--profile', 'pair']);
    const { result } = await bench.json(['explain', 'AMEX:BBB', '--meta', 'pair']);
    expect(result['contributions']).toMatchObject([
      {
        foundBy: [{ scanner: 'liquid', asOf: '2022-12-01', rank: 3, selected: 6, passes: { liquidity: true, trend_adx: true, all: true } }],
      },
    ]);
    const { stdout } = await bench.run(['explain', 'AMEX:BBB', '--meta', 'pair']);
    expect(stdout).toContain('liquid@2022-12-01 (complete): rank 3 of 6, passed trend_adx, liquidity');
    const { result: other } = await bench.json(['explain', 'NYSE:AAA', '--meta', 'pair']);
    expect((other['contributions'] as object[])[0]).not.toHaveProperty('foundBy');
  });

  test('is replayed from the ledger alone', async () => {
    expect((await bench.json(['replay', '--all'])).result).toMatchObject({ different: [], withinTolerance: 0 });
  });
});
