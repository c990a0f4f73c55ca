/** Contribution histories from a table of leaf paths, by hand: two sleeves, one of them inside a portfolio below. */
import { expect, test } from '@jest/globals';
import type { DatedTable } from '../../../domain/returns/table-text.ts';
import { backtestContributions } from '../../../handlers/tear-sheets/backtest-risk.ts';

function tableOf(dates: readonly string[], columns: Readonly<Record<string, readonly number[]>>): DatedTable {
  return { dates, columns: Object.keys(columns), values: Object.values(columns).map((values) => Float64Array.from(values)) };
}

const dates = ['2022-01-31', '2022-02-28', '2022-03-31'];
const windows = [{ newestRead: dates[0]!, first: dates[0]!, last: dates[0]!, rows: 1, turnoverTwoSided: 1, costFraction: 0 }];
const profile: Parameters<typeof backtestContributions>[0] = {
  facts: { realisedShares: { coins: 0.25, listed: 0.75 } },
  joined: tableOf(dates, { coins: [0, 0, 0], listed: [0, 0, 0] }),
  returns: tableOf(dates, { net: [0, 0, 0] }),
  decisions: tableOf(dates, { 'risk_share:coins': [0.4, Number.NaN, 0.5], 'risk_share:listed': [0.6, Number.NaN, 0.5] }),
  riskShares: tableOf(dates, {
    'optimiser:listed/stocks/A': [0.2, Number.NaN, 0.1],
    'optimiser:listed/stocks/B': [0.4, Number.NaN, 0.4],
    'optimiser:coins/A': [0.4, Number.NaN, 0.5],
    'joint:listed/stocks/A': [0.1, 0.3, 0.2],
    'joint:listed/stocks/B': [-0.2, 0.3, 0.2],
    'joint:coins/A': [1.1, 0.4, 0.6],
  }),
  detail: {
    risk: 'hrp',
    sleeves: [
      { path: ['listed', 'stocks'], columns: ['A', 'B'], windows },
      { path: ['coins'], columns: ['A'], windows },
    ],
    leafShares: { 'listed/stocks/A': 0.5, 'listed/stocks/B': 0.25, 'coins/A': 0.25 },
    baselines: [],
  },
};

const found = (kind: string, of: string, from = profile) =>
  backtestContributions(from).find((history) => history.kind === kind && history.of === of);

test('a sleeve has the sum over its leaf paths by one covariance, and what was recorded by the optimiser', () => {
  expect(found('joint', 'sleeves')!.ids).toEqual(['coins', 'listed']);
  expect(found('joint', 'sleeves')!.rows.map(({ shares }) => shares.map((share) => Number(share.toFixed(12))))).toEqual([
    [1.1, -0.1],
    [0.4, 0.6],
    [0.6, 0.4],
  ]);
  expect(found('optimiser', 'sleeves')!.rows[0]).toEqual({ date: '2022-01-31', shares: [0.4, 0.6] });
});

test('a decision without variance is left out, and the others keep their dates', () => {
  expect(found('optimiser', 'sleeves')!.rows.map(({ date }) => date)).toEqual([dates[0], dates[2]]);
  expect(found('optimiser', 'assets')!.rows.map(({ date }) => date)).toEqual([dates[0], dates[2]]);
  expect(found('joint', 'assets')!.rows).toHaveLength(3);
});

test('an asset is named by the whole way to it, so that the same one in two sleeves is two', () => {
  expect(found('joint', 'assets')!.ids).toEqual(['listed / stocks / A', 'listed / stocks / B', 'coins / A']);
  expect(found('realised', 'assets')!.rows).toEqual([{ date: '2022-03-31', shares: [0.5, 0.25, 0.25] }]);
});

test('returns that do not vary have no realised shares', () => {
  const still = { ...profile, detail: { ...profile.detail, leafShares: null } };
  expect(found('realised', 'sleeves', still)).toBeUndefined();
});
