import { describe, expect, test } from '@jest/globals';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { MetaRunOutcome } from '../../../handlers/commands/flow-meta.ts';
import { type Counterfactual, counterfactual, type CounterfactualQuery } from '../../../handlers/queries/counterfactual.ts';
import { allocationFacts } from '../../../domain/meta-run/allocation-facts.ts';
import { settablePaths } from '../../../handlers/comparison/override-node.ts';
import { overridesOf } from '../../../presentation/cli/verbs/counterfactual.ts';
import { allocate, type Ledger, ledgerWithSleeves, manifestOf } from './world.ts';
import { addressesIn } from '../../support/artifact-addresses.ts';

type Profiles = Record<string, Record<string, unknown>>;

const unchanged = { overrides: {}, risks: null, join: null, projection: null, dropSleeves: [], asOf: null, knownAt: null } as const;

/** Counterfactuals write nothing, so every test may ask the same ledger. */
const manifest = manifestOf();
const ledger: Ledger = await ledgerWithSleeves(manifest);

function ask(runId: string, query: Partial<CounterfactualQuery>): Promise<Counterfactual> {
  return counterfactual(ledger.session.ports, { ...unchanged, runId, ...query });
}

async function refusal(promise: Promise<unknown>): Promise<LedgerError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof LedgerError) return error;
  throw error ?? new Error('nothing was refused');
}

/** Writes a setting where a manifest has it. */
function write(profile: Record<string, unknown>, path: string, value: Json): void {
  const [block, key, ...rest] = path.split('.');
  const inside = (profile[block!] ??= {}) as Record<string, unknown>;
  if (rest.length === 0) inside[key!] = value;
  else inside[key!] = { ...(inside[key!] as object | undefined), [rest[0]!]: value };
}

function weightsOf(
  outcome: MetaRunOutcome,
  risk: 'risk_parity' | 'hrp' | 'min_variance' | 'barbell',
): { sleeves: object; assets: object; statuses: unknown } {
  const facts = allocationFacts(outcome.drafts, risk)!;
  return {
    sleeves: Object.fromEntries(facts.sleeves),
    assets: Object.fromEntries(facts.assets),
    statuses: facts.acceptance.map(({ check, status, value }) => [check, status, value]),
  };
}

function weightsAfter(moved: readonly { readonly name: string; readonly after: number }[]): object {
  return Object.fromEntries(moved.filter((item) => item.after !== 0).map((item) => [item.name, item.after]));
}

function answered({ profiles }: Counterfactual): ReturnType<typeof weightsOf> {
  const [profile] = profiles;
  return {
    sleeves: weightsAfter(profile!.sleeves),
    assets: weightsAfter(profile!.assets),
    statuses: profile!.acceptance.map(({ check, after: status, valueAfter }) => [check, status, valueAfter]),
  };
}

describe('a counterfactual', () => {
  test.each([
    ['whole', 'risk_parity', 'meta_allocation.max_weight', 0.4],
    ['whole', 'risk_parity', 'meta_allocation.min_weight', 0.2],
    ['whole', 'risk_parity', 'meta_allocation.min_weight', null],
    ['whole', 'risk_parity', 'meta_allocation.join', 'drop'],
    ['whole', 'min_variance', 'meta_allocation.projection', 'proportional'],
    ['whole', 'risk_parity', 'features.default_shrinkage_intensity', 0.5],
    ['whole', 'risk_parity', 'risk.estimator', 'sample'],
    ['whole', 'hrp', 'risk.hrp.linkage', 'single'],
    ['whole', 'barbell', 'risk.aggressor_fraction', 0.3],
    ['whole', 'min_variance', 'risk.ridge', 0.01],
    ['whole', 'risk_parity', 'acceptance.concentration_warn', 0.05],
  ] as const)('of %s (%s) with %s = %p gives what a run with that manifest gives', async (meta, risk, path, value) => {
    const { runId } = await allocate(ledger, manifest, meta, { risks: [risk] });
    const answer = await ask(runId, { overrides: { [path]: value } });
    const written = manifestOf(({ profiles }: { profiles: Profiles }) => write(profiles[meta]!, path, value));
    const real = await allocate(ledger, written, meta, { risks: [risk] });
    expect(real.runId).not.toBe(runId);
    expect(answer.sameRun).toBe(false);
    expect(answered(answer)).toEqual(weightsOf(real, risk));
  });

  test('reaches the limit of one sleeve, and the settings of a nested portfolio', async () => {
    const { runId } = await allocate(ledger, manifest, 'nested');
    const answer = await ask(runId, {
      overrides: { 'sleeves.coins.weight_limit': [0.3, 0.4], 'sleeves.listed.meta_allocation.max_weight': 0.55 },
    });
    const written = manifestOf(({ profiles }: { profiles: Profiles }) => {
      (profiles['nested']!['sleeves'] as Record<string, unknown>[])[1]!['weight_limit'] = [0.3, 0.4];
      write(profiles['listed']!, 'meta_allocation.max_weight', 0.55);
    });
    expect(answered(answer)).toEqual(weightsOf(await allocate(ledger, written, 'nested'), 'risk_parity'));
  });

  test('without a sleeve gives what a portfolio without it gives', async () => {
    const { runId } = await allocate(ledger, manifest, 'whole');
    const answer = await ask(runId, { dropSleeves: ['funds'] });
    const written = manifestOf(({ profiles }: { profiles: Profiles }) => void (profiles['whole']!['sleeves'] as unknown[]).splice(1, 1));
    expect(answered(answer)).toEqual(weightsOf(await allocate(ledger, written, 'whole'), 'risk_parity'));
    expect(answer.profiles[0]!.sleeves.find(({ name }) => name === 'funds')).toMatchObject({ after: 0 });
  });

  test('is held against what was recorded, also under another profile', async () => {
    const recorded = await allocate(ledger, manifest, 'whole');
    const answer = await ask(recorded.runId, { risks: ['hrp'] });
    const [profile] = answer.profiles;
    expect(profile).toMatchObject({ risk: 'hrp', against: 'risk_parity', status: 'allocated' });
    const facts = allocationFacts(recorded.drafts, 'risk_parity')!;
    expect(profile!.volatilityExAnte.before).toBe(facts.volatilityExAnte);
    expect(profile!.sleeves.map(({ name, before }) => [name, before])).toEqual([...facts.sleeves]);
    for (const { before, after, change } of [...profile!.sleeves, ...profile!.assets]) expect(change).toBe(after - before);
    const sizes = profile!.largestChanges.map(({ change }) => Math.abs(change));
    expect(sizes).toEqual(sizes.toSorted((left, right) => right - left));
  });

  test('of nothing is the run itself, to the bit', async () => {
    const { runId } = await allocate(ledger, manifest, 'whole', { risks: 'all' });
    const answer = await ask(runId, { overrides: { 'meta_allocation.max_weight': 0.6 } });
    expect(answer.sameRun).toBe(true);
    expect(answer.profiles.flatMap(({ sleeves, assets }) => [...sleeves, ...assets]).every(({ change }) => change === 0)).toBe(true);
  });

  test('writes no event and no artifact', async () => {
    const { runId } = await allocate(ledger, manifest, 'whole');
    const { store, artifacts } = ledger.memory;
    const before = [await store.head(), await addressesIn(artifacts)];
    await ask(runId, { overrides: { 'meta_allocation.max_weight': 0.4 }, risks: 'all' });
    expect([await store.head(), await addressesIn(artifacts)]).toEqual(before);
  });

  test('says that parity would be rejected', async () => {
    const { runId } = await allocate(ledger, manifest, 'whole');
    const answer = await ask(runId, { overrides: { 'parity.mandate': 'enforce' } });
    expect(answer).toMatchObject({ parity: { outcome: 'rejected' }, profiles: [] });
  });
});

