/**
 * Weights of another size than a portfolio can have: percent, a slip by a power of ten, nothing at all. Whoever sends a message, writes a
 * run directory or keeps an old ledger reaches no portfolio with them.
 */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseManifest } from '../../domain/manifest/validate.ts';
import { computeImportedRun, type ImportedRunRequest } from '../../handlers/intake/run-directory/imported-run.ts';
import { readRunFiles } from '../../handlers/intake/run-directory/run-files.ts';
import { recordSleeveRun } from '../../handlers/commands/flow-production.ts';
import { flowMeta, type MetaRunOutcome } from '../../handlers/commands/flow-meta.ts';
import { type ImportAnswer, importAndRecordRun } from '../../handlers/commands/import-sleeve-run.ts';
import { createIntake, type IntakeOutcome } from '../../handlers/intake/intake.ts';
import type { SleeveResult } from '../../handlers/messages/sleeve-result.ts';
import { replayRuns } from '../../handlers/queries/replay-runs.ts';
import { createDirectoryWatcher } from '../../handlers/roles/watching/directory-watcher.ts';
import { listDeadLetters } from '../../handlers/queries/dead-letters.ts';
import { openedLedger, type Session } from '../../handlers/runtime/session.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { applyManifest } from '../../handlers/commands/apply-manifest.ts';
import { deliverAll, deskManifest, openDesk, recorded } from '../handlers/reaction/desk.ts';
import { look, thursday } from '../handlers/reaction/looking.ts';
import { Workbench } from '../support/cli.ts';
import { memorySession, wholeRun } from '../support/imported-run.ts';
import { type PortfolioAsset, type RunDirectoryContent, writeRunDirectory } from '../support/run-directory.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { writePrices } from '../support/small-market.ts';
import { defineSleeve, resultMessage, SentMessages, sleeveResult } from '../support/sleeve-results.ts';

const scratch = scratchDirectory();
let session: Session;
let dead: SentMessages;

beforeEach(async () => {
  session = memorySession();
  dead = new SentMessages();
});

/** Weights that somebody might send, and what each is refused as. */
const attempts = [
  ['percent', [50, 50], 'gross_exceeded', true],
  ['percent of a long and a short side', [130, -30], 'gross_exceeded', true],
  ['a slip by twenty powers of ten', [1e20, 1], 'gross_exceeded', false],
  ['sizes whose sum is beyond any number', [1e308, 1e308], 'gross_exceeded', false],
  ['sizes that cancel', [1e20, -1e20], 'gross_exceeded', false],
  ['a little too much', [0.6, 0.46], 'gross_exceeded', false],
  ['nothing', [0, 0], 'no_weights', false],
  ['nothing, below zero', [-0, -0], 'no_weights', false],
  ['next to nothing', [1e-300, -5e-324], 'no_weights', false],
] as const;

const symbols = ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT'] as const;
const saying = (reason: string, isPercent: boolean): unknown =>
  expect.stringMatching(new RegExp(`^${reason}: .*${isPercent ? 'percent\\?$' : '[^?]$'}`, 's'));

const takeMessage = (result: SleeveResult): Promise<IntakeOutcome> =>
  createIntake(session, {
    resultsTopic: 'sleeve-results.v1',
    deadLetters: dead,
    deadLettersTopic: 'sleeve-results.dlq.v1',
    onPoison: 'supersede',
  }).handle(resultMessage(result), async () => undefined);
const weighing = (weights: readonly number[], change: Partial<SleeveResult> = {}): SleeveResult => {
  const plain = sleeveResult(change);
  const [hrp] = plain.profiles;
  return { ...plain, profiles: [{ ...hrp!, weights: weights.map((weight, index) => ({ symbol: symbols[index]!, weight })) }] };
};
const letters = async (): Promise<readonly unknown[]> =>
  (await listDeadLetters(session.ports, { sleeve: 'coins', resolved: true, knownAt: null, after: null, maxCount: 100 })).letters;

