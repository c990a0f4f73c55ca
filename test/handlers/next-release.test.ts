/**
 * The release after this one, made of this one: a new setting with an inert default, a renamed setting, a changed default. What this
 * release recorded keeps its name.
 */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as backtestBlock from '../../domain/manifest/backtest-block.ts';
import * as defaults from '../../domain/manifest/defaults.ts';
import * as identity from '../../domain/manifest/identity.ts';
import { metaIdentityV1 } from '../../domain/manifest/identity-v1.ts';
import * as leafNames from '../../domain/manifest/leaf-names.ts';
import { neutralLeaves } from '../../domain/manifest/neutral-values.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { fractionSchema } from '../../domain/manifest/values.ts';
import * as errors from '../../domain/shared/errors.ts';
import type { Json } from '../../domain/shared/canonical-json.ts';
import { toDomainEvents } from '../../handlers/runtime/record.ts';
import type { ReceivedMessage } from '../../handlers/ports/ports.ts';
import { resultOfRun } from '../../handlers/messages/result-of-run.ts';
import { defineSleeve, rawMessage, SentMessages } from '../support/sleeve-results.ts';
import { memorySession } from '../support/imported-run.ts';
import * as thisRelease from './replay/world.ts';
import type { Ledger } from './replay/world.ts';

const domain = '../../domain';

interface Change {
  readonly backtest?: Record<string, Json>;
  readonly neutral?: readonly { leaf: string; since: string; neutral: Json; why: string }[];
  readonly schema?: typeof backtestBlock.backtestBlockSchema;
  readonly renamed?: Record<string, string>;
  /** Of the releases that knew version 1 of identity only. */
  readonly firstIdentity?: boolean;
}

interface Release {
  readonly world: typeof thisRelease;
  readonly flowProduction: typeof import('../../handlers/commands/flow-production.ts').flowProduction;
  readonly openedLedger: typeof import('../../handlers/runtime/session.ts').openedLedger;
  readonly applyManifest: typeof import('../../handlers/commands/apply-manifest.ts').applyManifest;
  readonly createIntake: typeof import('../../handlers/intake/intake.ts').createIntake;
  readonly resultOfRun: typeof resultOfRun;
  readonly replayRuns: typeof import('../../handlers/queries/replay-runs.ts').replayRuns;
}

/** The modules of a release that differs in these. Errors are shared with this one, whose store they come from. */
async function release({
  backtest = {},
  neutral = [],
  schema = backtestBlock.backtestBlockSchema,
  renamed = {},
  firstIdentity = false,
}: Change): Promise<Release> {
  jest.resetModules();
  jest.unstable_mockModule(`${domain}/shared/errors.ts`, () => errors);
  jest.unstable_mockModule(`${domain}/manifest/defaults.ts`, () => {
    const { codeDefaults, ...others } = defaults;
    const blocks = { ...codeDefaults.backtest, ...backtest } as Record<string, Json>;
    for (const [setting, leaf] of Object.entries(renamed)) {
      blocks[setting.slice('backtest.'.length)] = blocks[leaf.slice('backtest.'.length)]!;
      delete blocks[leaf.slice('backtest.'.length)];
    }
    return { ...others, codeDefaults: { ...codeDefaults, backtest: blocks } };
  });
  jest.unstable_mockModule(`${domain}/manifest/backtest-block.ts`, () => ({ backtestBlockSchema: schema }));
  jest.unstable_mockModule(`${domain}/manifest/neutral-values.ts`, () => ({ neutralLeaves: [...neutralLeaves, ...neutral] }));
  jest.unstable_mockModule(`${domain}/manifest/leaf-names.ts`, () => ({ ...leafNames, renamedSettings: renamed }));
  if (firstIdentity)
    jest.unstable_mockModule(`${domain}/manifest/identity.ts`, () => ({
      ...identity,
      metaIdentities: (node: MetaNode) => [metaIdentityV1(identity.metaIdentity(node))],
    }));
  else jest.unstable_unmockModule(`${domain}/manifest/identity.ts`);
  return {
    world: await import('./replay/world.ts'),
    ...(await import('../../handlers/commands/flow-production.ts')),
    ...(await import('../../handlers/runtime/session.ts')),
    ...(await import('../../handlers/commands/apply-manifest.ts')),
    ...(await import('../../handlers/intake/intake.ts')),
    ...(await import('../../handlers/messages/result-of-run.ts')),
    ...(await import('../../handlers/queries/replay-runs.ts')),
  };
}

