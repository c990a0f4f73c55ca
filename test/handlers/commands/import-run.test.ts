import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { EventData } from '../../../domain/catalogue.ts';
import { commonRiskProfiles, type RiskProfile } from '../../../domain/risk/schemas.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { importSleeveRun } from '../../../handlers/commands/import-sleeve-run.ts';
import { recordSleeveRun } from '../../../handlers/commands/flow-production.ts';
import { type ComputedImport, computeImportedRun } from '../../../handlers/intake/run-directory/imported-run.ts';
import { recordedImport } from '../../../handlers/intake/run-directory/recorded-import.ts';
import type { NameMapping } from '../../../handlers/intake/run-directory/return-file-names.ts';
import { loadSleeveRun, runEvents } from '../../../handlers/runs/load-sleeve-run.ts';
import { readWholeStream } from '../../../handlers/runtime/record.ts';
import { dailyReturns, memorySession, twoCoins, wholeRun } from '../../support/imported-run.ts';
import { type RunDirectoryContent, writeRunDirectory } from '../../support/run-directory.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const { ports } = memorySession();
let directories = 0;

function directoryOf(content: RunDirectoryContent): string {
  return writeRunDirectory(join(scratch, `run-${++directories}`), content);
}

interface CommandContext {
  readonly profile?: string;
  readonly map?: NameMapping;
}

function imported(content: RunDirectoryContent | string, { profile, map = {} }: CommandContext = {}): Promise<ComputedImport> {
  const run = typeof content === 'string' ? content : directoryOf(content);
  return importSleeveRun(ports, { run, profile: profile ?? null, map, correction: 0 });
}

async function refusalOf(content: RunDirectoryContent | string, asked: CommandContext = {}): Promise<LedgerError> {
  const error = await imported(content, asked).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof LedgerError) return error;
  throw error ?? new Error('nothing was refused');
}

function profileOf(run: ComputedImport, risk: RiskProfile): EventData<'SleeveProfileImported'> {
  return run.drafts.find((draft) => draft.type === 'SleeveProfileImported' && (draft.data as { risk: string }).risk === risk)!
    .data as EventData<'SleeveProfileImported'>;
}

function evidenceOf(run: ComputedImport, check: string): { readonly status: string; readonly detail: string } {
  return (run.drafts.at(-1)!.data as EventData<'SleeveRunCertified'>).evidence.find((item) => item.check === check)!;
}

const pandas = (version: string, name: string): Uint8Array =>
  readFileSync(new URL(`../../fixtures/pickle/pandas-${version}/${name}.pkl`, import.meta.url));
const expected = JSON.parse(readFileSync(new URL('../../fixtures/pickle/expected.json', import.meta.url), 'utf8')) as {
  dates: string[];
  values: number[];
};

