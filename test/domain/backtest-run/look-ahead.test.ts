/** The proof has to fail where it should: each test plants one violation into facts that have none. */
import { describe, expect, test } from '@jest/globals';
import { draftBacktest, type BacktestEvent } from '../../../domain/backtest-run/slice.ts';
import { lookAheadProof, type ProfileEvidence } from '../../../domain/backtest-run/look-ahead.ts';
import type { SleeveSelected, WindowAllocated } from '../../../domain/backtest-run/events.ts';
import { backtestParams, noCosts, noMetrics } from '../../support/backtest-facts.ts';

const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05', '2024-01-08', '2024-01-09', '2024-01-10', '2024-01-11'];
const reference = { kind: 'document', sha256: 'a'.repeat(64), bytes: 1, mediaType: 'text/csv' } as const;

const decision = (index: number, change: Partial<WindowAllocated> = {}): WindowAllocated => ({
  risk: 'hrp',
  meta: 'whole',
  path: [],
  params: backtestParams,
  index,
  trainFirst: dates[0]!,
  trainRows: 2,
  newestRead: dates[3 + 2 * index]!,
  first: dates[4 + 2 * index]!,
  last: dates[5 + 2 * index]!,
  rows: 2,
  partial: false,
  raw: { a: 0.4, b: 0.6 },
  weights: { a: 0.4, b: 0.6 },
  sleeveReads: { a: dates[1 + 2 * (index + 1)]!, b: dates[1 + 2 * (index + 1)]! },
  flags: [],
  ...change,
});

const windows = [0, 1, 2].map((window) => ({
  newestRead: dates[1 + 2 * window]!,
  first: dates[2 + 2 * window]!,
  last: dates[3 + 2 * window]!,
  rows: 2,
  turnoverTwoSided: 1,
  costFraction: 0,
}));

const evidence: ProfileEvidence = {
  reported: dates.slice(4),
  joined: dates.slice(2),
  streams: [dates.slice(2), dates.slice(2)],
  detail: {
    risk: 'hrp',
    sleeves: ['a', 'b'].map((id) => ({ path: [id], columns: ['NYSE:X'], windows })),
    leafShares: null,
    baselines: [],
  },
};

const sleeve = {
  windows: 3,
  rows: 6,
  first: dates[2]!,
  last: dates[7]!,
  lastPartialRows: 0,
  partialRows: 0,
  flags: [],
  stream: reference,
  weights: reference,
};

function facts(decisions: readonly WindowAllocated[]): BacktestEvent[] {
  return [
    ...decisions.map((data) => draftBacktest('WindowAllocated', data)),
    draftBacktest('BacktestCompleted', {
      runId: 'whole-1',
      params: backtestParams,
      tested: [
        {
          risk: 'hrp',
          annualisationDays: 252,
          decisions: 2,
          rows: 4,
          first: dates[4]!,
          last: dates[7]!,
          untradedRows: 0,
          partialRows: 0,
          metrics: noMetrics,
          grossReturn: 0,
          costs: noCosts,
          turnover: {
            firstAllocationTwoSided: 1,
            firstPurchaseTwoSided: 1,
            allocationTwoSided: 0,
            tradedTwoSided: 0,
            allocationStability: null,
          },
          syntheticResets: { turnoverTwoSided: 0, cost: 0 },
          realisedShares: null,
          burnIns: [{ path: [], tier: 'portfolio', rows: 2, first: dates[2]!, last: dates[3]! }],
          baselines: [],
          warnings: [],
          sleeves: [
            { path: ['a'], ...sleeve },
            { path: ['b'], ...sleeve },
          ],
          tables: {
            returns: reference,
            joined: reference,
            decisions: reference,
            leafWeights: reference,
            assetWeights: reference,
            riskShares: reference,
            trades: reference,
          },
          detail: reference,
        },
      ],
      failed: [],
    }),
  ];
}

const proofOf = (decisions: readonly WindowAllocated[], beside = evidence) => lookAheadProof(facts(decisions), new Map([['hrp', beside]]));
const sound = [decision(0), decision(1)];

