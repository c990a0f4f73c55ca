import { describe, expect, test } from '@jest/globals';
import { leavesOfSettings } from '../../../domain/manifest/flat-settings.ts';
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
