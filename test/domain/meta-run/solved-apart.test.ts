import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { defaultOptions, optionsOf } from '../../../domain/allocation/meta-options.ts';
import { computeMetaRun } from '../../../domain/meta-run/computed-run.ts';
import { identifyMetaRun, type MetaRunRequest } from '../../../domain/meta-run/identity.ts';
import { completeMetaRun, metaProfileJobs, solveMetaProfile, type SolvedMetaRun } from '../../../domain/meta-run/solved-apart.ts';
import { commonRiskProfiles } from '../../../domain/risk/schemas.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { nestedPortfolio, runsOf, type SyntheticRun } from '../../support/delivered-runs.ts';
import { parityEvidence } from '../../support/parity-evidence.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

type Asked = Parameters<typeof optionsOf>[1];

function requestOf(
  runs: Readonly<Record<string, SyntheticRun>> = {},
  change: Partial<MetaRunRequest> = {},
  asked: Partial<Asked> = { risks: 'all' },
): MetaRunRequest {
  const node = nestedPortfolio();
  const leaves = runsOf(node, runs);
  const options = optionsOf(node, { ...defaultOptions, ...asked });
  const staleness = new Map([...leaves.keys()].map((path) => [path, 0]));
  const named = { restatement: 0, supersedes: null, why: null };
  return { node, options, leaves, staleness, asOf: '2024-06-17', waivers: [], ...named, rules: rulesInForce, ...change };
}

const cases: readonly [string, MetaRunRequest][] = [
  ['of every profile, a portfolio within a portfolio', requestOf()],
  ['in which a sleeve lacks a profile', requestOf({ stocks: { risks: ['hrp', 'equal_weight'] } })],
  [
    'in which another profile stands in, as asked for',
    requestOf({ stocks: { risks: ['hrp'] } }, {}, { risks: ['risk_parity'], proxies: { risk_parity: ['hrp'] } }),
  ],
  ['that parity rejected', requestOf({ coins: { parityLeaves: { ...parityEvidence, 'backtest.train_window': 90 } } })],
  ['of the rules before', requestOf({}, { rules: 1 })],
];

/** Begun here, solved elsewhere: whatever crosses is cloned, and the profiles are solved from the last to the first. */
function solvedApart(request: MetaRunRequest): SolvedMetaRun {
  const identified = identifyMetaRun(request, sha256);
  const solved = [...metaProfileJobs(request, identified)]
    .toReversed()
    .map((job) => structuredClone(solveMetaProfile(structuredClone(job), sha256)))
    .toReversed();
  return completeMetaRun(request, identified, solved, sha256);
}

describe('a meta run whose profiles are solved apart', () => {
  test.each(cases)('%s is the run that is computed in one go, its artifacts in the same order', (_, request) => {
    const whole = computeMetaRun(request, sha256);
    const apart = solvedApart(request);
    expect(JSON.stringify(apart.drafts)).toBe(JSON.stringify(whole.drafts));
    expect(apart.staged.contents().map((bytes) => Buffer.from(bytes).toString('utf8'))).toEqual(
      whole.staged.contents().map((bytes) => Buffer.from(bytes).toString('utf8')),
    );
  });

  test('tells each case by facts of its own', () => {
    const completed = cases.map(([, request]) => dataOf(solvedApart(request).drafts, 'MetaRunCompleted')[0]);
    expect(completed.map((data) => [data?.allocated.length, data?.failed.length])).toEqual([
      [commonRiskProfiles.length, 0],
      [2, commonRiskProfiles.length - 2],
      [1, 0],
      [undefined, undefined],
      [commonRiskProfiles.length, 0],
    ]);
  });

  test('hands each job the returns of its own profile, and the names of the others', () => {
    const request = requestOf();
    const [first] = metaProfileJobs(request, identifyMetaRun(request, sha256));
    for (const run of first!.leaves.values()) {
      expect([...run.streams.keys()]).toEqual(commonRiskProfiles);
      expect([...run.streams].filter(([, { series }]) => series.dates.length > 0).map(([risk]) => risk)).toEqual([first!.risk]);
    }
  });

  test('is not begun under rules that this build does not know', () => {
    const request = requestOf();
    const identified = identifyMetaRun(request, sha256);
    expect(() => [...metaProfileJobs({ ...request, rules: 99 }, identified)]).toThrow(expect.objectContaining({ code: 'RulesUnknown' }));
  });
});
