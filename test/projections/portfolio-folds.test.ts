/** What the folds make of the facts of a portfolio and of a sleeve, in whatever order they come; each row is compared whole. */
/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the rows that it is for */
import { describe, expect, test } from '@jest/globals';
import type { DomainEvent } from '../../domain/catalogue.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { countingAfter, datePrefix, dateRow, endOfDate } from '../../projections/counting-runs.ts';
import { currentWeights } from '../../projections/current-weights.ts';
import { parityRecord } from '../../projections/parity-record.ts';
import { portfolioDirectory } from '../../projections/portfolio-directory.ts';
import { sleeveDirectory } from '../../projections/sleeve-directory.ts';
import { sleeveStatus } from '../../projections/sleeve-status.ts';
import { fact, Kept, recordedAt } from '../support/kept-rows.ts';
import { portfolioFacts } from '../support/portfolio-events.ts';

describe('a portfolio in the directory', () => {
  const { defined, proposed, published, skipped, held, rejected, refused } = portfolioFacts;
  const of = (type: string, data: object): DomainEvent => fact('metaPortfolio-desk', type, data);
  const first = of('MetaPortfolioDefined', defined('desk', ['b', 'a']));
  const decision = (kept: Kept): unknown => kept.at('meta/desk')!['lastDecision'];

  test('asks for the definition that it is compared with', () => {
    expect(portfolioDirectory.keysFor(first)).toEqual(['meta/desk', 'definition/desk/000000000000']);
    expect(portfolioDirectory.keysFor(of('DefinitionProposed', proposed('desk', { against: 2 })))).toEqual([
      'meta/desk',
      'definition/desk/000000000002',
    ]);
    expect(portfolioDirectory.keysFor(of('DefinitionProposed', proposed('desk')))).toEqual(['meta/desk']);
    expect(portfolioDirectory.keysFor(of('RebalanceSkipped', skipped('desk')))).toEqual(['meta/desk']);
  });

  test('is found by its sleeves in the order of their names, and no longer by those that it dropped', () => {
    const kept = new Kept(portfolioDirectory).add(first);
    const leaves = (sleeve: string) => [{ path: [sleeve], pinnedRunId: null }];
    expect(kept.written.slice(1)).toEqual([
      { key: 'definition/desk/000000000001', value: defined('desk', ['b', 'a']) },
      { key: 'sleeve/a/desk', value: { sleeve: 'a', meta: 'desk', leaves: leaves('a') } },
      { key: 'sleeve/b/desk', value: { sleeve: 'b', meta: 'desk', leaves: leaves('b') } },
    ]);
    const twice = {
      ...defined('desk', [], { number: 2 }),
      sleeves: [
        { path: ['x', 'c'], sleeve: 'c', pinnedRunId: null },
        { path: ['y', 'c'], sleeve: 'c', pinnedRunId: 'p' },
      ],
    };
    kept.add(of('MetaPortfolioDefined', twice));
    expect(kept.written.slice(2)).toEqual([
      { key: 'sleeve/a/desk', value: null },
      { key: 'sleeve/b/desk', value: null },
      {
        key: 'sleeve/c/desk',
        value: {
          sleeve: 'c',
          meta: 'desk',
          leaves: [
            { path: ['x', 'c'], pinnedRunId: null },
            { path: ['y', 'c'], pinnedRunId: 'p' },
          ],
        },
      },
    ]);
  });

  test('under another definition has what was held or skipped open again, and nothing else', () => {
    const second = of('MetaPortfolioDefined', defined('desk', ['a'], { number: 2 }));
    for (const event of [of('RebalanceSkipped', skipped('desk')), of('RebalanceHeld', held('desk', 'h'))])
      expect(new Kept(portfolioDirectory).add(first, event, second).at('meta/desk')).toMatchObject({ lastDecision: null, held: null });
    const after = new Kept(portfolioDirectory).add(first, of('ReallocationRefused', refused('desk')));
    const before = decision(after);
    expect(decision(after.add(second))).toEqual(before);
    expect(decision(new Kept(portfolioDirectory).add(first))).toBeNull();
  });

  test('says of each decision what it was', () => {
    const kept = new Kept(portfolioDirectory).add(first, of('AllocationPublished', published('desk', 1)));
    const said = (event: DomainEvent): unknown => (decision(kept.add(event)) as JsonObject)['message'];
    expect(decision(kept)).toEqual({
      kind: 'published',
      inputsHash: 'b'.repeat(64),
      runId: 'run-desk-1',
      recordedAt,
      message: 'publication 1, as of 2025-07-17',
    });
    expect(said(of('RebalanceSkipped', skipped('desk')))).toBe('two-sided turnover 0.01 is below the no-trade band 0.02');
    expect(said(of('RebalanceSkipped', { ...skipped('desk'), runId: 'run-desk-1' }))).toBe('run run-desk-1 is in force already');
    const reasons = [{ message: 'one' }, { message: 'two' }];
    expect(said(of('RebalanceHeld', { ...held('desk', 'h'), reasons }))).toBe('one; two');
    expect(said(of('RebalanceRejected', rejected('desk', 'h')))).toBe('rejected by ann: wrong prices');
    expect(said(of('ReallocationRefused', refused('desk')))).toBe('OverlapTooShort: 12 common dates');
  });

  test('shows a proposal against the definition in force, until it is answered', () => {
    const change = { against: 1, risk: 'barbell' as const, sleeveDefinitions: [{ sleeve: 'a' }], localUser: { name: 'svc', uid: 7 } };
    const kept = new Kept(portfolioDirectory).add(first, of('DefinitionProposed', { ...proposed('desk'), ...change }));
    expect(kept.at('meta/desk')!['proposed']).toEqual({
      proposal: 1,
      proposer: 'ann',
      localUser: { name: 'svc', uid: 7 },
      recordedAt,
      changes: ['risk', 'policy.maker_checker'],
      sleeves: ['a'],
    });
    expect(kept.add(of('DefinitionRejected', { meta: 'desk' })).at('meta/desk')).not.toHaveProperty('proposed');
    const anew = new Kept(portfolioDirectory).add(of('DefinitionProposed', proposed('desk')));
    expect(anew.at('meta/desk')!['proposed']).toEqual({ proposal: 1, proposer: 'ann', recordedAt, changes: [], sleeves: [] });
    expect(anew.add(first).at('meta/desk')).not.toHaveProperty('proposed');
  });
});

