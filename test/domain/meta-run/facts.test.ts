import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { isAllocated } from '../../../domain/allocation/meta-allocation.ts';
import { defaultOptions, optionsOf } from '../../../domain/allocation/meta-options.ts';
import { comparedAllocation } from '../../../domain/allocation/shares.ts';
import { readDocument } from '../../../domain/documents/documents.ts';
import { allocatedIn, whyNotAllocated } from '../../../domain/meta-run/allocated.ts';
import { allocatedRisks, allocationFacts, reasonForNoAllocation } from '../../../domain/meta-run/allocation-facts.ts';
import { type ComputedMetaRun, computeMetaRun } from '../../../domain/meta-run/computed-run.ts';
import type { MetaRunRequest } from '../../../domain/meta-run/identity.ts';
import { metaRunEventsIn } from '../../../domain/meta-run/slice.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { type SyntheticRun, nestedPortfolio, runsOf } from '../../support/delivered-runs.ts';
import { parityEvidence } from '../../support/parity-evidence.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const waiver = { waiverId: 'w1', meta: 'whole', who: 'ann', why: 'known', paths: ['backtest.train_window'], until: '2024-12-31' };
const otherWindow = { coins: { parityLeaves: { ...parityEvidence, 'backtest.train_window': 90 } } };

function computed(runs: Readonly<Record<string, SyntheticRun>> = {}, change: Partial<MetaRunRequest> = {}): ComputedMetaRun {
  const node = nestedPortfolio();
  const leaves = runsOf(node, runs);
  const options = optionsOf(node, { ...defaultOptions, risks: ['hrp', 'risk_parity'] });
  const staleness = new Map([...leaves.keys()].map((path) => [path, 0]));
  return computeMetaRun(
    { node, options, leaves, staleness, asOf: '2024-06-17', waivers: [], restatement: 0, supersedes: null, why: null, rules: 1, ...change },
    sha256,
  );
}
const types = ({ drafts }: ComputedMetaRun): string[] => drafts.map(({ type }) => type);
const ofNode = ['SleeveReturnsJoined', 'SleeveWeightsOptimised', 'GuardrailsApplied'];
const ofProfile = [...ofNode, ...ofNode, 'PortfolioFlattened', 'AcceptanceMeasured'];

describe('the facts of a meta run', () => {
  test('tell the opening, parity, each profile from the portfolios below up, and the end', () => {
    const run = computed();
    expect(types(run)).toEqual(['MetaRunOpened', 'ParityAccepted', ...ofProfile, ...ofProfile, 'MetaRunCompleted']);
    expect(dataOf(run.drafts, 'SleeveReturnsJoined').map(({ risk, path }) => [risk, path])).toEqual(
      run.result.profiles.flatMap(({ risk }) => [
        [risk, ['listed']],
        [risk, []],
      ]),
    );
  });

  test('refer to staged artifacts, and nothing else is staged', () => {
    const { drafts, staged } = computed();
    const referred = [
      ...dataOf(drafts, 'MetaRunOpened').map(({ definition }) => definition.sha256),
      ...dataOf(drafts, 'SleeveReturnsJoined').map(({ matrix }) => matrix.sha256),
      ...dataOf(drafts, 'PortfolioFlattened').map(({ portfolio }) => portfolio.sha256),
    ];
    for (const address of referred) expect(staged.get(address)).toBeDefined();
    expect(staged.contents()).toHaveLength(new Set(referred).size);
  });

  test('end with the rejection of parity', () => {
    const run = computed(otherWindow);
    expect(types(run)).toEqual(['MetaRunOpened', 'ParityRejected']);
    expect(whyNotAllocated(run.drafts)).toMatchObject({
      code: 'ParityRejected',
      evidence: { overlap: dataOf(run.drafts, 'ParityRejected')[0]!.verdict.overlap },
    });
    expect(reasonForNoAllocation(run.drafts, 'hrp')).toBe('parity was rejected');
  });

  test('name the waivers that let it pass, and no others', () => {
    const run = computed(otherWindow, { waivers: [{ ...waiver, waiverId: 'w0', paths: ['features.other'] }, waiver] });
    expect(types(run)[1]).toBe('ParityWaived');
    expect(dataOf(run.drafts, 'ParityWaived')[0]!.waivers).toEqual([waiver]);
    expect(dataOf(run.drafts, 'MetaRunOpened')[0]!.waivers).toEqual([waiver]);
  });

  test('tell a failed profile in its place, and keep no table of it', () => {
    const run = computed({ stocks: { risks: ['hrp'] } });
    const failed = { risk: 'risk_parity', meta: 'whole', path: [], code: 'ProfileNotAvailable' };
    expect(dataOf(run.drafts, 'MetaProfileFailed')).toMatchObject([failed]);
    expect(dataOf(run.drafts, 'MetaRunCompleted')).toMatchObject([{ allocated: ['hrp'], failed: ['risk_parity'] }]);
    expect(run.staged.contents()).toHaveLength(4);
    expect(whyNotAllocated(run.drafts)).toMatchObject({ code: 'ProfileNotAvailable', evidence: {} });
  });
});

