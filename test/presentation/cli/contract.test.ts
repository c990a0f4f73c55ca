/** The JSON contract of the verbs, as scripts rely on it: names, exit statuses, one object on standard output. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const bench = new Workbench(scratchDirectory());
const runs: Record<string, string> = {};

const symbolWeight = z.object({ symbol: z.string(), weight: z.number() });
const sleeveRun = z.object({
  runId: z.string(),
  eligibility: z.enum(['CERTIFIED', 'DEGRADED', 'INELIGIBLE']),
  asOf: z.iso.date(),
  profiles: z.array(
    z.object({
      risk: z.string(),
      status: z.string(),
      weights: z.array(symbolWeight),
      lastWindowWeights: z.array(symbolWeight),
      oos: z.object({ rows: z.number(), first: z.iso.date(), last: z.iso.date(), totalReturn: z.number() }).nullable(),
      windows: z.number().nullable(),
      certificate: z.unknown(),
    }),
  ),
  integrity: z.object({ errors: z.number(), warnings: z.number(), findings: z.array(z.unknown()) }),
});

const joinedSleeve = z.object({
  id: z.string(),
  rowsBefore: z.number(),
  rowsInside: z.number(),
  rowsAfter: z.number(),
  totalBefore: z.number(),
  totalInside: z.number(),
  totalAfter: z.number(),
});
const contributor = z.object({ sleeve: z.string(), amount: z.number() });
const metaRun = z.object({
  runId: z.string(),
  already: z.boolean(),
  parity: z.object({
    verdict: z.string(),
    overlap: z.number().nullable(),
    leaves: z.array(z.object({ path: z.string(), status: z.string() })).min(1),
  }),
  profiles: z.array(
    z.object({
      risk: z.string(),
      status: z.enum(['allocated', 'failed']),
      join: z.object({ rows: z.number(), first: z.iso.date(), last: z.iso.date(), sleeves: z.array(joinedSleeve) }).nullable(),
      sleeves: z.array(z.object({ id: z.string(), runId: z.string().nullable(), raw: z.number(), bounded: z.number() })),
      binding: z.array(z.object({ id: z.string(), bound: z.enum(['lower', 'upper']) })),
      determined: z.boolean(),
      assets: z.array(z.object({ symbol: z.string(), weight: z.number(), contributors: z.array(contributor).min(1) })),
      acceptance: z.array(z.object({ check: z.string(), status: z.string() })),
    }),
  ),
});

const results: Readonly<Record<string, z.ZodType>> = {
  'flow production': sleeveRun,
  'flow meta': metaRun,
  weights: z.object({
    runId: z.string(),
    risk: z.string(),
    state: z.string(),
    asOf: z.iso.date(),
    sleeves: z.array(z.object({ id: z.string() })).min(1),
    assets: z.array(z.object({ symbol: z.string(), weight: z.number(), contributors: z.array(contributor).min(1) })).min(1),
    gross: z.number(),
    net: z.number(),
  }),
  explain: z.object({
    symbol: z.string(),
    weight: z.number(),
    contributions: z
      .array(
        z.object({
          path: z.array(z.string()).min(1),
          sleeve: z.string(),
          runId: z.string(),
          sleeveWeight: z.number(),
          assetWeight: z.number(),
          amount: z.number(),
          bounds: z.array(z.object({ lower: z.number(), upper: z.number() })).min(1),
        }),
      )
      .min(1),
  }),
  'export returns': z.object({
    file: z.string(),
    rows: z.number(),
    columns: z.array(z.string()),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  'export weights': z.object({
    file: z.string(),
    rows: z.literal(1),
    columns: z.array(z.string()),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  replay: z.object({
    checked: z.number(),
    identical: z.number(),
    withinTolerance: z.number(),
    different: z.array(z.unknown()),
    code: z.object({ then: z.unknown(), now: z.unknown() }),
  }),
  'ledger verify': z.object({
    events: z.number(),
    streams: z.number(),
    artifacts: z.number(),
    sealedTo: z.number(),
    unsealed: z.number(),
    faults: z.array(z.unknown()),
  }),
  'ledger seal': z.object({ treeSize: z.number(), root: z.string(), checkpoint: z.string() }),
  runs: z.object({ runs: z.array(z.object({ runId: z.string(), kind: z.enum(['sleeve', 'meta']), status: z.string() })).min(1) }),
  timeline: z.object({
    runId: z.string(),
    events: z.array(z.object({ type: z.string(), recordedAt: z.iso.datetime(), actor: z.literal('tester') })).min(1),
  }),
  'manifest validate': z.object({ profiles: z.array(z.object({ name: z.string(), kind: z.string() })).min(1) }),
  'manifest resolve': z.object({
    profile: z.string(),
    blocks: z.record(z.string(), z.unknown()),
    provenance: z.record(z.string(), z.object({ layer: z.string() })),
  }),
  'manifest lint': z.object({
    profile: z.string(),
    isCrypto: z.boolean(),
    stableCoins: z.array(z.object({ symbol: z.string(), because: z.enum(['listed', 'pegged']) })),
    rules: z.array(z.object({ rule: z.string(), status: z.string(), value: z.unknown(), expected: z.unknown(), why: z.string() })).min(1),
  }),
  'parity check': z.object({
    verdict: z.string(),
    decision: z.literal('accepted'),
    overlap: z.object({ all: z.number() }),
    leaves: z.array(z.unknown()).min(1),
  }),
  'config show': z.object({ settings: z.array(z.object({ name: z.string(), value: z.unknown(), from: z.string() })).min(1) }),
  'ledger rebuild': z.object({ rebuilt: z.array(z.object({ projection: z.string(), position: z.string().nullable() })).min(1) }),
  'sleeve quarantine': z.object({ sleeve: z.literal('coins'), state: z.literal('quarantined'), already: z.literal(false) }),
  'sleeve reinstate': z.object({ sleeve: z.literal('coins'), state: z.literal('in use'), already: z.literal(false) }),
};

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) runs[sleeve] = await bench.produce(sleeve);
  const meta = await bench.json(['flow', 'meta', '--profile', 'whole', '--risk', 'all']);
  runs['meta'] = meta.result['runId'] as string;
}, 30_000);

/** Words of a command line; `@name` is a run id. Order matters: later ones may write. */
const calls: readonly (readonly [string, readonly string[]])[] = [
  ['flow production', ['--profile', 'stocks', '--prices', 'FOLDER/stocks.csv', '--no-seal']],
  ['flow meta', ['--profile', 'whole', '--risk', 'all']],
  ['weights', ['--meta', 'whole']],
  ['explain', ['BINANCE:XXXUSDT', '--meta', 'whole', '--risk', 'equal_weight']],
  ['export returns', ['@stocks', '--risk', 'hrp', '-o', 'FOLDER/returns.csv']],
  ['export weights', ['@meta', '--risk', 'hrp', '-o', 'FOLDER/weights.parquet']],
  ['runs', []],
  ['timeline', ['@meta']],
  ['manifest validate', []],
  ['manifest resolve', ['--profile', 'coins']],
  ['manifest lint', ['--profile', 'coins']],
  ['parity check', ['--meta', 'whole']],
  ['config show', []],
  ['replay', ['--all']],
  ['ledger seal', []],
  ['ledger verify', []],
  ['ledger rebuild', []],
  ['sleeve quarantine', ['coins', '--why', 'outage']],
  ['sleeve reinstate', ['coins', '--why', 'over']],
];