describe('an allocation', () => {
  const of = (type: string, data: object): DomainEvent => fact('metaRun-m', type, data);
  const opened = of('MetaRunOpened', { meta: 'desk', asOf: '2025-07-17', restatement: 2 });
  const guarded = (path: readonly string[]) =>
    of('GuardrailsApplied', { path, risk: 'hrp', raw: { a: 0.9, b: 0.1 }, weights: { a: 0.6, b: 0.4 } });
  const flat = of('PortfolioFlattened', { risk: 'hrp', meta: 'desk', weights: { A: 1 }, gross: 1, net: 0.5, portfolio: { sha256: 'x' } });

  test('has the weights of its root, its date and its place', () => {
    const kept = new Kept(currentWeights).add(opened, guarded(['inner']), guarded([]), flat);
    const row = {
      runId: 'm',
      meta: 'desk',
      risk: 'hrp',
      asOf: '2025-07-17',
      correction: 2,
      recordedAt,
      sleeves: { a: { raw: 0.9, bounded: 0.6 }, b: { raw: 0.1, bounded: 0.4 } },
      weights: { A: 1 },
      gross: 1,
      net: 0.5,
      portfolio: { sha256: 'x' },
    };
    const counting = { runId: 'm', asOf: '2025-07-17', correction: 2 };
    expect(kept.written).toEqual([
      { key: 'run/m/hrp', value: row },
      { key: 'date/desk/hrp/2025-07-17/000000000002/000000000000', value: counting },
      { key: 'current/desk/hrp', value: { ...counting, allocations: 1 } },
    ]);
    expect(kept.add(flat).at('current/desk/hrp')).toEqual({ ...counting, allocations: 2 });
    expect(kept.add(guarded(['inner'])).written).toEqual([]);
    expect(kept.add(of('AcceptanceMeasured', { grade: 'NATIVE', verdicts: [1], risk: 'hrp' })).written).toEqual([
      { key: 'verdicts/m/hrp', value: { grade: 'NATIVE', verdicts: [1] } },
    ]);
    expect(kept.add(of('MetaRunCompleted', {})).written).toEqual([{ key: 'opened/m', value: null }]);
    expect(kept.add(flat).written).toEqual([]);
    expect(new Kept(currentWeights).add(opened, flat).at('run/m/hrp')).toMatchObject({ sleeves: {} });
    expect(new Kept(currentWeights).add(opened, of('ParityRejected', {})).written).toEqual([]);
    expect(currentWeights.keysFor(flat)).toEqual(['opened/m', 'current/desk/hrp']);
    expect(currentWeights.keysFor(opened)).toEqual(['opened/m']);
  });

  test('counts by date, correction and place', () => {
    const run = { runId: 'm', asOf: '2025-07-17', correction: 1 };
    expect(dateRow('x', 3, run)).toEqual({ key: 'date/x/2025-07-17/000000000001/000000000003', value: run });
    expect([datePrefix('x'), endOfDate('x', '2025-07-17')]).toEqual(['date/x/', 'date/x/2025-07-17/\uffff']);
    expect(countingAfter(null, run)).toEqual(run);
    expect(countingAfter({ ...run, runId: 'l' }, run)).toEqual(run);
    expect(countingAfter({ ...run, correction: 2 }, { ...run, runId: 'l' })).toEqual({ ...run, correction: 2 });
  });
});