const withFee = backtestBlock.backtestBlockSchema.extend({
  borrow_fee: fractionSchema.optional(),
}) as unknown as typeof backtestBlock.backtestBlockSchema;
const inertFee: Change = {
  backtest: { borrow_fee: 0 },
  schema: withFee,
  neutral: [{ leaf: 'backtest.borrow_fee', since: '0.2.0', neutral: 0, why: 'nothing was borrowed' }],
};

const options = { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} } as const;
type ManifestChange = Parameters<typeof thisRelease.manifestOf>[0];

function again(
  { world, flowProduction, openedLedger }: Release,
  { session }: Ledger,
  sleeve: thisRelease.SleeveName,
  change: ManifestChange = () => undefined,
): ReturnType<typeof flowProduction> {
  return flowProduction(session.ports, openedLedger(session), {
    manifest: world.manifestOf(change),
    profile: sleeve,
    files: [world.fileOf(sleeve)],
    options,
    correction: 0,
  });
}

const count = async ({ memory }: Ledger): Promise<number> =>
  (await memory.store.readAll({ after: null, maxCount: 1000, types: null })).length;

describe('a new setting whose default is inert', () => {
  let ledger: Ledger;
  let runs: string[];
  let meta: string;
  let next: Release;

  beforeEach(async () => {
    const manifest = thisRelease.manifestOf();
    ledger = await thisRelease.ledgerWithSleeves(manifest);
    runs = [];
    for (const sleeve of ['stocks', 'funds', 'coins'] as const)
      runs.push(await thisRelease.produce(ledger, manifest, sleeve, [thisRelease.fileOf(sleeve)]));
    meta = (await thisRelease.allocate(ledger, manifest, 'nested')).runId;
    next = await release(inertFee);
  });

  test('changes no run id, and no run is accepted a second time', async () => {
    const before = await count(ledger);
    for (const [index, sleeve] of (['stocks', 'funds', 'coins'] as const).entries()) {
      const answer = await again(next, ledger, sleeve);
      expect([answer.runId, answer.already]).toEqual([runs[index], true]);
      expect(answer.acceptance).toMatchObject({ runId: runs[index], sleeve });
    }
    expect((await next.world.allocate(ledger, next.world.manifestOf(), 'nested')).runId).toBe(meta);
    expect((await count(ledger)) - before).toBe(0);
  });

  test('at another value is another run', async () => {
    const answer = await again(
      next,
      ledger,
      'stocks',
      ({ profiles }) => void Object.assign(profiles['stocks']!, { backtest: { borrow_fee: 0.01 } }),
    );
    expect([answer.runId === runs[0], answer.already]).toEqual([false, false]);
    const resolved = await again(
      next,
      ledger,
      'stocks',
      ({ profiles }) => void Object.assign(profiles['stocks']!, { backtest: { borrow_fee: 0 } }),
    );
    expect([resolved.runId, resolved.already]).toEqual([runs[0], true]);
  });

  test('leaves a run of before and one of now conformant, and a differing one is reported', async () => {
    const manifest = next.world.manifestOf();
    const later = next.world.fileOf('coins', '2023-01-31');
    const fresh = await next.flowProduction(ledger.session.ports, next.openedLedger(ledger.session), {
      manifest,
      profile: 'coins',
      files: [later],
      options: { ...options, asOf: '2022-12-31' },
      correction: 0,
    });
    expect(fresh).toMatchObject({ already: false, grade: 'CERTIFIED' });
    const { parity, request } = await next.world.allocate(ledger, manifest, 'whole');
    expect([request.leaves.get('stocks')!.runId, request.leaves.get('coins')!.runId]).toEqual([runs[0], fresh.runId]);
    expect(parity.verdict.leaves.find(({ path }) => path === 'backtest.borrow_fee')).toMatchObject({
      status: 'equal',
      values: { stocks: 0, funds: 0, coins: 0 },
    });
    expect(parity.outcome.outcome).toBe('accepted');
    const charging = next.world.manifestOf(({ profiles }) => void Object.assign(profiles['funds']!, { backtest: { borrow_fee: 0.01 } }));
    await next.world.produce(ledger, charging, 'funds', [next.world.fileOf('funds')], {}, 1);
    const differing = await next.world.allocate(ledger, charging, 'whole');
    expect(differing.parity.verdict).toMatchObject({ verdict: 'NON_CONFORMANT', rejectedPaths: ['backtest.borrow_fee'] });
  });

  test('makes no other definition of a portfolio', async () => {
    await (await release({})).applyManifest(ledger.session, thisRelease.manifestOf(), null);
    const before = await count(ledger);
    next = await release(inertFee);
    const applied = await next.applyManifest(ledger.session, next.world.manifestOf(), null);
    expect([...applied.portfolios, ...applied.sleeves].filter(({ already }) => !already)).toEqual([]);
    expect((await count(ledger)) - before).toBe(0);
  });

  test('leaves every recorded fact as it was when its run is recomputed: counts of parity, weights, verdicts', async () => {
    for (const runId of [...runs, meta]) {
      const { checked, different } = await next.replayRuns(
        ledger.session.ports,
        { runId, asOf: null, knownAt: null },
        new AbortController().signal,
      );
      expect([checked, different]).toEqual([1, []]);
    }
  });

  test('sends a recorded run as the message that it was, and a receiver that has it answers already', async () => {
    const { message } = await resultOfRun(ledger.session, runs[2]!, 'inline');
    const receiver = memorySession();
    const dead = new SentMessages();
    await defineSleeve(receiver, 'coins');
    const taken = async (
      { createIntake }: Pick<Release, 'createIntake'>,
      value: Uint8Array,
    ): ReturnType<ReturnType<Release['createIntake']>['handle']> => {
      const received: ReceivedMessage = {
        ...rawMessage('coins', value),
        headers: Object.fromEntries(Object.entries(message.headers).map(([name, text]) => [name, new TextEncoder().encode(text)])),
      };
      return createIntake(receiver, {
        resultsTopic: 'sleeve-results.v1',
        deadLetters: dead,
        deadLettersTopic: 'dlq.v1',
        onPoison: 'hold',
      }).handle(received, async () => undefined);
    };
    const first = await taken(await import('../../handlers/intake/intake.ts'), message.value);
    expect(first.outcome).toBe('accepted');
    const resent = await next.resultOfRun(ledger.session, runs[2]!, 'inline');
    expect(new TextDecoder().decode(resent.message.value)).toBe(new TextDecoder().decode(message.value));
    expect(await taken(next, resent.message.value)).toMatchObject({ outcome: 'already', runId: first.runId, letterId: null });
    expect(dead.sent).toEqual([]);
    const events = toDomainEvents(await receiver.ports.store.readStream('sleeve-coins', { from: 0n, maxCount: 10, direction: 'forwards' }));
    expect(events.map(({ type }) => type)).toEqual(['SleeveDefined', 'SleeveRunAccepted']);
  });
});

