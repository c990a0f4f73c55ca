import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { rulesInForce } from '../../../domain/run/rules.ts';
import type { ImportedJudgement } from '../../../domain/allocation/imported/judgement.ts';
import { allocateSleeve, type SleeveAllocation } from '../../../domain/allocation/sleeve/allocation.ts';
import { readDocument } from '../../../domain/documents/documents.ts';
import { parseTableText } from '../../../domain/returns/table-text.ts';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { dataOf } from '../../../domain/shared/facts.ts';
import { computeSleeveRun, identifySleeveRun } from '../../../domain/sleeve-run/produced-run.ts';
import { allocationFacts, gradeFact, importedFacts } from '../../../domain/sleeve-run/facts.ts';
import { recordedSleeveRun } from '../../../domain/sleeve-run/recorded.ts';
import { defaultRunOptions, input, prices, stocks } from '../allocation/sleeve/stocks.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
const resolved = stocks();
const allocation = allocateSleeve(input());
const text = (staged: StagedArtifacts, address: string): string => new TextDecoder().decode(staged.get(address));

function factsOf(result: SleeveAllocation = allocation) {
  const staged = new StagedArtifacts(sha256);
  return { staged, facts: allocationFacts(result, { resolved, rules: rulesInForce }, staged) };
}

describe('the facts of an allocation', () => {
  test('tell the audit, the universe, and each profile in its order', () => {
    expect(factsOf().facts.map(({ type }) => type)).toEqual([
      'IntegrityPassed',
      'UniverseFormed',
      'SleeveProfileSolved',
      'SleeveProfileSolved',
      'SleeveProfileSolved',
    ]);
  });

  test('tell the failed audit, and nothing after it', () => {
    const { facts, staged } = factsOf({ ...allocation, formed: null });
    expect(facts.map(({ type }) => type)).toEqual(['IntegrityFailed']);
    expect(staged.contents()).toEqual([]);
  });

  test('leave nothing of the result out: the staged artifacts are the returns and windows that were computed', () => {
    const { facts, staged } = factsOf();
    const solved = dataOf(facts, 'SleeveProfileSolved');
    for (const outcome of allocation.formed!.profiles) {
      if (outcome.status !== 'solved') throw new Error(`${outcome.risk} is not solved`);
      const { oos, windows, solutions } = outcome.walked;
      const fact = solved.find(({ risk }) => risk === outcome.risk)!;
      expect(parseTableText(text(staged, fact.outOfSample.returns.sha256))).toEqual({
        dates: oos.dates,
        columns: ['return'],
        values: [oos.values],
      });
      const detail = readDocument('walk-forward', JSON.parse(text(staged, fact.walkForward.detail.sha256)));
      expect(detail.windows.map(({ solve, ...window }) => [window, solve!.weights])).toEqual(windows.map((window) => [window, []]));
      expect(detail.windows.map(({ solve }) => solve!.certificate)).toEqual(solutions.map(({ result }) => result!.certificate));
      expect([fact.weights, fact.outOfSample.metrics]).toEqual([outcome.live.weights, outcome.metrics]);
    }
    expect(solved).toHaveLength(3);
  });

  test.each([
    ['this release, which computes the adaptive profile,', rulesInForce, ['erc', 'market_neutral']],
    ['the first release', 1, ['erc', 'adaptive', 'market_neutral']],
  ])('say by the rules of %s which profiles were asked for and are not computed', (_, rules, value) => {
    const asked = stocks(({ defaults }) => {
      defaults['backtest']!['profiles'] = 'hrp,erc,adaptive,market_neutral';
    });
    const under = { resolved: { ...resolved, blocks: { ...resolved.blocks, backtest: asked.blocks.backtest } }, rules };
    const [universe] = dataOf(allocationFacts(allocation, under, new StagedArtifacts(sha256)), 'UniverseFormed');
    expect(universe!.notApplied.at(-1)).toEqual({ path: 'backtest.profiles', value, why: 'these profiles are not computed' });
  });

  test('keep of the evidence of a failure what JSON can carry', () => {
    const error = new LedgerError('SolverFailed', 'no step', { evidence: { residual: Number.NaN, at: undefined, window: 3 } });
    const failed: ImportedJudgement = {
      calendars: [],
      profiles: [{ status: 'failed', risk: 'hrp', error }],
      accepted: [],
      grading: allocation.grading,
    };
    const [fact] = importedFacts(failed, new StagedArtifacts(sha256));
    expect(fact).toMatchObject({ type: 'SleeveProfileFailed', data: { risk: 'hrp', code: 'SolverFailed', reason: 'no step' } });
    expect(fact!.data).toHaveProperty('evidence', { residual: null, window: 3 });
  });

  test.each([
    ['CERTIFIED', 'SleeveRunCertified'],
    ['DEGRADED', 'SleeveRunDegraded'],
    ['INELIGIBLE', 'SleeveRunFoundIneligible'],
  ] as const)('say %s as %s', (grade, type) => {
    const { finding } = allocation.grading;
    expect(gradeFact(grade, finding)).toMatchObject({ type, data: finding });
  });
});

describe('a computed sleeve run', () => {
  const request = { sleeve: 'desk', resolved, options: defaultRunOptions, correction: 0, rules: 1, files: [prices()], leftOut: [] };
  const run = computeSleeveRun(request, sha256);

  test('begins with its opening and ends with its grade', () => {
    expect([run.drafts[0]!.type, run.drafts.at(-1)!.type]).toEqual(['SleeveRunOpened', 'SleeveRunCertified']);
  });

  test('holds every artifact that its facts refer to', () => {
    const addresses = [...JSON.stringify(run.drafts).matchAll(/"kind":"(?:table|document)","sha256":"([0-9a-f]{64})"/g)].map(
      ([, address]) => address!,
    );
    expect(addresses.length).toBeGreaterThan(8);
    expect(addresses.filter((address) => run.staged.get(address) === undefined)).toEqual([]);
    expect(run.staged.contents()).toHaveLength(new Set(addresses).size);
  });

  test('reads from the record as it was computed', () => {
    const { runId, asOf, drafts, grade, reasons, acceptance } = run;
    expect(recordedSleeveRun({ name: run.names[0], events: drafts })).toEqual({ runId, asOf, drafts, grade, reasons, acceptance });
  });

  test('reads as no run where its grade is not the last fact, or its opening is missing', () => {
    for (const events of [run.drafts.slice(0, -1), run.drafts.slice(1), [...run.drafts, run.drafts[1]!]]) {
      expect(() => recordedSleeveRun({ name: run.names[0], events })).toThrow(expect.objectContaining({ code: 'ChainBroken' }));
    }
  });

  test('has another name for another sleeve, session or correction', () => {
    const changes = [{}, { sleeve: 'other' }, { correction: 1 }, { options: { ...defaultRunOptions, asOf: '2022-12-29' } }];
    const ids = changes.map((change) => identifySleeveRun({ ...request, ...change }, sha256).names[0].runId);
    expect(new Set(ids).size).toBe(4);
    expect(ids[0]).toBe(run.runId);
  });
});