const consumed = (path: readonly string[], name: string) => ({
  path,
  sleeve: name,
  profile: name,
  runId: `${name}-run`,
  asOf: '2024-06-17',
  correction: 0,
  eligibility: 'CERTIFIED',
  stalenessSessions: 0,
  currency: 'USD',
  currencyTreatment: null,
  artifacts: ['a'.repeat(64)],
});

const halves = (...ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, 0.5]));

describe('the facts of equal weights, which are known by hand', () => {
  const node = nestedPortfolio();
  const { drafts, staged, identified } = computed(
    {},
    { options: optionsOf(node, { ...defaultOptions, risks: ['equal_weight'] }), why: 'asked' },
  );
  const [opened] = dataOf(drafts, 'MetaRunOpened');

  test('open with what was asked for and each sleeve run that is consumed', () => {
    expect(opened).toMatchObject({
      runId: identified.names[0].runId,
      meta: 'whole',
      profile: 'whole',
      asOf: '2024-06-17',
      rules: 1,
      options: { risks: ['equal_weight'] },
      maxStalenessSessions: node.allocation.max_staleness_sessions,
      waivers: [],
      restatement: 0,
      supersedes: null,
      why: 'asked',
    });
    expect(opened!.consumed.toSorted((left, right) => (left.sleeve < right.sleeve ? -1 : 1))).toEqual([
      consumed(['listed', 'coins'], 'coins'),
      consumed(['listed', 'funds'], 'funds'),
      consumed(['stocks'], 'stocks'),
    ]);
    expect(dataOf(drafts, 'ParityAccepted')).toMatchObject([{ meta: 'whole', verdict: { rejects: false } }]);
  });

  test('tell at each level the weights, raw and within their bounds, none of which binds', () => {
    expect(dataOf(drafts, 'SleeveWeightsOptimised')).toMatchObject([
      { risk: 'equal_weight', meta: 'listed', path: ['listed'], params: { engine: 'custom', profile: 'equal_weight', n_sleeves: 2 } },
      { risk: 'equal_weight', meta: 'whole', path: [], weights: halves('listed', 'stocks') },
    ]);
    const guardrails = dataOf(drafts, 'GuardrailsApplied');
    expect(guardrails).toMatchObject([
      { meta: 'listed', path: ['listed'], raw: halves('coins', 'funds'), weights: halves('coins', 'funds'), binding: [] },
      { meta: 'whole', path: [], projection: 'euclidean', distanceL2: 0, volatilityCostExAnte: 0, binding: [] },
    ]);
    expect(guardrails.map(({ bounds }) => bounds.map(({ lower, upper }) => [lower, upper]))).toEqual([
      [
        [0.2, 0.8],
        [0.2, 0.8],
      ],
      [
        [0.1, 0.9],
        [0.1, 0.9],
      ],
    ]);
    expect(dataOf(drafts, 'SleeveReturnsJoined')).toMatchObject([
      { meta: 'listed', annualisationDays: 252, matrix: { rows: 120, columns: ['coins', 'funds'], calendars: ['XNYS'] } },
      { meta: 'whole', annualisationDays: 252, matrix: { columns: ['listed', 'stocks'], calendars: ['XNYS'] } },
    ]);
  });

  test('flatten a half of stocks and quarters of funds and coins, each with a quarter of one shared asset', () => {
    const [flattened] = dataOf(drafts, 'PortfolioFlattened');
    const weights = { 'NYSE:COINS': 0.1875, 'NYSE:FUNDS': 0.1875, 'NYSE:SHARED': 0.25, 'NYSE:STOCKS': 0.375 };
    expect(flattened).toEqual({
      risk: 'equal_weight',
      meta: 'whole',
      weights,
      gross: 1,
      net: 1,
      grossBeforeNetting: 1,
      grossExpected: 1,
      nettedExposure: 0,
      conservationError: 0,
      symbols: 4,
      leafPaths: [
        { path: ['listed', 'coins'], runId: 'coins-run', weight: 0.25 },
        { path: ['listed', 'funds'], runId: 'funds-run', weight: 0.25 },
        { path: ['stocks'], runId: 'stocks-run', weight: 0.5 },
      ],
      nettedSymbols: [],
      portfolio: flattened!.portfolio,
    });
    const stored: unknown = JSON.parse(new TextDecoder().decode(staged.get(flattened!.portfolio.sha256)));
    const { assets, ...whose } = readDocument('flattened-portfolio', stored);
    expect([whose, Object.fromEntries(assets.map(({ symbol, weight }) => [symbol, weight]))]).toEqual([
      { risk: 'equal_weight', meta: 'whole' },
      weights,
    ]);
    const contributors = assets.find(({ symbol }) => symbol === 'NYSE:SHARED')!.contributors.map(({ sleeve, amount }) => [sleeve, amount]);
    expect(Object.fromEntries(contributors)).toEqual({ coins: 0.0625, funds: 0.0625, stocks: 0.125 });
  });

  test('end with what was allocated', () => {
    expect(drafts.at(-1)).toEqual({
      type: 'MetaRunCompleted',
      schemaVersion: drafts.at(-1)!.schemaVersion,
      data: { runId: identified.names[0].runId, allocated: ['equal_weight'], failed: [], profileSpreadMax: 0 },
    });
  });
});

