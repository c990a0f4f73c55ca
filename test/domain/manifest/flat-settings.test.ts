import { describe, expect, test } from '@jest/globals';
import { flatLayoutOfVersion1, leavesOfSettings } from '../../../domain/manifest/flat-settings.ts';
import { editDistance, nearest } from '../../../domain/shared/suggest.ts';

describe("somebody else's resolved settings", () => {
  test('settings at the root are sorted into their blocks, features keep theirs', () => {
    const leaves = leavesOfSettings({
      profile: 'production',
      run_id: 'x',
      train_window: 60,
      top_n: 3,
      engines: 'custom,skfolio',
      lookback_days: 500,
      features: { feat_market_neutral: false },
      git_commit: 'abc',
    });
    expect(leaves).toEqual({
      'backtest.engines': ['custom', 'skfolio'],
      'backtest.train_window': 60,
      'data.lookback_days': 500,
      'features.feat_market_neutral': false,
      'selection.top_n': 3,
    });
  });

  test('blocks are read as blocks', () => {
    expect(
      leavesOfSettings({ backtest: { train_window: 60, benchmark_symbols: ['AMEX:SPY'] }, risk: { hrp: { linkage: 'ward' } } }),
    ).toEqual({
      'backtest.benchmark_symbols': ['AMEX:SPY'],
      'backtest.train_window': 60,
      'risk.hrp.linkage': 'ward',
    });
  });
});

describe('near misses', () => {
  test.each([
    ['kitten', 'sitting', 3],
    ['abc', 'abc', 0],
    ['', 'abc', 3],
    ['windw', 'window', 1],
    ['ca', 'ac', 1],
    ['max_wieght', 'max_weight', 1],
  ])('%s and %s are %d edits apart', (left, right, distance) => {
    expect(editDistance(left, right)).toBe(distance);
    expect(editDistance(right, left)).toBe(distance);
  });

  test('a word far from all is met with silence', () => {
    expect(nearest('zzzzzz', ['train_window', 'test_window'])).toBeNull();
  });
});

describe('the layout that release 0.1.0 read', () => {
  test('has the keys of its blocks of that time, and nothing of a portfolio or of a run', () => {
    const { keys, lists } = flatLayoutOfVersion1;
    expect(Object.keys(keys)).toEqual(['data', 'selection', 'risk', 'backtest', 'features', 'discovery']);
    expect([keys['risk'], keys['discovery']]).toEqual([
      ['cluster_cap', 'cluster_lookbacks', 'engine', 'profile', 'estimator', 'aggressor_fraction', 'ridge', 'hrp'],
      ['enabled_markets', 'strategies'],
    ]);
    expect([...lists]).toEqual(['engines', 'profiles', 'backtest_simulators', 'benchmark_symbols']);
  });

  test('leaves out what came since, where it stands at the root, and what belongs to no block', () => {
    const settings = { top_n: 3, min_winners: 2, mandate: 'warn', currency: 'EUR', tournament: { x: 1 }, id: 'x', from: null };
    expect(leavesOfSettings(settings, flatLayoutOfVersion1)).toEqual({ 'selection.top_n': 3 });
    expect(leavesOfSettings(settings)).toEqual({ 'selection.min_winners': 2, 'selection.top_n': 3 });
  });

  test('takes a list that is written with commas apart, in whichever block, and no other text', () => {
    const settings = { engines: ' a,b ', backtest: { benchmark_symbols: 'A:B, C:D', report_mode: 'x,y', backtest_simulators: ['a,b'] } };
    expect(leavesOfSettings(settings, flatLayoutOfVersion1)).toEqual({
      'backtest.backtest_simulators': ['a,b'],
      'backtest.benchmark_symbols': ['A:B', 'C:D'],
      'backtest.engines': ['a', 'b'],
      'backtest.report_mode': 'x,y',
    });
  });

  test('lets a block have the last word on what stands at the root too', () => {
    expect(leavesOfSettings({ train_window: 60, backtest: { train_window: 90 } }, flatLayoutOfVersion1)).toEqual({
      'backtest.train_window': 90,
    });
    expect(leavesOfSettings({ hrp: { linkage: 'ward' }, selection_mode: 'v4', enabled_markets: 'x' }, flatLayoutOfVersion1)).toEqual({
      'selection.selection_mode': 'v4',
    });
  });
});
