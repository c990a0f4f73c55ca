import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { isAllocated } from '../../../domain/allocation/meta-allocation.ts';
import { defaultOptions, optionsOf } from '../../../domain/allocation/meta-options.ts';
import { comparedAllocation } from '../../../domain/allocation/shares.ts';
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