describe('the grade of an imported run', () => {
  test('a whole run is certified, with its streams, signed holdings and verified chain', async () => {
    const run = await imported(wholeRun());
    expect(run.grade).toBe('CERTIFIED');
    expect(run.reasons).toEqual([]);
    expect(run.sourceChain).toMatchObject({ status: 'verified', lines: 5 });
    expect(run.acceptance?.risks).toEqual([...commonRiskProfiles]);
    expect(run.asOf).toBe('2024-03-30');
    expect(profileOf(run, 'hrp')).toMatchObject({
      weights: [
        { symbol: 'BINANCE:BTCUSDT', weight: 0.6 },
        { symbol: 'BINANCE:ETHUSDT', weight: -0.4 },
      ],
      weightsFrom: 'data/portfolio_flattened.json',
      weightsSum: 1,
      returnsFrom: 'data/returns/hrp.pkl',
      outOfSample: { rows: 90, first: '2024-01-01', last: '2024-03-30', metrics: { annualisationDays: 365 } },
    });
  });

  test.each([
    ['no sign test', { files: {} }, 'sign_test: no data/directional_sign_test.json'],
    [
      'a sign test that looked at nothing',
      {
        files: { 'data/directional_sign_test.json': '{"errors":0,"warnings":1,"findings":[{"level":"WARN","code":"SIGNTEST_NO_ATOMS"}]}' },
      },
      'sign_test: data/directional_sign_test.json: no atom was checked',
    ],
    ['no audit log', { audit: null }, 'source_chain: the run has no audit.jsonl'],
    [
      'weights that sum to 0.9',
      { flattened: { ...wholeRun().flattened, barbell: [{ Symbol: 'BINANCE:BTCUSDT', Weight: 0.9 }] } },
      'profile_barbell: native, 90 out-of-sample rows, with weights, the gross weights in data/portfolio_flattened.json sum to 0.9',
    ],
    [
      'returns that end early',
      { returns: { ...wholeRun().returns, 'min_variance.pkl': dailyReturns(1, 80) } },
      'profile_min_variance: native, 80 out-of-sample rows, with weights, its returns end on 2024-03-20, the run on 2024-03-30',
    ],
    [
      'a profile without returns',
      { returns: Object.fromEntries(Object.entries(wholeRun().returns!).filter(([name]) => name !== 'risk_parity.pkl')) },
      'profile_risk_parity: absent, 0 out-of-sample rows, without weights',
    ],
  ] as [string, RunDirectoryContent, string][])('%s degrades it', async (_, change, reason) => {
    const run = await imported({ ...wholeRun(), ...change });
    expect([run.grade, run.reasons]).toEqual(['DEGRADED', [reason]]);
  });

  test('weekend rows in a sleeve that holds shares leave its integrity unknown', async () => {
    const run = await imported({
      ...wholeRun(),
      flattened: Object.fromEntries(commonRiskProfiles.map((risk) => [risk, [{ Symbol: 'NYSE:IBM', Weight: 1 }]])),
    });
    expect(run.grade).toBe('DEGRADED');
    // 2024-01-01 to 2024-03-30: 25 weekend days and four New York holidays.
    const { status, detail } = evidenceOf(run, 'integrity');
    expect(status).toBe('unknown');
    expect(detail).toContain(
      `; ${(25 + 4) * 8} on days on which nothing held trades (XNYS), the first data/returns/min_variance.pkl 2024-01-01`,
    );
  });

  test('an edited audit log is broken at its line and degrades the run', async () => {
    const directory = directoryOf(wholeRun());
    const file = join(directory, 'audit.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    lines[2] = lines[2]!.replace('"rows": 60', '"rows": 61');
    writeFileSync(file, lines.join('\n'));
    const run = await imported(directory);
    expect(run.sourceChain).toMatchObject({ status: 'broken', brokenAt: 3, lines: 2 });
    expect([run.grade, evidenceOf(run, 'source_chain').status]).toEqual(['DEGRADED', 'failed']);
  });

  test.each([
    [
      'sign test errors',
      { files: { 'data/directional_sign_test.json': '{"errors":2,"warnings":0,"findings":[]}' } },
      'sign_test: data/directional_sign_test.json: 2 errors',
    ],
    [
      'no hrp returns',
      { returns: { 'min_variance.csv': dailyReturns(1, 90) } },
      'profile_hrp: no out-of-sample returns or no weights for hrp',
    ],
    ['no hrp holdings', { flattened: { min_variance: twoCoins } }, 'profile_hrp: no out-of-sample returns or no weights for hrp'],
    ['no holdings at all', { flattened: null }, 'profile_hrp: no out-of-sample returns or no weights for hrp'],
    [
      'an hrp stream that loses everything',
      { returns: { 'hrp.csv': { dates: ['2024-01-01', '2024-01-02'], values: Float64Array.of(0.01, -1) } } },
      'profile_hrp: no out-of-sample returns or no weights for hrp',
    ],
  ] as [string, RunDirectoryContent, string][])('%s make it ineligible, recorded and never accepted', async (_, change, reason) => {
    const session = memorySession();
    const run = await imported({ ...wholeRun(), ...change });
    expect([run.grade, run.reasons, run.acceptance]).toEqual(['INELIGIBLE', [reason], null]);
    await recordSleeveRun(session, run);
    expect((await runEvents(session.ports, 'sleeveRun', run.runId)).at(-1)!.type).toBe('SleeveRunFoundIneligible');
    expect(await readWholeStream(session.ports.store, 'sleeve-crypto_long')).toEqual([]);
    await expect(loadSleeveRun(session.ports, run.runId)).rejects.toMatchObject({ code: 'SleeveRunIneligible' });
  });
});

describe('returns of an imported run', () => {
  test.each(['1.5.3', '2.0.3', '2.2.3'])('a series that pandas %s pickled is taken over to the last bit', async (version) => {
    const run = await imported({
      profile: 'crypto_long',
      flattened: { hrp: twoCoins },
      files: { 'data/returns/hrp.pkl': pandas(version, 'series_p4') },
    });
    const loaded = memorySession();
    await recordSleeveRun(loaded, run);
    const stream = (await loadSleeveRun(loaded.ports, run.runId)).streams.get('hrp')!;
    expect([stream.series.dates, [...stream.series.values]]).toEqual([expected.dates, expected.values]);
  });

  const one = dailyReturns(1, 70);
  const other = dailyReturns(2, 70);
  const base: RunDirectoryContent = { profile: 'crypto_long', flattened: { hrp: twoCoins } };

  test('an alias that repeats the only named file wins, and the named file says who made it', async () => {
    const run = await imported({ ...base, returns: { 'hrp.pkl': one, 'custom_vectorbt_hrp.parquet': one } });
    expect(profileOf(run, 'hrp')).toMatchObject({
      returnsFrom: 'data/returns/hrp.pkl',
      stream: { engine: 'custom', simulator: 'vectorbt' },
    });
  });

  test('different returns of two engines are refused with the flags to give, and the flag decides', async () => {
    const content = { ...base, returns: { 'hrp.pkl': one, 'custom_vectorbt_hrp.pkl': one, 'skfolio_vectorbt_hrp.pkl': other } };
    const refusal = await refusalOf(content);
    expect([refusal.code, refusal.evidence['flags']]).toEqual([
      'ReturnsNameAmbiguous',
      ['--map engine=custom,simulator=vectorbt', '--map engine=skfolio,simulator=vectorbt'],
    ]);
    expect(refusal.at.file).toMatch(/data\/returns\/custom_vectorbt_hrp\.pkl$/);
    const run = await imported(content, { map: { engine: 'skfolio' } });
    expect(profileOf(run, 'hrp')).toMatchObject({
      returnsFrom: 'data/returns/skfolio_vectorbt_hrp.pkl',
      stream: { engine: 'skfolio', simulator: 'vectorbt' },
    });
    expect(run.runId).not.toBe((await imported(content, { map: { engine: 'custom' } })).runId);
  });

  test('a name that reads two ways is refused with both mappings, file and all', async () => {
    const content = { ...base, returns: { 'custom_cvxportfolio_hrp.pkl': one } };
    const refusal = await refusalOf(content);
    expect([refusal.code, refusal.evidence['flags']]).toEqual([
      'ReturnsNameAmbiguous',
      ['--map engine=custom,simulator=cvxportfolio', '--map engine=cvxportfolio,simulator=custom'],
    ]);
    expect(refusal.at.file).toMatch(/^\/.*data\/returns\/custom_cvxportfolio_hrp\.pkl$/);
    const run = await imported(content, { map: { engine: 'custom', simulator: 'cvxportfolio' } });
    expect(profileOf(run, 'hrp').stream).toEqual({ engine: 'custom', simulator: 'cvxportfolio' });
  });

  test('files of profiles that are not computed, and what is not a return file, are left aside and listed', async () => {
    const run = await imported({
      ...base,
      returns: { 'hrp.pkl': one, 'custom_vectorbt_adaptive.pkl': other },
      files: { 'data/returns/notes.txt': 'x' },
    });
    const session = memorySession();
    await recordSleeveRun(session, run);
    const opened = run.drafts[0]!.data as EventData<'SleeveRunOpened'>;
    const definition = JSON.parse(new TextDecoder().decode(await session.ports.artifacts.get(opened.definition.sha256))) as {
      leftAside: string[];
    };
    expect(definition.leftAside).toEqual(['data/returns/custom_vectorbt_adaptive.pkl', 'data/returns/notes.txt']);
    expect(opened.inputs.map(({ name }) => name)).toEqual([
      'audit.jsonl',
      'config/resolved_manifest.json',
      'data/portfolio_flattened.json',
      'data/returns/hrp.pkl',
    ]);
  });

  test.each([
    ['no manifest', { manifest: null }, 'RunDirectoryInvalid', 'config/resolved_manifest.json'],
    [
      'a manifest that is not JSON',
      { manifest: null, files: { 'config/resolved_manifest.json': '{"a": NaN}' } },
      'RunDirectoryInvalid',
      'config/resolved_manifest.json',
    ],
    [
      'a manifest nested without end',
      { manifest: null, files: { 'config/resolved_manifest.json': `{"features":${'['.repeat(5000)}${']'.repeat(5000)}}` } },
      'RunDirectoryInvalid',
      'config/resolved_manifest.json',
    ],
    [
      'a weight beyond every number',
      {
        flattened: null,
        files: { 'data/portfolio_flattened.json': '{"profiles":{"hrp":{"assets":[{"Symbol":"BINANCE:BTCUSDT","Weight":1e999}]}}}' },
      },
      'RunDirectoryInvalid',
      'data/portfolio_flattened.json',
    ],
    ['no returns', { returns: {} }, 'RunDirectoryInvalid', 'data/returns'],
    [
      'a pickle that names a function',
      { files: { 'data/returns/barbell.pkl': 'cos\nsystem\n(S"true"\ntR.' } },
      'PickleRefused',
      'data/returns/barbell.pkl',
    ],
    [
      'a truncated parquet file',
      { files: { 'data/returns/barbell.parquet': 'PAR1' } },
      'ReturnsFileUnreadable',
      'data/returns/barbell.parquet',
    ],
    [
      'a return file of no known name',
      { files: { 'data/returns/best_ever.csv': 'date,r\n' } },
      'RunDirectoryInvalid',
      'data/returns/best_ever.csv',
    ],
    [
      'an unknown exchange',
      { flattened: { hrp: [{ Symbol: 'MARS:ROCK_rating_all_LONG_1d', Weight: 1 }] } },
      'ExchangeUnknown',
      'data/portfolio_flattened.json',
    ],
    [
      'a short position with a positive weight',
      { flattened: { hrp: [{ Symbol: 'BINANCE:BTCUSDT', Weight: 1, Direction: 'SHORT' }] } },
      'RunDirectoryInvalid',
      'data/portfolio_flattened.json',
    ],
    [
      'a negative strategy atom',
      { flattened: { hrp: [{ Symbol: 'BINANCE:BTCUSDT_rating_all_SHORT_1d', Weight: 1, Net_Weight: -1 }] } },
      'RunDirectoryInvalid',
      'data/portfolio_flattened.json',
    ],
    [
      'a symbol that stands twice',
      { flattened: { hrp: [...twoCoins, ...twoCoins] } },
      'RunDirectoryInvalid',
      'data/portfolio_flattened.json',
    ],
    [
      'an asset without a weight',
      { flattened: null, files: { 'data/portfolio_flattened.json': '{"profiles":{"hrp":{"assets":[{"Symbol":"BINANCE:BTCUSDT"}]}}}' } },
      'RunDirectoryInvalid',
      'data/portfolio_flattened.json',
    ],
    [
      'a sign test of another shape',
      { files: { 'data/directional_sign_test.json': '[]' } },
      'RunDirectoryInvalid',
      'data/directional_sign_test.json',
    ],
  ] as [string, RunDirectoryContent, string, string][])('%s is refused, and the file is named', async (_, change, code, file) => {
    const refusal = await refusalOf({ ...base, returns: { 'hrp.pkl': one }, ...change });
    expect(refusal.code).toBe(code);
    expect(refusal.at.file?.endsWith(file)).toBe(true);
  });
});

const btc = (weight: number): string => `{"Symbol":"BINANCE:BTCUSDT","Weight":${weight}}`;
const held = (weight: number): string => `{"profiles":{"hrp":{"assets":[${btc(weight)}]}}}`;

describe('holdings of an imported run', () => {
  const returns = { 'hrp.pkl': dailyReturns(1, 70) };
  const files = {
    'portfolio_optimized_v2.json': held(0.4),
    'data/portfolio_optimized_v2.json': held(0.3),
    'portfolio_flattened.json': held(0.2),
    'data/portfolio_flattened.json': held(0.1),
  };

  test('are looked for in the documents’ order, an empty profile leading to the next file', async () => {
    const sources: (string | null)[] = [];
    let left: Record<string, string> = { ...files };
    for (const path of [
      'data/portfolio_flattened.json',
      'portfolio_flattened.json',
      'data/portfolio_optimized_v2.json',
      'portfolio_optimized_v2.json',
    ]) {
      sources.push(profileOf(await imported({ returns, files: left }), 'hrp').weightsFrom);
      left = { ...left, [path]: '{"profiles":{"hrp":{"assets":[],"meta":{"skipped":true}}}}' };
    }
    expect(sources).toEqual([
      'data/portfolio_flattened.json',
      'portfolio_flattened.json',
      'data/portfolio_optimized_v2.json',
      'portfolio_optimized_v2.json',
    ]);
  });

  test('are never the top assets of tournament results', async () => {
    const tournament = {
      results: { custom: { custom: { hrp: { windows: [{ top_assets: [{ Symbol: 'BINANCE:BTCUSDT', Weight: 1 }] }] } } } },
    };
    const run = await imported({
      returns: { ...returns, 'barbell.pkl': dailyReturns(2, 70) },
      flattened: { barbell: twoCoins },
      files: { 'data/tournament_results.json': JSON.stringify(tournament) },
    });
    expect(profileOf(run, 'hrp').weights).toBeNull();
    expect(run.grade).toBe('INELIGIBLE');
    expect(evidenceOf(run, 'profile_hrp').detail).toContain(
      'incomplete portfolio: data/tournament_results.json lists the greatest positions only',
    );
  });

  test('may be a bare list when it is clear whose they are, and are refused otherwise', async () => {
    const bare = { 'data/portfolio_optimized_v2.json': `[${btc(1)}]` };
    expect(profileOf(await imported({ returns, files: bare }), 'hrp').weights).toEqual([{ symbol: 'BINANCE:BTCUSDT', weight: 1 }]);
    const two = { ...returns, 'barbell.pkl': dailyReturns(2, 70) };
    expect((await refusalOf({ returns: two, files: bare })).at.file).toMatch(/data\/portfolio_optimized_v2\.json$/);
    const run = await imported({ returns: two, files: bare, manifest: { risk: { profile: 'barbell' } } });
    expect([profileOf(run, 'barbell').weightsSum, profileOf(run, 'hrp').weights]).toEqual([1, null]);
  });

  test('of several winners are those of the stream’s engine, or none are picked', async () => {
    const winners = {
      'data/portfolio_optimized_v2.json':
        `{"winners":[{"engine":"skfolio","profile":"hrp","weights":[${btc(1)}]},` +
        `{"engine":"custom","profile":"hrp","weights":[${btc(0.5)}]}]}`,
    };
    const run = await imported({ returns: { 'vectorbt_skfolio_hrp.pkl': dailyReturns(1, 70) }, files: winners });
    expect(profileOf(run, 'hrp').weights).toEqual([{ symbol: 'BINANCE:BTCUSDT', weight: 1 }]);
    expect(await refusalOf({ returns, files: winners })).toMatchObject({
      code: 'ReturnsNameAmbiguous',
      evidence: { flags: ['--map engine=skfolio', '--map engine=custom'] },
    });
  });

  test('named as strategy atoms keep their names, and trade on the calendar of the symbol behind them', async () => {
    const run = await imported({
      returns,
      optimized: { hrp: [{ Symbol: 'BINANCE:BTCUSDT_rating_all_SHORT_1d', Weight: 1, Net_Weight: 1, Direction: 'LONG' }] },
    });
    expect(profileOf(run, 'hrp')).toMatchObject({
      weights: [{ symbol: 'BINANCE:BTCUSDT_rating_all_SHORT_1d', weight: 1 }],
      outOfSample: { returns: { calendars: ['XCRY'] } },
    });
  });
});

describe('what an imported run is', () => {
  test('flat settings become leaves as written, with a temporal id only when every part is', async () => {
    const manifest = { train_window: 60, test_window: 20, step_size: 20, lookback_days: 500, features: { entropy_max_threshold: 0.95 } };
    const session = memorySession();
    const silent = await imported({ ...wholeRun(), manifest });
    const speaking = await imported({ ...wholeRun(), manifest: { ...manifest, features: { feat_rebalance_mode: 'window' } } });
    await recordSleeveRun(session, silent);
    await recordSleeveRun(session, speaking);
    expect((await loadSleeveRun(session.ports, silent.runId)).parityLeaves).toEqual({
      'backtest.step_size': 20,
      'backtest.test_window': 20,
      'backtest.train_window': 60,
      'data.lookback_days': 500,
      'features.entropy_max_threshold': 0.95,
    });
    // SHA-256 of the RFC 8785 text, by hand (docs/explanation/parity.md#temporal-id).
    const text = '{"bar_interval":"1d","lookback_days":500,"rebalance_mode":"window","step_size":20,"test_window":20,"train_window":60}';
    expect((await loadSleeveRun(session.ports, speaking.runId)).parityLeaves['temporal_id']).toBe(
      createHash('sha256').update(text).digest('hex').slice(0, 16),
    );
  });

  test('it is filed under the name asked for, and the profile that ran is kept', async () => {
    const run = await imported(wholeRun(1, 'crypto_2026_q1'), { profile: 'crypto' });
    expect(run.acceptance).toMatchObject({ sleeve: 'crypto', profile: 'crypto_2026_q1' });
    expect((await refusalOf({ ...wholeRun(), manifest: { profile: null } })).at).toMatchObject({ path: 'profile' });
    expect((await imported({ ...wholeRun(), manifest: { profile: null } }, { profile: 'crypto' })).acceptance).toMatchObject({
      sleeve: 'crypto',
      profile: 'crypto',
    });
  });

  test('the same directory is one run wherever it lies, and any byte of it another', async () => {
    const first = await imported(wholeRun());
    expect((await imported(wholeRun())).runId).toBe(first.runId);
    expect((await imported({ ...wholeRun(), audit: null })).runId).not.toBe(first.runId);
    expect((await imported({ ...wholeRun(), returns: { ...wholeRun().returns, 'hrp.pkl': dailyReturns(99, 90) } })).runId).not.toBe(
      first.runId,
    );
    const session = memorySession();
    expect((await recordSleeveRun(session, first)).already).toBe(false);
    expect((await recordSleeveRun(session, await imported(wholeRun()))).already).toBe(true);
    expect(await readWholeStream(session.ports.store, 'sleeve-crypto_long')).toHaveLength(1);
  });

  test('it can be computed again from the ledger alone, event for event', async () => {
    const session = memorySession();
    const run = await imported(
      { ...wholeRun(), files: { 'data/tournament_results.json': '{}' } },
      { profile: 'crypto', map: { engine: 'custom' } },
    );
    await recordSleeveRun(session, run);
    const [opened] = await runEvents(session.ports, 'sleeveRun', run.runId);
    if (opened?.type !== 'SleeveRunOpened') throw new Error('no opening');
    const again = await computeImportedRun(
      await recordedImport(session.ports.artifacts, opened.data),
      session.ports.returnsParsers,
      session.ports.crypto.sha256,
    );
    expect(again.runId).toBe(run.runId);
    expect(again.drafts).toEqual(run.drafts);
  });
});