const writesSlippage: ManifestChange = ({ profiles }) =>
  void Object.assign(profiles['stocks']!, { backtest: { backtest_slippage: 0.0005 } });
const writesNoFee: ManifestChange = ({ profiles }) => void Object.assign(profiles['stocks']!, { backtest: { borrow_fee: 0 } });

describe('a changed default', () => {
  test('changes no id of a manifest that writes the value', async () => {
    const ledger = thisRelease.memoryLedger();
    const runId = await thisRelease.produce(ledger, thisRelease.manifestOf(writesSlippage), 'stocks', [thisRelease.fileOf('stocks')]);
    const next = await release({ backtest: { backtest_slippage: 0.002 } });
    expect(await again(next, ledger, 'stocks', writesSlippage)).toMatchObject({ runId, already: true });
    expect((await again(next, ledger, 'stocks')).already).toBe(false);
  });

  test('of a setting at its neutral value changes no id either: what was recorded before meant the neutral value', async () => {
    const ledger = thisRelease.memoryLedger();
    const runId = await thisRelease.produce(ledger, thisRelease.manifestOf(), 'stocks', [thisRelease.fileOf('stocks')]);
    const next = await release({ ...inertFee, backtest: { borrow_fee: 0.03 } });
    expect(await again(next, ledger, 'stocks', writesNoFee)).toMatchObject({ runId, already: true });
    expect((await again(next, ledger, 'stocks')).already).toBe(false);
  });
});