describe('by message', () => {
  test.each(attempts)('%s is a dead letter with that reason', async (_, weights, reason, isPercent) => {
    await defineSleeve(session, 'coins');
    expect(await takeMessage(weighing(weights))).toMatchObject({ outcome: 'rejected', code: 'WeightsRefused', runId: null });
    expect(await letters()).toEqual([
      expect.objectContaining({ code: 'WeightsRefused', reason: saying(reason, isPercent), path: 'profiles[0].weights' }),
    ]);
    expect(JSON.stringify(dead.events)).toContain(reason);
  });

  test('what a sender says of its own settings widens no bound', async () => {
    await defineSleeve(session, 'coins');
    const boastful = sleeveResult().definition;
    const definition = { ...boastful, 'risk.gross_max': 1e9, 'risk.leverage': 1e9 };
    expect(await takeMessage(weighing([50, 50], { definition }))).toMatchObject({ outcome: 'rejected', code: 'WeightsRefused' });
  });

  test('what the sleeve is defined with here does, and a message refused before is taken then', async () => {
    await defineSleeve(session, 'coins');
    expect(await takeMessage(weighing([1, -0.9]))).toMatchObject({ outcome: 'rejected' });
    await defineSleeve(session, 'coins', 2);
    expect(await takeMessage(weighing([1, -0.9]))).toMatchObject({ outcome: 'accepted' });
    expect(await takeMessage(weighing([1.2, -0.9], { asOf: '2024-03-30', correction: 1 }))).toMatchObject({ code: 'WeightsRefused' });
  });

  test('an honest result is accepted', async () => {
    await defineSleeve(session, 'coins');
    expect(await takeMessage(weighing([0.6, -0.4]))).toMatchObject({ outcome: 'accepted' });
    expect(await letters()).toEqual([]);
  });
});

const held = (weights: readonly number[]): PortfolioAsset[] =>
  weights.map((weight, index) => ({ Symbol: symbols[index]!, Weight: Math.abs(weight), Net_Weight: weight }));
/** A run whose `hrp` holds these weights, and whose other profiles hold what is usual. */
function runOf(weights: readonly number[], profile = 'coins'): RunDirectoryContent {
  const whole = wholeRun(1, profile);
  return { ...whole, flattened: { ...whole.flattened, hrp: held(weights) } };
}
const writtenRun = (content: RunDirectoryContent): string => writeRunDirectory(mkdtempSync(join(scratch, 'run-')), content);

const takeRun = (content: RunDirectoryContent): Promise<ImportAnswer> => {
  const command = { run: writtenRun(content), profile: null, map: {}, correction: 0 };
  return importAndRecordRun(session.ports, openedLedger(session), command);
};
const countEvents = async (): Promise<number> => (await session.ports.store.readAll({ after: null, maxCount: 100, types: null })).length;

describe('by a run directory', () => {
  test.each(attempts)('%s is refused by `sleeve import`, and nothing is recorded', async (_, weights, reason, isPercent) => {
    await expect(takeRun(runOf(weights))).rejects.toMatchObject({
      code: 'WeightsRefused',
      message: saying(reason, isPercent),
      at: { file: expect.stringContaining('portfolio_flattened.json') },
    });
    expect(await countEvents()).toBe(0);
  });

  test('a small Weight beside a large Net_Weight is read as what counts', async () => {
    const whole = wholeRun(1, 'coins');
    const hrp = symbols.map((symbol) => ({ Symbol: symbol, Weight: 0.5, Net_Weight: 50 }));
    await expect(takeRun({ ...whole, flattened: { ...whole.flattened, hrp } })).rejects.toMatchObject({ code: 'WeightsRefused' });
  });

  test('settings that a run brings along widen no bound', async () => {
    const settings = { ...wholeRun().manifest, risk: { gross_max: 1e9, leverage: 1e9 } };
    await expect(takeRun({ ...runOf([50, 50]), manifest: settings })).rejects.toMatchObject({ code: 'WeightsRefused' });
  });

  test('the bound of the sleeve as it is defined here counts', async () => {
    await defineSleeve(session, 'coins', 2);
    expect(await takeRun(runOf([1, -0.9]))).toMatchObject({ already: false });
    await expect(takeRun(runOf([1.5, -0.9]))).rejects.toMatchObject({ evidence: { grossMax: 2 } });
  });

  test('a watched folder reports it by name, and takes the honest run beside it', async () => {
    const folder = mkdtempSync(join(scratch, 'incoming-'));
    const watcher = createDirectoryWatcher(session, { folder, profile: null, map: {}, settleMs: 1 });
    writeRunDirectory(join(folder, 'bad'), runOf([50, 50]));
    writeRunDirectory(join(folder, 'good'), runOf([0.6, -0.4]));
    await watcher.sweep();
    const seen = (await watcher.sweep()).map(({ directory, kind, error }) => [directory, kind, error?.code, error?.message]);
    expect(seen).toEqual([
      ['bad', 'broken', 'WeightsRefused', saying('gross_exceeded', true)],
      ['good', 'imported', undefined, undefined],
    ]);
  });

  test('an honest run is accepted', async () => {
    expect(await takeRun(runOf([0.6, -0.4]))).toMatchObject({ already: false, grade: 'CERTIFIED' });
  });

  test('the command line exits 2 and asks', async () => {
    const bench = new Workbench(scratch);
    const answer = await bench.json(['sleeve', 'import', '--run', writtenRun(runOf([50, 50]))]);
    expect([answer.exit, answer.error?.code]).toEqual([2, 'WeightsRefused']);
    expect(answer.error?.message).toContain('percent?');
  });
});

