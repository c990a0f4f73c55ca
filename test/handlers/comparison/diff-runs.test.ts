import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { RiskProfile } from '../../../domain/risk/schemas.ts';
import { factors, sumOfParts } from '../../../handlers/comparison/diff-parts.ts';
import { type ChangedWeight, diffRuns, type ProfileDiff, type RunDiff } from '../../../handlers/comparison/diff-runs.ts';
import { allocate, fileOf, type Ledger, ledgerWithSleeves, manifestOf, produce } from '../replay/world.ts';

type Profiles = Record<string, Record<string, unknown>>;

function compared(
  ledger: Ledger,
  before: string,
  after: string,
  risks: readonly [RiskProfile, RiskProfile] | null = null,
): Promise<RunDiff> {
  return diffRuns(ledger.session.ports, { before, after, risks, asOf: null, knownAt: null });
}

function weightsOf({ sleeves, assets }: ProfileDiff): readonly ChangedWeight[] {
  return [...sleeves, ...assets];
}

function expectExact(profile: ProfileDiff): void {
  expect(weightsOf(profile).length).toBeGreaterThan(0);
  for (const weight of weightsOf(profile)) {
    expect(weight.change).toBe(weight.after - weight.before);
    expect(sumOfParts(weight.parts)).toBe(weight.change);
    expect(Math.abs(weight.parts.rounding)).toBeLessThan(1e-15);
  }
}

/** Parts that are not zero anywhere, in their order. */
function causes(profile: ProfileDiff, of: 'sleeves' | 'assets'): string[] {
  return factors.filter((factor) => profile[of].some(({ parts }) => parts[factor] !== 0));
}

const manifest = manifestOf();
const asked = { reproduced: { before: true, after: true }, unseparated: [] };

/** A ledger in which every sleeve has a second run, one month later. */
async function twoMonths(): Promise<{ ledger: Ledger; first: string; second: string }> {
  const ledger = await ledgerWithSleeves(manifest);
  const first = await allocate(ledger, manifest, 'whole', { risks: ['risk_parity', 'hrp'] });
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) await produce(ledger, manifest, sleeve, [fileOf(sleeve, '2023-01-31')]);
  const second = await allocate(ledger, manifest, 'whole', { risks: ['risk_parity', 'max_sharpe'] });
  return { ledger, first: first.runId, second: second.runId };
}

function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => (error instanceof LedgerError ? error.code : error));
}