describe('the look-ahead proof', () => {
  test('finds nothing where every decision read only what came before it', () => {
    expect(proofOf(sound)).toEqual({ decisions: 2, sleeveWindows: 6, selections: 0, selectedAhead: [], faults: [] });
  });

  test.each<readonly [string, Partial<WindowAllocated>, string]>([
    ['a decision that read the first date it earns', { newestRead: dates[6]! }, `it read ${dates[6]}, and earns from ${dates[6]}`],
    ['one that read beyond it', { newestRead: dates[7]! }, `it read ${dates[7]}, and earns from ${dates[6]}`],
    [
      'one that lets a date pass before it earns',
      { newestRead: dates[4]!, sleeveReads: { a: dates[3]!, b: dates[3]! } },
      `the first date behind ${dates[4]} is ${dates[5]}, not ${dates[6]}`,
    ],
    ['one that ends before it begins', { last: dates[5]! }, `it earns from ${dates[6]} to ${dates[5]}`],
    [
      'a sleeve target that had read more than the decision',
      { sleeveReads: { a: dates[5]!, b: dates[7]! } },
      `it takes over a target of b that read ${dates[7]}`,
    ],
    [
      'a sleeve target that no window of the sleeve made',
      { sleeveReads: { a: dates[4]!, b: dates[5]! } },
      `no window of a read ${dates[4]}`,
    ],
  ])('finds %s', (_, change, what) => {
    expect(proofOf([decision(0), decision(1, change)]).faults.map((fault) => fault.what)).toContain(what);
  });

  test('finds a date that no decision, or more than one, earns', () => {
    expect(proofOf([decision(0)]).faults.map(({ what }) => what)).toContain(`0 decisions earn ${dates[6]}`);
    expect(proofOf([decision(0, { last: dates[6]! }), decision(1)]).faults.map(({ what }) => what)).toContain(
      `2 decisions earn ${dates[6]}`,
    );
  });

  test.each([
    ['read what it earns', { newestRead: dates[4]! }, `it read ${dates[4]}, and earns from ${dates[4]}`],
    [
      'begins later than behind its newest row',
      { newestRead: dates[2]! },
      `the first date behind ${dates[2]} is ${dates[3]}, not ${dates[4]}`,
    ],
  ])('finds a window of a sleeve that %s', (_, change, what) => {
    const [first, ...others] = evidence.detail.sleeves;
    const planted = { ...first!, windows: windows.map((window, index) => (index === 1 ? { ...window, ...change } : window)) };
    const beside = { ...evidence, detail: { ...evidence.detail, sleeves: [planted, ...others] } };
    expect(proofOf(sound, beside).faults).toContainEqual({ risk: 'hrp', path: ['a'], index: 1, what });
  });
});

type Selection = SleeveSelected['decisions'][number];

const selection = (window: number, change: Partial<Selection> = {}): Selection => ({
  scope: 'window',
  window,
  first: dates[0]!,
  newestRead: windows[window]!.newestRead,
  candidates: 2,
  entered: [{ symbol: 'NYSE:X', direction: 'LONG' }],
  aborted: [],
  vetoes: { histogram: [], share: 0 },
  record: reference,
  ...change,
});
const live = selection(2, { scope: 'live', window: null, newestRead: dates[7]! });

function proofOfSelections(decisions: Selection[], labels: SleeveSelected['labels'] = []) {
  const selected = draftBacktest('SleeveSelected', { runId: 'whole-1', path: ['a'], mode: 'v4', verdict: 'usable', labels, decisions });
  return lookAheadProof([selected, ...facts(sound)], new Map([['hrp', evidence]]));
}

describe('the look-ahead proof of selections', () => {
  test('finds nothing where each window holds what its own rows chose, whatever the live selection read', () => {
    expect(proofOfSelections([selection(0), selection(1), selection(2), live])).toMatchObject({
      selections: 4,
      selectedAhead: [],
      faults: [],
    });
  });

  test('finds a window that holds what later rows chose', () => {
    const { faults } = proofOfSelections([selection(0), selection(1, { newestRead: dates[4]! }), selection(2), live]);
    expect(faults).toEqual([
      { risk: 'hrp', path: ['a'], index: 1, what: `its selection read ${dates[4]}, and the window ${windows[1]!.newestRead}` },
    ]);
  });

  test('finds a window for which nothing was selected, and a selection that no window holds', () => {
    expect(proofOfSelections([selection(0), selection(1), live]).faults).toMatchObject([{ index: 2, what: 'nothing was selected for it' }]);
    const fourth = selection(2, { window: 3 });
    expect(proofOfSelections([selection(0), selection(1), selection(2), fourth, live]).faults).toMatchObject([
      { index: 3, what: `a selection of ${fourth.newestRead} has no window` },
    ]);
  });

  test('names a sleeve that was selected once for all windows, and finds fault where that is not said', () => {
    const once = selection(2, { scope: 'static', window: null, newestRead: dates[7]! });
    expect(proofOfSelections([once], ['selection look-ahead'])).toMatchObject({ selections: 1, selectedAhead: ['a'], faults: [] });
    expect(proofOfSelections([once]).faults).toHaveLength(3);
  });

  test('finds a selection that ends before it begins', () => {
    const turned = selection(0, { first: dates[5]! });
    expect(proofOfSelections([turned, selection(1), selection(2), live]).faults).toMatchObject([
      { index: 0, what: `its selection read from ${dates[5]} to ${turned.newestRead}` },
    ]);
  });
});
