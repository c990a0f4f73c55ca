import { describe, expect, test } from '@jest/globals';
import { publicationDefaults } from '../../../domain/manifest/publication-block.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { loadDocument } from '../../../handlers/artifacts/artifact-files.ts';
import { applyManifest, type AppliedName } from '../../../handlers/commands/apply-manifest.ts';
import { allocate, ledgerWithSleeves, manifestOf, memoryLedger } from '../replay/world.ts';
import { deskManifest, openDesk, recorded } from './desk.ts';
import { withPolicy } from './looking.ts';
import { addressesIn } from '../../support/artifact-addresses.ts';

const names = (applied: readonly AppliedName[]): string[] =>
  applied.map(({ name, number, already }) => `${name} ${number}${already ? ' already' : ''}`);
type Change = NonNullable<Parameters<typeof deskManifest>[0]>;

/** `whole` under another name as well, and a sleeve that it asks for by an alias. */
const aliased: Change = ({ profiles }) => {
  const loose = profiles as Record<string, unknown>;
  loose['other_name'] = 'whole';
  loose['equities'] = 'stocks';
  (profiles['listed']!['sleeves'] as object[])[0] = { id: 'stocks', profile: 'equities' };
};

describe('applying a manifest', () => {
  test('defines every portfolio and every sleeve, with what the reaction needs to know', async () => {
    const ledger = memoryLedger();
    const manifest = withPolicy({ no_trade_band_two_sided: 0.02 }, ({ profiles }) =>
      Object.assign(profiles['coins']!, { expected_by: { time: '01:00', zone: 'UTC', calendar: 'XCRY', days_after: 1 } }),
    );
    const applied = await applyManifest(ledger.session, manifest, null);
    expect(names(applied.portfolios)).toEqual(['listed 1', 'nested 1', 'whole 1']);
    expect(names(applied.sleeves)).toEqual(['coins 1', 'funds 1', 'stocks 1']);
    const defined = await recorded(ledger, 'MetaPortfolioDefined');
    expect(defined.find(({ meta }) => meta === 'whole')).toMatchObject({
      number: 1,
      profile: 'whole',
      risk: 'risk_parity',
      policy: { ...publicationDefaults, no_trade_band_two_sided: 0.02 },
    });
    const nested = defined.find(({ meta }) => meta === 'nested')!;
    expect(nested.sleeves).toEqual([
      { path: ['listed', 'stocks'], sleeve: 'stocks', pinnedRunId: null },
      { path: ['listed', 'funds'], sleeve: 'funds', pinnedRunId: null },
      { path: ['coins'], sleeve: 'coins', pinnedRunId: null },
    ]);
    expect(await loadDocument(ledger.session.ports.artifacts, 'meta-portfolio', nested.definition)).toEqual(
      resolveMeta(manifest, 'nested'),
    );
    expect((await recorded(ledger, 'SleeveDefined')).map(({ sleeve, expectedBy }) => [sleeve, expectedBy])).toEqual([
      ['coins', { time: '01:00', zone: 'UTC', calendar: 'XCRY', days_after: 1 }],
      ['funds', null],
      ['stocks', null],
    ]);
  });

  test('twice changes nothing', async () => {
    const desk = await openDesk();
    const head = await desk.memory.store.head();
    const again = await applyManifest(desk.session, deskManifest(), null);
    expect(names(again.portfolios)).toEqual(['listed 1 already', 'nested 1 already', 'whole 1 already']);
    expect(names(again.sleeves)).toEqual(['coins 1 already', 'funds 1 already', 'stocks 1 already']);
    expect(await desk.memory.store.head()).toBe(head);
  });

  test.each<[string, Change, string[]]>([
    [
      'a policy is the next definition of its portfolio only',
      ({ profiles }) => Object.assign(profiles['whole']!, { publication: { no_trade_band_two_sided: 0.03 } }),
      ['listed 1 already', 'nested 1 already', 'whole 2'],
    ],
    [
      'bounds are the next definition of every portfolio that they are in',
      ({ profiles }) => Object.assign(profiles['listed']!['meta_allocation'] as object, { max_weight: 0.65 }),
      ['listed 2', 'nested 2', 'whole 1 already'],
    ],
    [
      "a sleeve's settings are the next definition of every portfolio that holds it",
      ({ profiles }) => Object.assign(profiles['coins']!['backtest'] as object, { backtest_slippage: 0.002 }),
      ['listed 1 already', 'nested 2', 'whole 2'],
    ],
    [
      'words that change no number are none',
      ({ profiles }) => Object.assign(profiles['whole']!, { description: 'the whole book' }),
      ['listed 1 already', 'nested 1 already', 'whole 1 already'],
    ],
  ])('changed %s', async (_, change, expected) => {
    const desk = await openDesk();
    expect(names((await applyManifest(desk.session, deskManifest(change), null)).portfolios)).toEqual(expected);
  });

  test('with another expected time defines the sleeve again, and no portfolio', async () => {
    const desk = await openDesk();
    const later = deskManifest(({ profiles }) =>
      Object.assign(profiles['stocks']!, { expected_by: { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' } }),
    );
    const applied = await applyManifest(desk.session, later, null);
    expect(names(applied.sleeves)).toEqual(['coins 1 already', 'funds 1 already', 'stocks 2']);
    expect(names(applied.portfolios)).toEqual(['listed 1 already', 'nested 1 already', 'whole 1 already']);
  });

  test('defines a sleeve by the name that a portfolio asks for, and a portfolio by an alias only when asked to', async () => {
    const ledger = memoryLedger();
    const manifest = deskManifest(aliased);
    const applied = await applyManifest(ledger.session, manifest, null);
    expect(names(applied.portfolios)).toEqual(['listed 1', 'nested 1', 'whole 1']);
    expect(names(applied.sleeves)).toEqual(['coins 1', 'equities 1', 'funds 1', 'stocks 1']);
    expect((await recorded(ledger, 'SleeveDefined')).find(({ sleeve }) => sleeve === 'equities')).toMatchObject({ profile: 'stocks' });
    expect(names((await applyManifest(ledger.session, manifest, ['other_name'])).portfolios)).toEqual(['other_name 1']);
    const alias = (await recorded(ledger, 'MetaPortfolioDefined')).at(-1)!;
    expect(alias).toMatchObject({ meta: 'other_name', profile: 'whole' });
    expect(alias.sleeves.map(({ sleeve }) => sleeve)).toEqual(['stocks', 'funds', 'coins']);
  });

  test.each<[string, Change, string]>([
    [
      'bounds that cannot be met',
      ({ profiles }) => Object.assign(profiles['whole']!['meta_allocation'] as object, { max_weight: 0.2 }),
      'BoundsInfeasible',
    ],
    [
      'another engine',
      ({ profiles }) => Object.assign(profiles['whole']!['meta_allocation'] as object, { engine: 'skfolio' }),
      'EngineUnavailable',
    ],
  ])('of which one portfolio has %s records nothing at all', async (_, change, code) => {
    const { session, memory } = memoryLedger();
    await expect(applyManifest(session, deskManifest(change), null)).rejects.toEqual(expect.objectContaining({ code }));
    expect(await memory.store.head()).toBeNull();
    expect(await addressesIn(memory.artifacts)).toEqual([]);
    // The portfolios that are sound can be applied by name.
    expect(names((await applyManifest(session, deskManifest(change), ['listed'])).portfolios)).toEqual(['listed 1']);
  });

  test('asked for a portfolio that the manifest does not have records nothing', async () => {
    const { session, memory } = memoryLedger();
    await expect(applyManifest(session, deskManifest(), ['whole', 'unheard_of'])).rejects.toEqual(
      expect.objectContaining({ code: 'ProfileUnknown' }),
    );
    expect(await memory.store.head()).toBeNull();
  });
});

describe('the publication block', () => {
  test('changes neither the definition hash nor the id of a meta run', async () => {
    const policy = { quorum: { at_least: 2, max_staleness_sessions: 3 }, no_trade_band_two_sided: 0.1, max_turnover_two_sided: 0.5 };
    const [without, withBlock] = [manifestOf(), manifestOf(({ profiles }) => Object.assign(profiles['whole']!, { publication: policy }))];
    const runs = [];
    const hashes = [];
    for (const manifest of [without, withBlock]) {
      const ledger = await ledgerWithSleeves(manifest);
      runs.push((await allocate(ledger, manifest, 'whole')).runId);
      await applyManifest(ledger.session, manifest, ['whole']);
      hashes.push((await recorded(ledger, 'MetaPortfolioDefined'))[0]!.definitionHash);
    }
    expect(new Set(runs).size).toBe(1);
    expect(new Set(hashes).size).toBe(1);
  });
});
