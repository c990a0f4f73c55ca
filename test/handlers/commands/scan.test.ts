/** Scans and their audits through the command line, on a ledger. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import gates from '../../golden/scan/gates.json' with { type: 'json' };
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const bench = new Workbench(scratch);
const withScanners = new Workbench(scratch, (manifest) => {
  manifest.profiles['stocks']!['discovery'] = {
    strategies: { a: { scanners: ['scanners/tradfi/etf_yield_alpha', 'scanners/tradfi/bond_trend'] } },
  };
});
const scanners = ['--scanners', 'examples/scanners'];
const response = bench.write('response.json', JSON.stringify(gates.response));
const asOf = ['--as-of', '2026-05-01'];
const given = ['--response', response, ...asOf];
const run = (...words: string[]) => bench.json(['scan', 'run', ...words, ...scanners]);

beforeAll(async () => {
  await run('etf_equity_momentum', 'etf_thematic_momentum', ...given, '-o', bench.path('exports'));
}, 30_000);

const streamOf = async (name: string) => (await bench.events()).filter(({ stream }) => stream === name);

describe('a scan', () => {
  test('is recorded with its verdict, its request, and what was selected', async () => {
    const { result, ok } = await run('etf_equity_momentum', ...given);
    expect(ok).toBe(true);
    expect(result).toMatchObject({
      scans: [
        {
          name: 'etf_equity_momentum@2026-05-01',
          number: 1,
          already: true,
          verdict: 'complete',
          selected: ['AMEX:QUSD', 'NASDAQ:AAA', 'AMEX:MMM', 'AMEX:BBB'],
          request: { range: [0, 300], sort: { sortBy: 'Value.Traded', sortOrder: 'desc' } },
        },
      ],
    });
  });

  test('is one, however often and in whatever order its rows come', async () => {
    const reversed = bench.write('reversed.json', JSON.stringify({ ...gates.response, data: gates.response.data.toReversed() }));
    await run('etf_equity_momentum', '--response', reversed, ...asOf, '-o', bench.path('again'));
    expect(await streamOf('scan-etf_equity_momentum')).toHaveLength(1);
    const [first, again] = ['exports', 'again'].map((folder) => readFileSync(join(bench.path(folder), 'etf_equity_momentum.json'), 'utf8'));
    expect(again).toBe(first);
  });

  test('has an export with every fetched row: the selected in rank order, then the others with their first rejection', () => {
    const { meta, data } = JSON.parse(readFileSync(join(bench.path('exports'), 'etf_equity_momentum.json'), 'utf8')) as {
      meta: object;
      data: { symbol: string; rank: number | null; passes: object; rejection: { gate: string } | null; issuer: null }[];
    };
    expect(meta).toMatchObject({
      schema: 'universe_selector_export',
      schema_version: 1,
      product: 'STOCKS',
      primary_exchange: null,
      exchanges: ['AMEX', 'NASDAQ'],
      direction: 'long',
    });
    expect(data.map(({ rank }) => rank).slice(0, 5)).toEqual([1, 2, 3, 4, null]);
    expect(data).toHaveLength(20);
    expect(Object.keys(data[0]!).slice(0, 3)).toEqual(['symbol', 'name', 'close']);
    expect(data[0]).toMatchObject({ issuer: null, passes: { trend_combined: true, volatility: null, all: true } });
    expect(data.find(({ symbol }) => symbol === 'AMEX:EEE')!.rejection).toMatchObject({ gate: 'trend_adx' });
  });

  test('is shown as a funnel whose stages add up', async () => {
    const { result } = await bench.json(['scan', 'funnel', 'etf_equity_momentum']);
    const { funnel } = result as { funnel: { fetched: number; selected: number; stages: { rejected: number }[] } };
    expect(funnel.stages.reduce((sum, { rejected }) => sum + rejected, funnel.selected)).toBe(funnel.fetched);
    const { stdout } = await bench.run(['scan', 'funnel', 'etf_equity_momentum']);
    expect(stdout).toMatch(/trend_adx +ADX +12 +3 +9 +evaluated/);
    expect(await bench.json(['scan', 'funnel', 'etf_equity_momentum', '--as-of', '2026-04-30'])).toMatchObject({
      exit: 66,
      error: { code: 'ScanNotRecorded' },
    });
  });

  test('that leaves no row names the gate that took the last', async () => {
    const none = bench.write(
      'none.json',
      JSON.stringify({ ...gates.response, data: gates.response.data.filter(({ s }) => s === 'AMEX:EEE') }),
    );
    await run('etf_equity_momentum', '--response', none, '--as-of', '2026-05-02');
    const { result } = await bench.json(['scan', 'funnel', 'etf_equity_momentum', '--as-of', '2026-05-02']);
    expect(result).toMatchObject({ verdict: 'complete', selected: [], emptiedAt: { gate: 'trend_adx', in: 1 } });
  });

  test('of no row is unknown, and no error', async () => {
    const empty = bench.write('empty.json', JSON.stringify({ ...gates.response, totalCount: 0, data: [] }));
    const answer = await run('etf_equity_momentum', '--response', empty, '--as-of', '2026-05-03');
    expect(answer).toMatchObject({ ok: true, result: { scans: [{ verdict: 'unknown', selected: [] }] } });
    expect(answer.warnings.join('\n')).toContain('it gives no universe');
  });
});

const folderWith = (name: string, file: string, change: (text: string) => string): string => {
  const folder = bench.path(name);
  cpSync('examples/scanners', folder, { recursive: true });
  const path = join(folder, file);
  bench.write(join(name, file), change(readFileSync(path, 'utf8')));
  return folder;
};

const responseWith = (data: object): string[] => [
  '--response',
  bench.write('bad.json', JSON.stringify({ ...gates.response, ...data })),
  ...asOf,
];

describe('what is wrong is refused, and nothing is written', () => {
  const equity = 'scanners/tradfi/etf_equity_momentum.yaml';
  const cases: readonly (readonly [string, () => string[], string, string])[] = [
    [
      'a cycle',
      () => ['--scanners', folderWith('cycle', 'base/hygiene/institutional.yaml', (text) => `base_preset: ../../${equity}\n${text}`)],
      'ScannerCycle',
      '',
    ],
    [
      'an unknown operation',
      () => ['--scanners', folderWith('operation', equity, (text) => text.replace('in_range', 'between'))],
      'ScannerConfigInvalid',
      'unknown_operation',
    ],
    [
      'a category as a number',
      () => ['--scanners', folderWith('number', equity, (text) => text.replace(/["']26["']/, '26'))],
      'ScannerConfigInvalid',
      'category_not_text',
    ],
    [
      'a threshold as text',
      () => ['--scanners', folderWith('text', equity, (text) => text.replace('min: 20', 'min: "20"'))],
      'ScannerConfigInvalid',
      'gate_type',
    ],
    [
      'a row of another length',
      () => responseWith({ data: [{ s: 'AMEX:A', d: ['A'] }], totalCount: 1 }),
      'ScanResponseInvalid',
      'positional_mismatch',
    ],
    [
      'a row twice',
      () => responseWith({ data: [...gates.response.data, gates.response.data[0]], totalCount: 21 }),
      'ScanResponseInvalid',
      'duplicate_row',
    ],
    ['more rows than were counted', () => responseWith({ totalCount: 3 }), 'ScanResponseInvalid', 'total_count'],
    [
      'what is no JSON',
      () => ['--response', bench.write('bad.json', '{"data": [NaN]}'), ...asOf],
      'ScanResponseInvalid',
      'response_not_json',
    ],
    [
      'a map of categories to words',
      () => [...given, '--category-map', bench.write('map.json', '{"by_text":{"a":"b"}}')],
      'CategoryMapInvalid',
      '',
    ],
    ['a date in the future', () => ['--response', response, '--as-of', '2030-01-01'], 'DateInFuture', ''],
    ['a scanner that is not there', () => ['nothing', ...given], 'ScannerUnknown', ''],
    ['no response', () => asOf, 'Usage', ''],
  ];

  test.each(cases)('%s', async (_, words, code, fault) => {
    const before = (await bench.events()).length;
    const own = words();
    const named = own[0] === 'nothing' ? [] : ['etf_equity_momentum', 'index_etf_trend'];
    const rest = own.includes('--scanners') ? given : scanners;
    const answer = await bench.json(['scan', 'run', ...named, ...own, ...rest]);
    expect(answer).toMatchObject({ ok: false, error: { code, ...(fault === '' ? {} : { evidence: { fault } }) } });
    expect((await bench.events()).length).toBe(before);
  });
});

const exported = () => readdirSync(bench.path('exports')).map((file) => join(bench.path('exports'), file));

describe('audits', () => {
  const calls: Readonly<Record<string, () => string[]>> = {
    map: () => given,
    gaps: () => [...given, ...scanners],
    attributes: () => [...given, ...scanners],
    liquidity: () => [...given, '--notional', '500000'],
    overlap: () => ['etf_thematic_momentum', 'etf_equity_momentum'],
    audit: () => scanners,
    candidates: exported,
    orphans: () => scanners,
  };

  test.each(Object.entries(calls))('%s answers, writes markdown and JSON, and is kept once', async (name, words) => {
    const argv = ['scan', name, ...words()];
    const asked = await bench.json(argv);
    expect(asked).toMatchObject({ ok: true, result: { question: name, kept: null } });
    await bench.run([...argv, '-o', bench.path(`${name}.md`)]);
    expect(readFileSync(bench.path(`${name}.md`), 'utf8')).toMatch(new RegExp(`^# Scan ${name}[^|]*`));
    expect((await bench.run([...argv, '-o', '-'])).stdout).toBe(readFileSync(bench.path(`${name}.md`), 'utf8'));
    await bench.run([...argv, '-o', bench.path(`${name}-answer.json`)]);
    expect(JSON.parse(readFileSync(bench.path(`${name}-answer.json`), 'utf8'))).toEqual(asked.result);
    const kept = (await bench.json([...argv, '--record'])).result['kept'];
    expect(kept).toMatchObject({ already: false });
    expect((await bench.json([...argv, '--record'])).result['kept']).toEqual({ ...(kept as object), already: true });
  });

  test('the comparison with the specification is stale once a configuration has changed', async () => {
    const changed = bench.path('stale');
    cpSync('examples/scanners', changed, { recursive: true });
    const file = 'scanners/tradfi/etf_yield_alpha.yaml';
    bench.write(join('stale', file), readFileSync(join(changed, file), 'utf8').replace('limit: 20', 'limit: 25'));
    expect((await bench.json(['scan', 'audit', ...scanners])).result).toMatchObject({ matching: 9, of: 9, last: { isStale: false } });
    expect((await bench.json(['scan', 'audit', '--scanners', changed])).result).toMatchObject({
      matching: 8,
      last: { isStale: true },
      scanners: expect.arrayContaining([expect.objectContaining({ scanner: 'etf_yield_alpha', verdict: 'differs' })]),
    });
  });

  test('an answer goes to .md or .json only', async () => {
    expect(await bench.json(['scan', 'map', ...given, '-o', bench.path('map.txt')])).toMatchObject({
      error: { code: 'Usage', at: { path: '--output' } },
    });
  });
});

test('the configuration of a scanner names what it inherits in silence', async () => {
  const { result, warnings } = await bench.json(['scan', 'config', 'etf_thematic_momentum', ...scanners]);
  expect(result).toMatchObject({ scanner: 'etf_thematic_momentum', request: { range: [0, 300] } });
  expect(warnings.filter((said) => said.startsWith('silent_inheritance'))).toEqual(
    expect.arrayContaining([expect.stringContaining('trend_recommendation is in force')]),
  );
  const equity = await bench.json(['scan', 'config', 'etf_equity_momentum', ...scanners]);
  expect(equity.warnings.some((said) => said.startsWith('repeated_filter'))).toBe(true);
});

test('a profile names its scanners', async () => {
  const answer = await withScanners.json(['scan', 'run', '--profile', 'stocks', ...given, ...scanners]);
  expect((answer.result['scans'] as { scanner: string }[]).map(({ scanner }) => scanner)).toEqual(['etf_yield_alpha', 'bond_trend']);
});

test('everything is replayed from the ledger alone, and verified', async () => {
  const { result } = await bench.json(['replay', '--all']);
  expect(result).toMatchObject({ different: [] });
  expect((result['runs'] as { kind: string; outcome: string }[]).map(({ kind, outcome }) => [kind, outcome])).toEqual(
    expect.arrayContaining([
      ['scan', 'identical'],
      ['scan audit', 'identical'],
    ]),
  );
  expect((await bench.json(['replay', 'etf_equity_momentum'])).result).toMatchObject({ checked: 1, identical: 1 });
  expect((await bench.json(['ledger', 'verify'])).result).toMatchObject({ faults: [] });
});
