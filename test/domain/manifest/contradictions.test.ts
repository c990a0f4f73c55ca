import { describe, expect, test } from '@jest/globals';
import type { ResolvedBlocks } from '../../../domain/manifest/blocks.ts';
import { contradictions, neutralWithoutShorts } from '../../../domain/manifest/contradictions.ts';
import type { ProvenanceByPath } from '../../../domain/manifest/provenance.ts';

interface Change {
  readonly backtest?: object;
  readonly features?: object;
  readonly data?: object;
}
function blocksOf({ backtest, features, data }: Change): ResolvedBlocks {
  const blocks: unknown = {
    backtest: { train_window: 99, test_window: 10, step_size: 10, rebalance_mode: 'window', profiles: ['hrp'], ...backtest },
    features: { ...features },
    data: { lookback_days: 100, exclude: [], ...data },
  };
  return blocks as ResolvedBlocks;
}
const written = (path: string, layer: 'profile' | 'code' = 'profile'): ProvenanceByPath => ({
  [path]: { layer, at: layer === 'code' ? null : `p.${path}` },
});
const found = (change: Change, provenance: ProvenanceByPath = {}) =>
  contradictions(blocksOf(change), provenance).map(({ path, message }) => ({ path, message }));

const neutral = (backtest: object, features: object, mode: string, provenance: ProvenanceByPath = {}) =>
  neutralWithoutShorts(blocksOf({ backtest, features }), mode, provenance).map(({ path, message }) => [path, message]);

describe('settings that cannot hold together', () => {
  test('are none at their boundaries', () => {
    expect(found({})).toEqual([]);
    expect(found({ features: { hurst_random_walk_min: 0.5, hurst_random_walk_max: 0.5 } })).toEqual([]);
    expect(found({ features: { hurst_random_walk_min: 0.5 } })).toEqual([]);
    expect(found({ features: { feat_rebalance_mode: 'window' } })).toEqual([]);
    expect(found({ features: { feat_rebalance_mode: 'daily' } }, written('features.feat_rebalance_mode', 'code'))).toEqual([]);
    expect(found({ features: { adaptive_fallback_profile: 'nobody' } })).toEqual([]);
    expect(found({ backtest: { profiles: ['adaptive'] }, features: { adaptive_fallback_profile: 'erc' } })).toEqual([]);
    expect(found({ backtest: { profiles: ['adaptive'] } })).toEqual([]);
    expect(found({ data: { symbols: ['X:A'], exclude: ['X:B'] } })).toEqual([]);
  });

  const cases: readonly [Change, path: string, other: string, sentence: string][] = [
    [
      { backtest: { train_window: 100 } },
      'backtest.train_window',
      'data.lookback_days',
      'train_window 100 must be less than lookback_days 100.',
    ],
    [
      { backtest: { step_size: 11 } },
      'backtest.step_size',
      'backtest.test_window',
      'step_size 11 above test_window 10 would leave days untested: take at most 10.',
    ],
    [
      { features: { hurst_random_walk_min: 0.6, hurst_random_walk_max: 0.5 } },
      'features.hurst_random_walk_min',
      'features.hurst_random_walk_max',
      'hurst_random_walk_min 0.6 is above hurst_random_walk_max 0.5.',
    ],
    [
      { features: { feat_rebalance_mode: 'daily' } },
      'features.feat_rebalance_mode',
      'features.feat_rebalance_mode',
      'feat_rebalance_mode daily differs from backtest.rebalance_mode window: write the latter.',
    ],
    [
      { data: { symbols: ['X:A', 'X:B', 'X:C'], exclude: ['X:C', 'X:A'] } },
      'data.exclude',
      'data.symbols',
      'X:A, X:C stands in data.symbols too.',
    ],
  ];
  test.each(cases)('%j is told at %s, or where the manifest wrote %s', (change, path, other, sentence) => {
    expect(found(change)).toEqual([{ path, message: `${path}: ${sentence}` }]);
    expect(found(change, written(other))).toEqual([{ path: `p.${other}`, message: `p.${other}: ${sentence}` }]);
    expect(found(change, { ...written(path), ...written(other) })[0]!.path).toBe(`p.${path}`);
  });

  test('names a fallback that is none', () => {
    const [problem, ...others] = found({ backtest: { profiles: ['adaptive'] }, features: { adaptive_fallback_profile: 'market' } });
    expect(others).toEqual([]);
    expect(problem!.path).toBe('features.adaptive_fallback_profile');
    expect(problem!.message).toMatch(
      /^features\.adaptive_fallback_profile: market is no profile that the adaptive profile can fall back to/,
    );
  });

  test('a sleeve that selects nothing short cannot be neutral to its market', () => {
    const profiles = ['hrp', 'market_neutral'];
    const sentence = 'market_neutral needs features.feat_short_direction: long streams alone have the beta of their market.';
    expect(neutral({ profiles }, {}, 'v4')).toEqual([['backtest.profiles', `backtest.profiles: ${sentence}`]]);
    expect(neutral({ profiles }, {}, 'v4', written('backtest.profiles'))).toEqual([
      ['p.backtest.profiles', `p.backtest.profiles: ${sentence}`],
    ]);
    expect([neutral({ profiles }, {}, 'none'), neutral({ profiles }, { feat_short_direction: true }, 'v4')]).toEqual([[], []]);
    expect(neutral({}, {}, 'v4')).toEqual([]);
  });
});