describe('a renamed setting', () => {
  test('keeps ids, exceptions and waivers', async () => {
    const manifest = thisRelease.manifestOf();
    const ledger = await thisRelease.ledgerWithSleeves(manifest);
    const runId = await thisRelease.produce(ledger, manifest, 'stocks', [thisRelease.fileOf('stocks')]);
    const meta = (await thisRelease.allocate(ledger, manifest, 'whole')).runId;
    // A setting that no arithmetic reads, so that nothing but its name changes.
    const { report_mode } = backtestBlock.backtestBlockSchema.shape;
    const renamedSchema = backtestBlock.backtestBlockSchema
      .omit({ report_mode: true })
      .extend({ reporting: report_mode }) as unknown as typeof backtestBlock.backtestBlockSchema;
    const next = await release({ schema: renamedSchema, renamed: { 'backtest.reporting': 'backtest.report_mode' } });
    expect(await again(next, ledger, 'stocks')).toMatchObject({ runId, already: true });
    expect((await next.world.allocate(ledger, next.world.manifestOf(), 'whole')).runId).toBe(meta);
    // An exception that was written under the old name speaks of the same leaf, as one under the new name does.
    for (const [correction, path] of [
      [1, 'backtest.report_mode'],
      [2, 'backtest.reporting'],
    ] as const) {
      const excepted = next.world.manifestOf(({ profiles }) => {
        Object.assign(profiles['coins']!['backtest'] as object, { reporting: 'short' });
        Object.assign(profiles['whole']!, { parity: { exceptions: [{ sleeve: 'coins', path, value: 'short', rationale: 'shorter' }] } });
      });
      await next.world.produce(ledger, excepted, 'coins', [next.world.fileOf('coins')], {}, correction);
      const { parity } = await next.world.allocate(ledger, excepted, 'whole');
      expect(parity.verdict.leaves.find((leaf) => leaf.path === 'backtest.report_mode')).toMatchObject({
        status: 'excepted',
        values: { coins: 'short', stocks: 'full' },
      });
      expect(parity.verdict.leaves.find((leaf) => leaf.path === 'backtest.reporting')).toBeUndefined();
    }
  });
});

const noted =
  (description: string): ManifestChange =>
  ({ profiles }) =>
    void Object.assign(profiles['stocks']!, { tournament: { description } });

describe('what identity version 1 could not tell apart', () => {
  test('is found under version 1 where it was recorded so, and is another run where it differs', async () => {
    const first = await release({ firstIdentity: true });
    const { world } = first;
    const manifest = world.manifestOf(noted('a'));
    const ledger = await world.ledgerWithSleeves(manifest);
    const old = await world.allocate(ledger, manifest, 'whole');
    await first.applyManifest(ledger.session, manifest, null);
    const restated = await world.allocate(ledger, manifest, 'whole', { restateWhy: 'a slip' });
    const before = await count(ledger);

    const next = await release({});
    const found = await next.world.allocate(ledger, next.world.manifestOf(noted('a')), 'whole');
    expect([found.runId, found.already]).toEqual([old.runId, true]);
    expect(found.drafts.map(({ type, data }) => [type, data])).toEqual(
      JSON.parse(JSON.stringify(old.drafts.map(({ type, data }) => [type, data]))),
    );
    expect(await next.world.allocate(ledger, next.world.manifestOf(noted('a')), 'whole', { restateWhy: 'a slip' })).toMatchObject({
      runId: restated.runId,
      already: true,
    });
    const applied = await next.applyManifest(ledger.session, next.world.manifestOf(noted('a')), null);
    expect(applied.portfolios.filter(({ already }) => !already)).toEqual([]);
    expect((await count(ledger)) - before).toBe(0);

    // Version 1 would have answered with the run above: version 2 counts the member.
    const other = next.world.manifestOf(noted('b'));
    expect(await next.world.allocate(ledger, other, 'whole')).toMatchObject({ already: false });
    expect((await next.applyManifest(ledger.session, other, ['whole'])).portfolios).toMatchObject([{ number: 2, already: false }]);
    // The first definition again bears its first hash, so that what was decided on it stays decided.
    await next.applyManifest(ledger.session, next.world.manifestOf(noted('a')), ['whole']);
    const defined = toDomainEvents(
      await ledger.memory.store.readStream('metaPortfolio-whole', { from: 0n, maxCount: 10, direction: 'forwards' }),
    );
    const [one, two, three] = defined.map(({ data }) => (data as { definitionHash: string }).definitionHash);
    expect([three, two === one]).toEqual([one, false]);
  });
});
