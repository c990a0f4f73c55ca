import { expect, test } from '@jest/globals';
import { noticedOf, type Noticeable, shortSleeves } from '../../../presentation/report/backtest/anomalies.ts';

const quiet: Noticeable = {
  facts: {
    risk: 'hrp',
    untradedRows: 0,
    partialRows: 0,
    warnings: [],
    syntheticResets: { turnoverTwoSided: 0, cost: 0 },
    baselines: [{ name: 'flat', reason: null }],
    sleeves: [{ path: ['listed', 'stocks'], lastPartialRows: 0, partialRows: 0, flags: [] }],
  },
  windows: [{ path: [], flags: [] }],
  below: [{ path: ['listed'], flags: [] }],
  detail: { sleeves: [{ path: ['listed', 'stocks'], columns: ['NYSE:AAA'] }] },
};

const saidOf = (change: Partial<Noticeable>): string[] =>
  noticedOf({ ...quiet, ...change }, 'whole').map(({ where, what }) => `${where}: ${what}`);

test('a run without flags, partial windows, shorts and failed baselines has nothing to be looked at', () => {
  expect(saidOf({})).toEqual([]);
});

test('a sleeve with a short atom says constant-notional short, and the portfolio what daily resets would cost', () => {
  const detail = { sleeves: [{ path: ['listed', 'stocks'], columns: ['NYSE:AAA', 'NYSE:BBB_trend_v1_SHORT'] }] };
  const facts = { ...quiet.facts, syntheticResets: { turnoverTwoSided: 1.5, cost: 0.0009 } };
  expect(shortSleeves({ detail })).toEqual(['listed / stocks']);
  expect(saidOf({ detail, facts })).toEqual([
    'listed / stocks: constant-notional short',
    'whole: constant-notional short: daily resets would trade 150.00 % of equity, two-sided, and cost 0.09 %; reported, not charged',
  ]);
});

test('flags of decisions are counted for the portfolio and for each below it', () => {
  const windows = [
    { path: [], flags: ['hardened'] },
    { path: [], flags: ['hardened', 'partial'] },
    { path: [], flags: [] },
  ];
  const below = [{ path: ['listed'], flags: ['fallback_min_variance'] }];
  expect(saidOf({ windows, below })).toEqual([
    'whole: hardened: more correlation shrinkage than asked for, in 2 of 3 decisions',
    'listed: fallback_min_variance, in 1 of 1 decisions',
  ]);
});

test('partial windows at either tier, rows that nobody holds, and baselines that were not run are named', () => {
  const facts = {
    ...quiet.facts,
    partialRows: 4,
    untradedRows: 3,
    warnings: ['few rows'],
    baselines: [{ name: 'flat', reason: 'no variance' }],
    sleeves: [
      { path: ['coins'], lastPartialRows: 5, partialRows: 5, flags: ['partial'] },
      { path: ['funds'], lastPartialRows: 6, partialRows: 0, flags: [] },
    ],
  };
  expect(saidOf({ facts })).toEqual([
    'whole: partial window: the last decision earns 4 rows',
    'whole: 3 joined rows behind the last window are not held',
    'whole: few rows',
    'baseline flat: not run: no variance',
    'coins: partial window: its last 5 rows are fewer than a window',
    'funds: 6 rows behind the last full window are not held',
  ]);
});