const sorted = (names: readonly string[]): void => expect(names).toEqual(names.toSorted());

describe('every verb with --json', () => {
  test.each(calls)('%s answers as the contract says', async (verb, words) => {
    const argv = [
      ...verb.split(' '),
      ...words.map((word) => (word.startsWith('@') ? runs[word.slice(1)]! : word.replace('FOLDER', bench.directory))),
    ];
    const ran = await bench.run([...argv, '--json']);
    // One object, one line, nothing else; logs have no part in it.
    expect(ran.stdout.endsWith('\n')).toBe(true);
    expect(ran.stdout.trimEnd()).not.toContain('\n');
    expect(ran.stderr).toBe('');
    const answer = JSON.parse(ran.stdout) as Record<string, unknown>;
    expect(Object.keys(answer)).toEqual(['ok', 'command', 'ledgerId', 'position', 'result', 'warnings']);
    expect(answer).toMatchObject({ ok: true, command: verb, warnings: expect.any(Array) });
    const usesLedger = !verb.startsWith('manifest') && verb !== 'config show';
    expect(answer['ledgerId']).toEqual(usesLedger ? expect.stringMatching(/^[0-9a-f-]{36}$/) : null);
    // Verification opens the store below the level of positions.
    expect(answer['position']).toEqual(usesLedger && verb !== 'ledger verify' ? expect.stringMatching(/^\d+$/) : null);
    expect(results[verb]!.parse(answer['result'])).toBeDefined();
    expect(ran.exit).toBe(0);
  });

  test('arrays are sorted by symbol or id', async () => {
    const { result } = await bench.json(['flow', 'meta', '--profile', 'whole', '--risk', 'all']);
    const { profiles, parity } = metaRun.parse(result);
    for (const profile of profiles) {
      sorted(profile.assets.map(({ symbol }) => symbol));
      sorted(profile.sleeves.map(({ id }) => id));
    }
    sorted(parity.leaves.map(({ path }) => path));
  });

  test('without --json people get a table on standard output and warnings apart from it', async () => {
    const ran = await bench.run(['flow', 'meta', '--profile', 'pair']);
    expect(ran.exit).toBe(0);
    expect(ran.stdout).toContain('Meta run pair-2022-12-30-');
    expect(ran.stderr).toContain('warning: hrp: the bounds determine the allocation');
  });

  test('the exported file is the recorded stream: as many rows, and its SHA-256', async () => {
    const file = bench.path('again.csv');
    const { result } = await bench.json(['export', 'returns', runs['stocks']!, '--risk', 'hrp', '-o', file]);
    const text = readFileSync(file, 'utf8');
    expect(text.trimEnd().split('\n')).toHaveLength((result['rows'] as number) + 1);
    const production = await bench.json(['flow', 'production', '--profile', 'stocks', '--prices', bench.path('stocks.csv'), '--no-seal']);
    const hrp = sleeveRun.parse(production.result).profiles.find(({ risk }) => risk === 'hrp')!;
    const total =
      text
        .trimEnd()
        .split('\n')
        .slice(1)
        .reduce((wealth, line) => wealth * (1 + Number(line.split(',')[1])), 1) - 1;
    expect(Math.abs(total - hrp.oos!.totalReturn)).toBeLessThan(1e-12);
  });
});

