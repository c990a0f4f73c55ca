/** Bad input from the command line: each a clear refusal that says where, with its exit status, and nothing half-written. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Workbench } from '../support/cli.ts';
import { reportFigures } from '../support/figures.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { smallCsv } from '../support/small-market.ts';

const scratch = scratchDirectory();
const good = smallCsv('stocks');
const rows = good.trimEnd().split('\n');
const fixtures = new URL('../fixtures/', import.meta.url);

/** The good file with the line at an index (0 is the header) changed. */
const edited = (index: number, change: (line: string) => string): string =>
  `${rows.map((line, at) => (at === index ? change(line) : line)).join('\n')}\n`;
const cell =
  (column: number, text: string) =>
  (line: string): string =>
    line
      .split(',')
      .map((value, at) => (at === column ? text : value))
      .join(',');

/** A row that the run uses: what stands before its lookback is not judged. */
const used = 100;
const dateOf = (row: number): string => rows[row]!.split(',')[0]!;
const friday = rows.findIndex((_, row) => row >= used && new Date(`${dateOf(row)}T00:00:00Z`).getUTCDay() === 5);
const saturday = new Date(Date.parse(`${dateOf(friday)}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
const withWeekend = good.replace(rows[friday]!, `${rows[friday]!}\n${cell(0, saturday)(rows[friday]!)}`);

interface Refusal {
  readonly exit: number;
  readonly code: string;
  readonly line?: number;
  readonly path?: string;
  readonly says: RegExp;
}

const refusals: readonly (readonly [string, string, Refusal])[] = [
  ['an empty file', '', { exit: 2, code: 'PriceFileUnreadable', says: /empty|no header|nothing/i }],
  ['a header and nothing else', `${rows[0]!}\n`, { exit: 2, code: 'PriceFileUnreadable', says: /row/i }],
  ['text in a cell', edited(5, cell(2, 'n/a')), { exit: 2, code: 'PriceFileUnreadable', line: 6, path: 'NYSE:BBB', says: /n\/a/ }],
  ['NaN in a cell', edited(5, cell(2, 'NaN')), { exit: 2, code: 'PriceFileUnreadable', line: 6, path: 'NYSE:BBB', says: /NaN/ }],
  ['infinity in a cell', edited(5, cell(1, 'inf')), { exit: 2, code: 'PriceFileUnreadable', line: 6, path: 'NYSE:AAA', says: /inf/ }],
  [
    'a comma for a decimal point',
    edited(5, (line) => line.replace('.', ',')),
    { exit: 2, code: 'PriceFileUnreadable', line: 6, says: /cell|column|field/i },
  ],
  ['a date that is none', edited(5, cell(0, '2022-02-30')), { exit: 2, code: 'PriceFileUnreadable', line: 6, says: /2022-02-30/ }],
  [
    'a short row',
    edited(5, (line) => line.slice(0, line.lastIndexOf(','))),
    { exit: 2, code: 'PriceFileUnreadable', line: 6, says: /cell|column|field/i },
  ],
  [
    'an unknown exchange',
    good.replace('NYSE:BBB', 'MARS:BBB'),
    { exit: 2, code: 'ExchangeUnknown', line: 1, path: 'MARS:BBB', says: /MARS/ },
  ],
  ['a column without exchange', good.replace('NYSE:BBB', 'BBB'), { exit: 2, code: 'SymbolInvalid', line: 1, path: 'BBB', says: /BBB/ }],
  ['a symbol twice', good.replace('NYSE:BBB', 'NYSE:AAA'), { exit: 2, code: 'PriceFileUnreadable', says: /NYSE:AAA/ }],
  [
    'one symbol only',
    rows.map((line) => line.split(',').slice(0, 2).join(',')).join('\n'),
    { exit: 1, code: 'UniverseTooSmall', says: /NYSE:AAA|one symbol|two symbols/ },
  ],
  ['30 rows', `${rows.slice(0, 31).join('\n')}\n`, { exit: 1, code: 'HistoryTooShort', says: /30|29/ }],
];

describe('a price file', () => {
  let tried = 0;
  test.each(refusals)('with %s', async (_, text, refusal) => {
    const bench = new Workbench(scratch);
    const file = bench.write('prices.csv', text);
    const answer = await bench.json(['flow', 'production', '--profile', 'stocks', '--prices', file]);
    expect([answer.exit, answer.error?.code]).toEqual([refusal.exit, refusal.code]);
    expect(answer.error!.message).toMatch(refusal.says);
    if (refusal.line !== undefined)
      expect([answer.error!.at.file?.endsWith('prices.csv'), answer.error!.at.line]).toEqual([true, refusal.line]);
    if (refusal.path !== undefined) expect(`${answer.error!.at.path} ${answer.error!.message}`).toContain(refusal.path);
    // Nothing half-written: neither a ledger nor a key nor a witness.
    expect(readdirSync(bench.directory).toSorted()).toEqual(['manifest.json', 'prices.csv']);
    tried++;
    if (tried === refusals.length) reportFigures({ test: 'bad price files', seed: null, trials: tried, halfWritten: 0 });
  });

  /** What the audit of the prices finds is recorded: an integrity failure is a fact, and the run ends there. */
  const audited: readonly (readonly [string, string, object, RegExp])[] = [
    [
      'a date twice',
      edited(used, () => rows[used - 1]!),
      { code: 'duplicate_date', line: used + 1, date: dateOf(used - 1) },
      /stands twice/,
    ],
    [
      'rows out of order',
      `${[...rows.slice(0, used), rows[used + 1]!, rows[used]!, ...rows.slice(used + 2)].join('\n')}\n`,
      { code: 'unsorted_date', line: used + 2, date: dateOf(used) },
      /earlier than the row before/,
    ],
    [
      'a negative price',
      edited(used, cell(1, '-3.5')),
      { line: used + 1, symbol: 'NYSE:AAA', date: dateOf(used), value: -3.5 },
      /is -3\.5/,
    ],
    ['a price of zero', edited(used, cell(1, '0')), { line: used + 1, symbol: 'NYSE:AAA', date: dateOf(used), value: 0 }, /is 0$/],
    ['weekend rows in a stock file', withWeekend, { code: 'off_calendar_row', line: friday + 2, date: saturday }, /no session of XNYS/],
  ];
  test.each(audited)('with %s fails its audit: recorded, exit 1, never accepted', async (_, text, where, says) => {
    const bench = new Workbench(scratch);
    const file = bench.write('prices.csv', text);
    const answer = await bench.json(['flow', 'production', '--profile', 'stocks', '--prices', file, '--no-seal']);
    expect([answer.exit, answer.result['eligibility']]).toEqual([1, 'INELIGIBLE']);
    const { errors, findings } = answer.result['integrity'] as {
      errors: number;
      findings: readonly { level: string; message: string; line: number }[];
    };
    expect(errors).toBeGreaterThan(0);
    const first = findings.find(({ level }) => level === 'error')!;
    expect(first.message).toMatch(says);
    expect(first).toMatchObject({ file: 'prices.csv', ...where });
    // People read the place too.
    expect((await bench.run(['flow', 'production', '--profile', 'stocks', '--prices', file, '--no-seal'])).stdout).toContain(
      `${first.message} (prices.csv, line ${first.line})`,
    );
    expect((await bench.events()).map(({ type }) => type)).toEqual([
      'LedgerOpened',
      'LedgerFormatRaised',
      'SleeveRunOpened',
      'IntegrityFailed',
      'SleeveRunFoundIneligible',
    ]);
  });

  test('with weekend rows is repaired on request, and each dropped price is listed', async () => {
    const bench = new Workbench(scratch);
    const file = bench.write('prices.csv', withWeekend);
    const repaired = await bench.json([
      'flow',
      'production',
      '--profile',
      'stocks',
      '--prices',
      file,
      '--repair',
      'drop-off-calendar',
      '--no-seal',
    ]);
    expect([repaired.exit, repaired.result['eligibility']]).toEqual([0, 'CERTIFIED']);
    const passed = (await bench.events()).find(({ type }) => type === 'IntegrityPassed')!;
    const { data } = JSON.parse(Buffer.from(passed.bytes).toString('utf8')) as { data: { repaired: { symbol: string; date: string }[] } };
    expect(data.repaired.map(({ symbol, date }) => `${symbol} ${date}`).toSorted()).toEqual([
      `NASDAQ:CCC ${saturday}`,
      `NYSE:AAA ${saturday}`,
      `NYSE:BBB ${saturday}`,
    ]);
    // The repaired run computes what the clean file gives.
    const clean = await new Workbench(scratch).json([
      'flow',
      'production',
      '--profile',
      'stocks',
      '--prices',
      bench.write('clean.csv', good),
      '--no-seal',
    ]);
    expect(repaired.result['profiles']).toEqual(clean.result['profiles']);
  });

  test('with constant prices fails the optimised profiles by name, with the window, and is not eligible', async () => {
    const bench = new Workbench(scratch);
    const file = bench.write('prices.csv', `${rows.map((line, at) => (at === 0 ? line : `${line.split(',')[0]!},10,20,30`)).join('\n')}\n`);
    const answer = await bench.json(['flow', 'production', '--profile', 'stocks', '--prices', file, '--no-seal']);
    expect([answer.exit, answer.result['eligibility'] ?? answer.error?.code]).toEqual([1, 'INELIGIBLE']);
    const hrp = (answer.result['profiles'] as { risk: string; status: string; reason?: string }[]).find(({ risk }) => risk === 'hrp');
    if (hrp !== undefined) expect(hrp).toMatchObject({ status: 'failed', reason: expect.stringContaining('window 0') });
  });

  test('of parquet that is cut off', async () => {
    const bench = new Workbench(scratch);
    const whole = readFileSync(new URL('parquet/long.parquet', fixtures));
    for (const [index, bytes] of [whole.subarray(0, whole.length - 100), whole.subarray(0, 10), whole.subarray(50)].entries()) {
      const file = bench.write(`cut-${index}.parquet`, bytes);
      const answer = await bench.json(['flow', 'production', '--profile', 'stocks', '--prices', file]);
      expect([answer.exit, answer.error?.code, answer.error?.at.file]).toEqual([2, 'PriceFileUnreadable', file]);
    }
    expect(existsSync(bench.store)).toBe(false);
  });

  test('that is a folder, or no text', async () => {
    const bench = new Workbench(scratch);
    const folder = await bench.json(['flow', 'production', '--profile', 'stocks', '--prices', bench.directory]);
    expect([folder.exit === 0, folder.error?.code === 'Internal']).toEqual([false, false]);
    const binary = await bench.json([
      'flow',
      'production',
      '--profile',
      'stocks',
      '--prices',
      bench.write(
        'prices.csv',
        Uint8Array.from({ length: 500 }, (_, at) => (at * 7) % 256),
      ),
    ]);
    expect([binary.exit, binary.error?.code]).toEqual([2, 'PriceFileUnreadable']);
    expect(existsSync(bench.store)).toBe(false);
  });

  test('given twice under two names', async () => {
    const bench = new Workbench(scratch);
    const answer = await bench.json([
      'flow',
      'production',
      '--profile',
      'stocks',
      '--prices',
      bench.write('a.csv', good),
      bench.write('b.csv', good),
    ]);
    expect([answer.exit, answer.error?.code]).toEqual([2, 'SymbolTwice']);
    expect(answer.error!.message).toMatch(/a\.csv.*b\.csv/);
    expect(existsSync(bench.store)).toBe(false);
  });
});

describe('a manifest', () => {
  const cases: readonly (readonly [string, (text: string) => string, Refusal])[] = [
    [
      'that is not JSON',
      (text) => text.replace('"stocks": {},', '"stocks": {,'),
      { exit: 2, code: 'ManifestInvalid', line: 27, says: /./ },
    ],
    [
      'with a slip of the pen',
      (text) => text.replace('train_window', 'train_widnow'),
      { exit: 2, code: 'ManifestInvalid', path: 'defaults.backtest.train_widnow', says: /did you mean train_window/ },
    ],
    [
      'with a train window longer than the lookback',
      (text) => text.replace('"train_window": 30', '"train_window": 140'),
      { exit: 2, code: 'ManifestInvalid', says: /train_window|lookback/ },
    ],
    [
      'with bounds upside down',
      (text) => text.replace('"max_weight": 0.6', '"max_weight": 0.01'),
      { exit: 2, code: 'ManifestInvalid', says: /min_weight is above max_weight/ },
    ],
    ['with an unknown exchange', (text) => text.replace('AMEX:EEE', 'MARS:EEE'), { exit: 2, code: 'ExchangeUnknown', says: /MARS/ }],
    [
      'with an alias cycle',
      (text) => text.replace('"stocks": {},', '"stocks": {}, "a": "b", "b": "a",'),
      { exit: 2, code: 'AliasCycle', says: /a.*b/ },
    ],
    [
      'with a nest in a circle',
      (text) => text.replace('"pair": {\n      "sleeves": [', '"pair": {\n      "sleeves": [{"id":"up","meta_profile":"nested"},'),
      { exit: 2, code: 'PortfolioNestInvalid', says: /nested.*pair|pair.*nested/ },
    ],
    [
      'with another selection mode',
      (text) => text.replace('"stocks": {}', '"stocks": {"selection":{"selection_mode":"v3.2,v2.1"}}'),
      { exit: 2, code: 'SelectionModeUnavailable', says: /v3\.2,v2\.1/ },
    ],
  ];
  test.each(cases)('%s', async (_, change, refusal) => {
    const bench = new Workbench(scratch);
    const text = readFileSync(bench.manifest, 'utf8');
    const bad = change(text);
    expect(bad).not.toBe(text);
    bench.write('manifest.json', bad);
    const answer = await bench.json(['flow', 'production', '--profile', 'stocks', '--prices', bench.write('prices.csv', good)]);
    expect([answer.exit, answer.error?.code]).toEqual([refusal.exit, refusal.code]);
    expect(answer.error!.message).toMatch(refusal.says);
    if (refusal.code === 'ManifestInvalid') expect(answer.error!.at).toMatchObject({ file: bench.manifest, line: expect.any(Number) });
    if (refusal.path !== undefined) expect(answer.error!.at.path).toBe(refusal.path);
    expect(existsSync(bench.store)).toBe(false);
  });
});

describe('a store', () => {
  test.each([
    ['a text file', 'not a database'],
    ['an SQLite database of somebody else', 'SQLite format 3\u0000'],
  ])('that is %s is refused and left as it is', async (_, content) => {
    const bench = new Workbench(scratch);
    const store = bench.write('other.sqlite', content);
    const answer = await bench.json([
      'flow',
      'production',
      '--profile',
      'stocks',
      '--prices',
      bench.write('prices.csv', good),
      '--store',
      store,
    ]);
    expect([answer.exit, answer.error?.code]).toEqual([2, 'NotALedger']);
    expect(readFileSync(store, 'utf8')).toBe(content);
    expect(existsSync(`${store}.key`)).toBe(false);
  });
});

describe('a run directory', () => {
  test('with a pickle that would run something: refused, nothing run, nothing written', async () => {
    const bench = new Workbench(scratch);
    const touched = bench.path('touched');
    // cos\nsystem\n(S'touch ...'\ntR. : what pickle.loads would hand to the shell.
    bench.write('run/data/returns/hrp.pkl', `cos\nsystem\n(S'touch ${touched}'\ntR.`);
    bench.write(
      'run/config/resolved_manifest.json',
      JSON.stringify({ profile: 'coins', backtest: { train_window: 60, test_window: 20, step_size: 20 } }),
    );
    const answer = await bench.json(['sleeve', 'import', '--run', bench.path('run')]);
    expect([answer.exit, answer.error?.code]).toEqual([2, 'PickleRefused']);
    expect(answer.error!.message).toContain('system');
    expect([existsSync(touched), existsSync(bench.store)]).toEqual([false, false]);
  });
});