describe('the difference of two meta runs', () => {
  test('of the same run is nothing at all', async () => {
    const ledger = await ledgerWithSleeves(manifest);
    const { runId, allocations } = await allocate(ledger, manifest, 'whole', { risks: 'all' });
    const { profiles, inputs } = await compared(ledger, runId, runId);
    expect(profiles.map(({ riskAfter }) => riskAfter)).toEqual(allocations.map(({ risk }) => risk));
    expect(profiles.length).toBeGreaterThan(5);
    for (const profile of profiles) {
      expect(profile).toMatchObject(asked);
      for (const { change, parts } of weightsOf(profile))
        expect([change, ...Object.values(parts)].every((value) => value === 0)).toBe(true);
    }
    expect(inputs).toEqual({ sleeveRuns: [], definition: [], waivers: { onlyBefore: [], onlyAfter: [] } });
  });

  test('with other bounds only is put to the bounds, and the leaf is named', async () => {
    const ledger = await ledgerWithSleeves(manifest);
    const tight = manifestOf(
      ({ profiles }: { profiles: Profiles }) =>
        void (profiles['whole']!['meta_allocation'] = { profile: 'risk_parity', min_weight: 0.05, max_weight: 0.4 }),
    );
    const [before, after] = [await allocate(ledger, manifest, 'whole'), await allocate(ledger, tight, 'whole')];
    const { profiles, inputs } = await compared(ledger, before.runId, after.runId);
    expectExact(profiles[0]!);
    expect(profiles[0]).toMatchObject(asked);
    expect([causes(profiles[0]!, 'sleeves'), causes(profiles[0]!, 'assets')]).toEqual([['bounds'], ['bounds']]);
    expect(inputs.definition).toContainEqual({ path: 'allocation.max_weight', before: 0.6, after: 0.4 });
    expect(inputs.definition).toContainEqual({ path: 'bounds.coins.upper', before: 0.6, after: 0.4 });
    expect(inputs.sleeveRuns).toEqual([]);
  });

  test.each(['join', 'profile'] as const)('with another %s only is put to the definition', async (what) => {
    const ledger = await ledgerWithSleeves(manifest);
    const before = await allocate(ledger, manifest, 'whole');
    const after = await allocate(ledger, manifest, 'whole', what === 'join' ? { join: 'drop' } : { risks: ['min_variance'] });
    const { profiles } = await compared(ledger, before.runId, after.runId, what === 'join' ? null : ['risk_parity', 'min_variance']);
    expectExact(profiles[0]!);
    expect(profiles[0]).toMatchObject({ ...asked, riskBefore: 'risk_parity', riskAfter: what === 'join' ? 'risk_parity' : 'min_variance' });
    expect(causes(profiles[0]!, 'assets')).toEqual(['definition']);
  });

  test('with newer sleeve runs is put to what the sleeves hold and to the returns that are joined', async () => {
    const { ledger, first, second } = await twoMonths();
    const { profiles, inputs, onlyBefore, onlyAfter } = await compared(ledger, first, second);
    expect(profiles.map(({ riskBefore }) => riskBefore)).toEqual(['risk_parity']);
    expectExact(profiles[0]!);
    expect(profiles[0]).toMatchObject(asked);
    // A sleeve's own holdings move no sleeve weight.
    expect(causes(profiles[0]!, 'sleeves')).toEqual(['covariance']);
    expect(causes(profiles[0]!, 'assets')).toEqual(['sleeveResults', 'covariance']);
    expect(inputs.sleeveRuns.map(({ path }) => path)).toEqual(['coins', 'funds', 'stocks']);
    expect(onlyBefore).toEqual([{ risk: 'hrp', reason: 'the run was not asked for it' }]);
    expect(onlyAfter).toEqual([{ risk: 'max_sharpe', reason: 'the run was not asked for it' }]);
  });

  test('the sleeve results are the new holdings under the old sleeve weights', async () => {
    const { ledger, first, second } = await twoMonths();
    const { profiles } = await compared(ledger, first, second);
    const { sleeves, assets } = profiles[0]!;
    const held = async (meta: string): Promise<Map<string, { sleeve: string; weight: number }>> => {
      const stored = await ledger.memory.store.readStream(`metaRun-${meta}`, { from: 0n, maxCount: 100, direction: 'forwards' });
      const opened = JSON.parse(new TextDecoder().decode(stored[0]!.bytes)) as { data: { consumed: { runId: string; path: string[] }[] } };
      const holdings = new Map<string, { sleeve: string; weight: number }>();
      for (const { runId, path } of opened.data.consumed) {
        for (const event of await ledger.memory.store.readStream(`sleeveRun-${runId}`, {
          from: 0n,
          maxCount: 100,
          direction: 'forwards',
        })) {
          const { data } = JSON.parse(new TextDecoder().decode(event.bytes)) as {
            data: { risk: string; weights: { symbol: string; weight: number }[] };
          };
          if (event.type === 'SleeveProfileSolved' && data.risk === 'risk_parity')
            for (const { symbol, weight } of data.weights) holdings.set(symbol, { sleeve: path[0]!, weight });
        }
      }
      return holdings;
    };
    const [was, is] = [await held(first), await held(second)];
    for (const { name, parts } of assets) {
      const sleeve = was.get(name)!.sleeve;
      const share = sleeves.find((weight) => weight.name === sleeve)!.before;
      expect(parts.sleeveResults).toBeCloseTo(share * (is.get(name)!.weight - was.get(name)!.weight), 14);
    }
  });

  test('with another set of sleeves is put to the definition; what only one run holds weighs nothing in the other', async () => {
    const ledger = await ledgerWithSleeves(manifest);
    const fewer = manifestOf(({ profiles }: { profiles: Profiles }) => void (profiles['whole']!['sleeves'] as unknown[]).splice(2, 1));
    const [before, after] = [await allocate(ledger, fewer, 'whole'), await allocate(ledger, manifest, 'whole')];
    const { profiles, inputs } = await compared(ledger, before.runId, after.runId);
    expectExact(profiles[0]!);
    expect(profiles[0]!.sleeves.find(({ name }) => name === 'coins')).toMatchObject({
      before: 0,
      parts: { sleeveResults: 0, covariance: 0, bounds: 0 },
    });
    expect(causes(profiles[0]!, 'sleeves')).toEqual(['definition']);
    expect(inputs.sleeveRuns).toEqual([{ path: 'coins', before: null, after: after.request.leaves.get('coins')!.runId }]);
    const back = await compared(ledger, after.runId, before.runId);
    expectExact(back.profiles[0]!);
    expect(back.profiles[0]!.sleeves.find(({ name }) => name === 'coins')).toMatchObject({ after: 0 });
  });

  test('reaches through a nest, with shares of the whole at every depth', async () => {
    const ledger = await ledgerWithSleeves(manifest);
    const narrow = manifestOf(
      ({ profiles }: { profiles: Profiles }) =>
        void (profiles['listed']!['meta_allocation'] = { profile: 'risk_parity', min_weight: 0.05, max_weight: 0.52 }),
    );
    const [before, after] = [await allocate(ledger, manifest, 'nested'), await allocate(ledger, narrow, 'nested')];
    const { profiles, inputs } = await compared(ledger, before.runId, after.runId);
    expectExact(profiles[0]!);
    expect(profiles[0]!.sleeves.map(({ name }) => name)).toEqual(['coins', 'listed', 'listed/funds', 'listed/stocks']);
    expect(causes(profiles[0]!, 'assets')).toEqual(['bounds']);
    expect(inputs.definition).toContainEqual({ path: 'sleeves.listed.meta.bounds.funds.upper', before: 0.7, after: 0.52 });
    const share = (name: string): number => profiles[0]!.sleeves.find((weight) => weight.name === name)!.after;
    expect(share('listed/funds') + share('listed/stocks')).toBeCloseTo(share('listed'), 14);
  });

  test('of a portfolio and a nest over the same sleeves still sums', async () => {
    const ledger = await ledgerWithSleeves(manifest);
    const [before, after] = [await allocate(ledger, manifest, 'whole'), await allocate(ledger, manifest, 'nested')];
    const { profiles } = await compared(ledger, before.runId, after.runId);
    expectExact(profiles[0]!);
    expect(profiles[0]!.assets.map(({ name }) => name)).toEqual(expect.arrayContaining(['BINANCE:XXXUSDT', 'NYSE:AAA']));
  });

  test('an input that cannot be exchanged alone says so, and its part goes to the next', async () => {
    const ledger = await ledgerWithSleeves(manifest);
    const fewer = manifestOf(({ profiles }: { profiles: Profiles }) => {
      (profiles['whole']!['sleeves'] as unknown[]).splice(2, 1);
      profiles['whole']!['meta_allocation'] = { profile: 'risk_parity', min_weight: 0.05, max_weight: 0.6 };
    });
    const tight = manifestOf(
      ({ profiles }: { profiles: Profiles }) =>
        void (profiles['whole']!['meta_allocation'] = { profile: 'risk_parity', min_weight: 0.05, max_weight: 0.35 }),
    );
    const [before, after] = [await allocate(ledger, fewer, 'whole'), await allocate(ledger, tight, 'whole')];
    const { profiles } = await compared(ledger, before.runId, after.runId);
    // Two sleeves of at most 0.35 each hold no whole portfolio.
    expect(profiles[0]!.unseparated).toEqual([{ factor: 'bounds', reason: expect.stringContaining('0.7') }]);
    expectExact(profiles[0]!);
    expect(causes(profiles[0]!, 'sleeves')).toEqual(['definition']);
  });

  test('is refused for a profile that a run lacks, a rejected run, a sleeve run and runs with no profile in common', async () => {
    const { ledger, first, second } = await twoMonths();
    expect(await codeOf(compared(ledger, first, second, ['hrp', 'hrp']))).toBe('NothingRecorded');
    const other = await allocate(ledger, manifest, 'whole', { risks: ['min_variance'] });
    expect(await codeOf(compared(ledger, first, other.runId))).toBe('NothingRecorded');
    expect(await codeOf(compared(ledger, first, other.request.leaves.get('coins')!.runId))).toBe('Usage');
    expect(await codeOf(compared(ledger, 'nobody', first))).toBe('RunUnknown');
  });
});
