/** What a run directory of the Python system says of positions, of cash, of settings and of trees: its words, and their order. */
import { describe, expect, test } from '@jest/globals';
import type { ClusterTree } from '../../../domain/risk/cluster-tree.ts';
import { assetRecord, blocksOf, bySize, cashMember, settingsPath, treeDocument } from '../../../handlers/run-tree/entries.ts';

describe('a position', () => {
  test.each([
    [0.25, { Weight: 0.25, Net_Weight: 0.25, Gross_Weight: 0.25, Direction: 'LONG' }],
    [-0.25, { Weight: 0.25, Net_Weight: -0.25, Gross_Weight: 0.25, Direction: 'SHORT' }],
    [0, { Weight: 0, Net_Weight: 0, Gross_Weight: 0, Direction: 'FLAT' }],
  ])('of weight %p has its size, its sign and its direction', (weight, said) => {
    expect(assetRecord({ symbol: 'NYSE:AAA', weight })).toEqual({ Symbol: 'NYSE:AAA', ...said });
  });
});

describe('positions by size', () => {
  test('begin with the greatest, long or short; those of one size stand by symbol', () => {
    const weights = [
      { symbol: 'NYSE:DDD', weight: 0.1 },
      { symbol: 'NYSE:CCC', weight: 0.2 },
      { symbol: 'NYSE:BBB', weight: -0.5 },
      { symbol: 'NYSE:AAA', weight: -0.2 },
      { symbol: 'NYSE:EEE', weight: 0 },
    ];
    expect(bySize(weights).map(({ symbol, weight }) => [symbol, weight])).toEqual([
      ['NYSE:BBB', -0.5],
      ['NYSE:AAA', -0.2],
      ['NYSE:CCC', 0.2],
      ['NYSE:DDD', 0.1],
      ['NYSE:EEE', 0],
    ]);
    expect(weights[0]).toEqual({ symbol: 'NYSE:DDD', weight: 0.1 });
    expect(bySize([])).toEqual([]);
  });
});

describe('cash beside positions', () => {
  const cash = { asset: 'USD', weight: 0.1 };

  test('stands by profile, and only for those that hold some', () => {
    expect(cashMember({ hrp: cash, equal_weight: null })).toEqual({ cash: { hrp: cash } });
  });

  test('is no member at all where no profile holds any', () => {
    expect(cashMember({ hrp: null })).toEqual({});
    expect(cashMember({})).toEqual({});
  });
});

describe('settings by dotted path', () => {
  test('become blocks, with those of one block together', () => {
    const leaves = { 'backtest.train_window': 60, 'data.lookback_days': 500, 'backtest.costs.slippage': 0.001, note: 'whole', empty: null };
    expect(blocksOf(leaves)).toEqual({
      backtest: { train_window: 60, costs: { slippage: 0.001 } },
      data: { lookback_days: 500 },
      note: 'whole',
      empty: null,
    });
    expect(blocksOf({})).toEqual({});
  });

  test('stand where the Python programs look for them', () => {
    expect(settingsPath).toBe('config/resolved_manifest.json');
  });
});

describe('a tree', () => {
  const tree: ClusterTree = { leaves: ['a', 'b'], linkage: [[0, 1, 1, 2]], leafOrder: ['b', 'a'], distances: [1] };
  const said = { leaves: ['a', 'b'], linkage: [[0, 1, 1, 2]], leaf_order: ['b', 'a'], distances: [1] };

  test('names its leaves, its joins, its order and its distances', () => {
    expect(treeDocument(tree)).toEqual(said);
  });

  test('says what its leaves are made of where they are clusters', () => {
    const members = { w1: ['NYSE:AAA', 'NYSE:BBB'] };
    expect(treeDocument({ ...tree, members })).toEqual({ ...said, clusters: members });
  });
});