describe('exit statuses', () => {
  test.each([
    ['usage: an unknown verb', ['fly'], 2, 'Usage'],
    ['usage: an unknown flag', ['runs', '--colour'], 2, 'Usage'],
    ['usage: a flag that is missing', ['flow', 'meta'], 2, 'Usage'],
    ['usage: a value that is not a date', ['runs', '--as-of', '2023-02-30'], 2, 'Usage'],
    ['usage: an instant without zone', ['runs', '--known-at', '2023-02-03T10:00:00'], 2, 'Usage'],
    ['usage: a choice that is none', ['flow', 'meta', '--profile', 'whole', '--join', 'outer'], 2, 'Usage'],
    ['usage: --restate without --why', ['flow', 'meta', '--profile', 'whole', '--restate'], 2, 'Usage'],
    ['usage: --why without --restate', ['flow', 'meta', '--profile', 'whole', '--why', 'x'], 2, 'Usage'],
    ['usage: replay of nothing', ['replay'], 2, 'Usage'],
    ['not found: a profile', ['flow', 'meta', '--profile', 'hole'], 66, 'ProfileUnknown'],
    ['not found: a run', ['timeline', 'no-such-run'], 66, 'RunUnknown'],
    ['not found: a run to replay', ['replay', 'no-such-run'], 66, 'RunUnknown'],
    ['not found: a portfolio', ['weights', '--meta', 'pair', '--risk', 'market'], 66, 'NothingRecorded'],
    ['not found: a symbol', ['explain', 'NYSE:ZZZ', '--meta', 'whole'], 66, 'SymbolUnknown'],
    ['not found: a file', ['flow', 'production', '--profile', 'stocks', '--prices', '/no/such.csv'], 66, 'FileMissing'],
    ['not found: a manifest', ['manifest', 'validate', '--manifest', '/no/such.json'], 66, 'FileMissing'],
    ['not found: a ledger', ['runs', '--store', '/tmp/no-such-folder/no.sqlite'], 66, 'LedgerMissing'],
    [
      'not found: a ledger to allocate in',
      ['flow', 'meta', '--profile', 'whole', '--store', '/tmp/no-such-folder/no.sqlite'],
      66,
      'LedgerMissing',
    ],
    ['not found: a waiver', ['parity', 'revoke', 'w1', '--meta', 'whole', '--why', 'x'], 66, 'WaiverUnknown'],
    [
      'a check that failed: a profile that the run does not have',
      ['export', 'returns', '@stocks', '--risk', 'barbell', '-o', '/tmp/never.csv'],
      1,
      'ProfileNotAvailable',
    ],
    ['bad input: a ledger that exists', ['ledger', 'init'], 2, 'LedgerExists'],
    [
      'bad input: a meta profile as sleeve',
      ['flow', 'production', '--profile', 'whole', '--prices', 'FOLDER/stocks.csv'],
      2,
      'ManifestInvalid',
    ],
    ['bad input: a sleeve profile as portfolio', ['flow', 'meta', '--profile', 'stocks'], 2, 'ManifestInvalid'],
  ] as const)('%s', async (_, words, exit, code) => {
    const before = (await bench.events()).length;
    const argv = words.map((word) => (word.startsWith('@') ? runs[word.slice(1)]! : word.replace('FOLDER', bench.directory)));
    const answer = await bench.json(argv);
    expect([answer.exit, answer.error?.code]).toEqual([exit, code]);
    expect(answer).toMatchObject({ ok: false, result: null });
    expect(answer.error!.advice).not.toBe('');
    // The same for people: the code first, the advice last, no stack.
    const said = await bench.run(argv);
    expect(said.exit).toBe(exit);
    expect(said.stdout).toBe('');
    expect(said.stderr).not.toMatch(/\n\s+at .*[:(]\d+/);
    expect((await bench.events()).length).toBe(before);
  });
});