test('a waiver stands until it is revoked', () => {
  const waiver = { meta: 'desk', waiverId: 'w' };
  const kept = new Kept(parityRecord).add(fact('metaPortfolio-desk', 'ParityWaiverGranted', waiver));
  expect(kept.written).toEqual([{ key: 'waiver/desk/w', value: { ...waiver, recordedAt } }]);
  expect(kept.add(fact('metaPortfolio-desk', 'ParityWaiverRevoked', waiver)).written).toEqual([{ key: 'waiver/desk/w', value: null }]);
  expect(kept.add(fact('metaPortfolio-desk', 'ParityRejected', waiver)).written).toEqual([]);
  expect(parityRecord.keysFor(fact('metaPortfolio-desk', 'ParityWaiverRevoked', waiver))).toEqual([]);
});

test('a sleeve is counted, put out of use and taken back', () => {
  const of = (type: string, data: object = {}): DomainEvent => fact('sleeve-a', type, { sleeve: 'a', ...data });
  const kept = new Kept(sleeveDirectory).add(of('SleeveRunAccepted', { runId: 'r', asOf: '2025-07-17', correction: 0 }));
  const state = { sleeve: 'a', runs: 1, current: { runId: 'r', asOf: '2025-07-17', correction: 0 }, quarantinedWhy: null };
  expect(kept.written).toEqual([{ key: 'state/a', value: state }]);
  expect(kept.add(of('SleeveQuarantined', { why: 'x' })).at('state/a')).toEqual({ ...state, quarantinedWhy: 'x' });
  expect(kept.add(of('SleeveReinstated')).at('state/a')).toEqual(state);
  expect(kept.add(of('SleeveOverdue')).written).toEqual([]);
  expect(new Kept(sleeveDirectory).add(of('SleeveQuarantined', { why: 'x' })).at('state/a')).toEqual({
    sleeve: 'a',
    runs: 0,
    current: null,
    quarantinedWhy: 'x',
  });
  const status = new Kept(sleeveStatus).add(of('SleeveDefined', { profile: 'a', number: 1, grossMax: 2 }));
  expect(status.at('sleeve/a')).toEqual({
    sleeve: 'a',
    definition: { sleeve: 'a', profile: 'a', number: 1, grossMax: 2, recordedAt },
    runs: 0,
    current: null,
    quarantinedWhy: null,
    overdue: [],
    openLetters: 0,
    heldResults: 0,
  });
});