describe('a counterfactual that cannot be asked', () => {
  test.each([
    ['meta_allocation.max_wieght', 0.6, 'did you mean meta_allocation.max_weight?'],
    ['sleeves.coin.weight_limit', [0, 1], 'did you mean sleeves.coins.weight_limit?'],
    ['risk.cluster_cap', 0.1, 'no such setting'],
    ['meta_allocation.max_weight', 'much', 'meta_allocation.max_weight'],
    ['meta_allocation.join', 'outer', 'compound, drop'],
    ['risk.hrp.linkage', 'wards', 'did you mean ward?'],
  ])('%s = %p is refused as usage, with what may have been meant', async (path, value, words) => {
    const { runId } = await allocate(ledger, manifest, 'whole');
    const error = await refusal(ask(runId, { overrides: { [path]: value } }));
    expect([error.code, error.exitStatus]).toEqual(['Usage', 2]);
    expect(error.message).toContain(words);
  });

  test('bounds that exclude every allocation are refused as infeasible', async () => {
    const { runId } = await allocate(ledger, manifest, 'whole');
    expect((await refusal(ask(runId, { overrides: { 'meta_allocation.max_weight': 0.3 } }))).code).toBe('BoundsInfeasible');
  });

  test('a sleeve run, an unknown run and an unknown sleeve are refused', async () => {
    const { runId, request } = await allocate(ledger, manifest, 'whole');
    expect((await refusal(ask(request.leaves.get('coins')!.runId, {}))).code).toBe('Usage');
    expect((await refusal(ask('nobody', {}))).code).toBe('RunUnknown');
    expect((await refusal(ask(runId, { dropSleeves: ['founds'] }))).message).toContain('did you mean funds?');
  });

  test('every setting that is offered is taken with its own value', async () => {
    const { runId, request } = await allocate(ledger, manifest, 'whole');
    const { allocation, blocks, parity, acceptance } = request.node;
    const own: Record<string, unknown> = { meta_allocation: allocation, parity, acceptance, risk: blocks.risk, features: blocks.features };
    const overrides = Object.fromEntries(
      settablePaths(request.node)
        .filter((path) => !path.startsWith('sleeves.'))
        .map((path) => [path, path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], own) as Json]),
    );
    expect(Object.keys(overrides)).toHaveLength(18);
    expect((await ask(runId, { overrides })).sameRun).toBe(true);
  });
});

describe('--set', () => {
  test('takes JSON and bare words', () => {
    expect(overridesOf(['a.b=0.5', 'c=[0,1]', 'd=null', 'e=drop', 'f="x=y"'])).toEqual({
      'a.b': 0.5,
      c: [0, 1],
      d: null,
      e: 'drop',
      f: 'x=y',
    });
  });

  test.each([['a'], ['=1'], ['a={'], ['a=1', 'a=2']])('refuses %p', (...settings) => {
    expect(() => overridesOf(settings)).toThrow(LedgerError);
  });
});