test('weights outside their bounds are told with the bounds that bind, and what these cost in volatility', () => {
  const node = nestedPortfolio({ min_weight: 0.48, max_weight: 0.52 });
  const { drafts } = computed({}, { node, leaves: runsOf(node), options: optionsOf(node, { ...defaultOptions, risks: ['min_variance'] }) });
  const { raw, weights, binding, distanceL2, ...found } = dataOf(drafts, 'GuardrailsApplied').find(({ path }) => path.length === 0)!;
  const [more, less] = raw['listed']! > raw['stocks']! ? ['listed', 'stocks'] : ['stocks', 'listed'];
  expect(weights).toEqual({ [more]: 0.52, [less]: 0.48 });
  expect(Object.fromEntries(binding.map(({ id, bound }) => [id, bound]))).toEqual({ [more]: 'upper', [less]: 'lower' });
  expect(distanceL2).toBeCloseTo(Math.SQRT2 * (raw[more]! - 0.52), 12);
  expect(found.volatilityCostExAnte).toBe(found.volatilityBoundedExAnte - found.volatilityRawExAnte);
  expect(found.volatilityCostExAnte).toBeGreaterThan(0);
});

describe('why a run has no allocation', () => {
  test('is the failure of a profile, with its code and reason', () => {
    const { drafts } = computed({ stocks: { risks: ['hrp'] } });
    const [failed] = dataOf(drafts, 'MetaProfileFailed');
    expect(whyNotAllocated(drafts)).toEqual({ code: 'ProfileNotAvailable', message: failed!.reason, evidence: {} });
    expect(reasonForNoAllocation(drafts, 'risk_parity')).toBe(failed!.reason);
    expect(failed!.reason).toContain('risk_parity');
  });

  test('is that the sleeves differ, or that they do not state enough, by path and sleeve', () => {
    const different = computed(otherWindow).drafts;
    const [rejected] = dataOf(different, 'ParityRejected');
    expect(whyNotAllocated(different)).toEqual({
      code: 'ParityRejected',
      message: 'the sleeves are not comparable',
      evidence: { overlap: rejected!.verdict.overlap },
    });
    const { 'data.lookback_days': _, 'backtest.train_window': __, ...silent } = parityEvidence;
    const unknown = computed({ coins: { parityLeaves: silent }, funds: { parityLeaves: silent } }, { rules: 3 }).drafts;
    const [unstated] = dataOf(unknown, 'ParityRejected');
    const { verdict, overlap, missing } = unstated!.verdict;
    expect([verdict, missing.map(({ sleeves }) => sleeves)]).toEqual(['UNKNOWN', missing.map(() => ['listed/coins', 'listed/funds'])]);
    const what = missing.map(({ path }) => `${path} (listed/coins, listed/funds)`).join(', ');
    expect(missing.length).toBeGreaterThan(1);
    expect(whyNotAllocated(unknown)).toEqual({
      code: 'ParityRejected',
      message: `the sleeves do not state enough to be compared: ${what}`,
      evidence: { overlap, missing },
    });
  });

  test('is nothing that facts without failure or rejection could say', () => {
    expect(() => whyNotAllocated(computed().drafts)).toThrow('a run that allocated nothing and says no reason');
  });
});

describe('an allocation read from its facts', () => {
  const { drafts, result } = computed();

  test('is the one that was computed, to the bit', () => {
    const profiles = result.profiles.filter(isAllocated);
    expect(allocatedRisks(drafts)).toEqual(profiles.map(({ risk }) => risk));
    for (const profile of profiles) expect(allocationFacts(drafts, profile.risk)).toEqual(comparedAllocation(profile));
  });

  test("is what a publication proposes: the portfolio's own guardrails, and not those below it", () => {
    const guardrails = dataOf(drafts, 'GuardrailsApplied').find(({ risk, path }) => risk === 'hrp' && path.length === 0)!;
    const { weights, gross, net, portfolio } = dataOf(drafts, 'PortfolioFlattened').find(({ risk }) => risk === 'hrp')!;
    expect(allocatedIn(drafts, 'hrp')).toEqual({
      sleeves: guardrails.weights,
      weights,
      gross,
      net,
      portfolio,
      acceptance: dataOf(drafts, 'AcceptanceMeasured')[0]!.verdicts,
    });
    expect(Object.keys(allocatedIn(drafts, 'hrp')!.sleeves)).toEqual(['listed', 'stocks']);
  });

  test('is none of a profile that was not asked for', () => {
    expect(allocatedIn(drafts, 'barbell')).toBeNull();
    expect(allocationFacts(drafts, 'barbell')).toBeNull();
    expect(reasonForNoAllocation(drafts, 'barbell')).toBe('the run was not asked for it');
  });
});

test('facts of other streams are none of a meta run', () => {
  expect(
    metaRunEventsIn([
      { type: 'SleeveRunAccepted', data: {} },
      { type: 'MetaRunCompleted', data: {} },
    ]).map(({ type }) => type),
  ).toEqual(['MetaRunCompleted']);
});