const manifestWith = (settings: object = {}): ReturnType<typeof parseManifest> =>
  parseManifest(
    JSON.stringify({
      profiles: {
        coins: settings,
        other: {},
        desk: { sleeves: ['coins', 'other'].map((id) => ({ id, profile: id })), meta_allocation: { profile: 'hrp', max_weight: 0.95 } },
      },
    }),
    'manifest.json',
  );
/** As a build recorded a run that bounded nothing. */
async function recordedBefore(content: RunDirectoryContent): Promise<void> {
  const directory = await session.ports.runDirectories.open(writtenRun(content));
  const read = await readRunFiles(directory, {});
  const plain = { sleeve: null, map: {}, csv: null, correction: 0, rules: rulesInForce };
  const request: ImportedRunRequest = { ...plain, root: directory.root, ...read };
  await recordSleeveRun(session, await computeImportedRun(request, session.ports.returnsParsers, session.ports.crypto.sha256));
}
const flow = (risk: 'hrp' | 'min_variance', settings: object = {}): Promise<MetaRunOutcome> =>
  flowMeta(session, {
    manifest: manifestWith(settings),
    meta: 'desk',
    risks: [risk],
    join: null,
    projection: null,
    proxies: null,
    asOf: null,
    restateWhy: null,
  });

describe('by a ledger that an older build wrote', () => {
  // A sum beyond any number was never recorded.
  const recordable = attempts.filter(([, weights]) => Number.isFinite(Math.abs(weights[0]) + Math.abs(weights[1])));

  test.each(recordable)(
    '%s reaches no portfolio by `flow meta`, and what was recorded still replays',
    async (_, weights, reason, isPercent) => {
      await recordedBefore(runOf(weights));
      await recordedBefore({ ...wholeRun(50, 'other') });
      await expect(flow('hrp')).rejects.toMatchObject({ code: 'WeightsRefused', message: saying(reason, isPercent) });
      expect(await session.ports.store.readAll({ after: null, maxCount: 100, types: ['MetaRunOpened'] })).toEqual([]);
      const replayed = await replayRuns(session.ports, { runId: null, asOf: null, knownAt: null }, new AbortController().signal);
      expect(replayed).toMatchObject({ checked: 2, identical: 2 });
    },
  );

  test('a profile that holds an honest portfolio is allocated', async () => {
    await recordedBefore(runOf([50, 50]));
    await recordedBefore({ ...wholeRun(50, 'other') });
    expect((await flow('min_variance')).allocations.map(({ risk }) => risk)).toEqual(['min_variance']);
  });

  test('leverage that the manifest of the portfolio declares is taken', async () => {
    await recordedBefore(runOf([1, -0.9]));
    await recordedBefore({ ...wholeRun(50, 'other') });
    await expect(flow('hrp')).rejects.toMatchObject({ code: 'WeightsRefused' });
    expect((await flow('hrp', { risk: { leverage: 2 } })).allocations.map(({ risk }) => risk)).toEqual(['hrp']);
  });
});

describe('by a portfolio that publishes by itself', () => {
  test('a run beyond the bound of its sleeve is refused by that name, and nothing is published', async () => {
    const desk = await openDesk();
    await deliverAll(desk, thursday);
    const bounded = deskManifest((manifest) => Object.assign(manifest.profiles['stocks']!, { risk: { gross_max: 0.5 } }));
    await applyManifest(desk.session, bounded, null);
    expect(await look(desk)).toMatchObject({ kind: 'decided', decision: 'ReallocationRefused' });
    expect(await recorded(desk, 'ReallocationRefused')).toMatchObject([
      { code: 'WeightsRefused', reason: saying('gross_exceeded', false) },
    ]);
    expect(await recorded(desk, 'AllocationPublished')).toEqual([]);
    await applyManifest(desk.session, desk.manifest, null);
    expect(await look(desk)).toMatchObject({ decision: 'AllocationPublished' });
  });
});

describe('by a computation of our own', () => {
  test('`flow production` fails each profile whose weights pass the bound, in whatever window', async () => {
    const bench = new Workbench(scratch, (manifest) => {
      manifest.profiles['funds']!['risk'] = { gross_max: 0.5 };
    });
    const asked = async (): Promise<readonly { status: string; error?: { code: string } }[]> => {
      const file = writePrices(bench.directory, 'funds');
      const answer = await bench.json(['flow', 'production', '--profile', 'funds', '--prices', file, '--no-seal']);
      return answer.result['profiles'] as { status: string }[];
    };
    const profiles = await asked();
    expect(new Set(profiles.map(({ status }) => status))).toEqual(new Set(['failed']));
    expect(JSON.stringify(profiles)).toContain('window 0');
    expect(JSON.stringify(profiles)).toContain('gross_exceeded');
    bench.writeManifest(() => undefined);
    expect(new Set((await asked()).map(({ status }) => status))).toEqual(new Set(['solved']));
  });
});
