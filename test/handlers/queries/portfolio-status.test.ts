/** What is the matter with a portfolio, by its rows alone: the first that applies. */
import { describe, expect, test } from '@jest/globals';
import { inputsHashOf } from '../../../domain/publication/inputs-hash.ts';
import { type PortfolioFacts, portfolioStatus } from '../../../handlers/queries/portfolio-status.ts';
import type { PortfolioRow } from '../../../projections/portfolio-directory.ts';
import type { SleeveStatusRow } from '../../../projections/sleeve-status.ts';
import { portfolioFacts, sleeveFacts } from '../../support/portfolio-events.ts';
import { sha256 } from '../../support/sample-events.ts';

const defined = portfolioFacts.defined('desk', ['bonds', 'gold']);
const definition = {
  ...defined,
  sleeves: [
    { path: ['bonds'], sleeve: 'bonds', pinnedRunId: null },
    { path: ['metals', 'gold'], sleeve: 'gold', pinnedRunId: 'g7' },
  ],
};
const recordedAt = '2026-01-02T03:04:05.678Z';
const row: PortfolioRow = {
  meta: 'desk',
  definition: { number: 1, risk: 'hrp' },
  publications: 0,
  haltedWhy: null,
  due: null,
  lastPublication: null,
  lastDecision: null,
  held: null,
};
const { grossMax: _, ...declared } = sleeveFacts.defined('bonds');
const bonds: SleeveStatusRow = {
  sleeve: 'bonds',
  definition: { ...declared, recordedAt },
  runs: 1,
  current: { runId: 'b1', asOf: '2025-07-17', correction: 0, eligibility: 'CERTIFIED', recordedAt },
  quarantinedWhy: null,
  overdue: [],
  openLetters: 0,
  heldResults: 0,
};
const sleeves = new Map<string, SleeveStatusRow>([['bonds', bonds]]);
const sound: PortfolioFacts = {
  row,
  definition,
  sleeveOf: (sleeve) => sleeves.get(sleeve) ?? null,
  asOfPinned: new Map([['g7', '2025-07-16']]),
  waiverIds: ['w2', 'w1'],
};
const statusOf = (change: Partial<PortfolioFacts> & { readonly its?: Partial<PortfolioRow> } = {}) => {
  const { its = {}, ...rest } = change;
  return portfolioStatus({ ...sound, ...rest, row: { ...row, ...its } }, sha256);
};

/** The hash of what the reaction would decide on: in the order of the definition. */
const inputsHash = inputsHashOf(
  sha256,
  definition,
  [
    { path: ['bonds'], runId: 'b1' },
    { path: ['metals', 'gold'], runId: 'g7' },
  ],
  ['w1', 'w2'],
);
const decided = (kind: 'published' | 'skipped' | 'rejected' | 'refused', hash = inputsHash) => ({
  kind,
  inputsHash: hash,
  runId: null,
  recordedAt,
  message: 'words',
});
const due = portfolioFacts.scheduled('desk', '2026-01-02T04:00:00.000Z');
const held = { runId: 'h1', asOf: '2025-07-17', reasons: [], proposer: 'worker', recordedAt };

describe('the status of a portfolio', () => {
  test('has its leaves with the run that counts or is pinned, and what nobody made known', () => {
    expect(statusOf()).toEqual({
      ...row,
      definition: 1,
      risk: 'hrp',
      state: 'pending',
      undefinedSleeves: ['gold'],
      awaited: [],
      leaves: [
        { path: ['bonds'], sleeve: 'bonds', pinnedRunId: null, runId: 'b1', asOf: '2025-07-17' },
        { path: ['metals', 'gold'], sleeve: 'gold', pinnedRunId: 'g7', runId: 'g7', asOf: '2025-07-16' },
      ],
    });
  });

  test('without a definition has no leaves, waits for nothing and is undefined', () => {
    expect(statusOf({ definition: null, its: { definition: null, haltedWhy: 'outage', held } })).toMatchObject({
      state: 'undefined',
      definition: null,
      risk: null,
      undefinedSleeves: [],
      awaited: [],
      leaves: [],
    });
  });

  test('is the first of what applies', () => {
    const waiting = { asOfPinned: new Map<string, string>() };
    expect(statusOf({ ...waiting, its: { haltedWhy: 'outage', held, due } }).state).toBe('halted');
    expect(statusOf({ ...waiting, its: { held, due } }).state).toBe('held');
    expect(statusOf({ ...waiting, its: { due } }).state).toBe('waiting');
    expect(statusOf({ its: { due } }).state).toBe('scheduled');
    for (const kind of ['published', 'skipped', 'rejected', 'refused'] as const)
      expect(statusOf({ its: { due, lastDecision: decided(kind) } }).state).toBe(kind);
    expect(statusOf({ its: { due, lastDecision: decided('published', 'other') } }).state).toBe('scheduled');
    expect(statusOf({ its: { lastDecision: decided('published', 'other') } }).state).toBe('pending');
    // Another waiver stands: what was decided rests on something else.
    expect(statusOf({ waiverIds: ['w1'], its: { lastDecision: decided('published') } }).state).toBe('pending');
  });

  test('waits for sleeves without a result, pinned runs that are not accepted, and sleeves in quarantine', () => {
    const none = statusOf({ sleeveOf: () => null, asOfPinned: new Map() });
    expect(none.awaited).toEqual([
      { path: ['bonds'], sleeve: 'bonds', latestAsOf: null, wantedAsOf: null, because: 'no_run' },
      { path: ['metals', 'gold'], sleeve: 'gold', latestAsOf: null, wantedAsOf: null, because: 'no_run' },
    ]);
    expect(none.leaves[0]).toEqual({ path: ['bonds'], sleeve: 'bonds', pinnedRunId: null, runId: null, asOf: null });
    expect(none.undefinedSleeves).toEqual(['bonds', 'gold']);
    const drilled = statusOf({ sleeveOf: (sleeve) => (sleeve === 'bonds' ? { ...bonds, quarantinedWhy: 'a drill' } : null) });
    expect(drilled.awaited).toEqual([
      { path: ['bonds'], sleeve: 'bonds', latestAsOf: '2025-07-17', wantedAsOf: null, because: 'quarantined' },
    ]);
  });

  test('names a sleeve that nobody made known once, however many portfolios hold it', () => {
    const twice = { ...definition, sleeves: [...definition.sleeves, { path: ['gold'], sleeve: 'gold', pinnedRunId: 'g7' }] };
    expect(statusOf({ definition: twice }).undefinedSleeves).toEqual(['gold']);
    expect(statusOf({ sleeveOf: () => ({ ...bonds, definition: null }) }).undefinedSleeves).toEqual(['bonds', 'gold']);
  });
});
