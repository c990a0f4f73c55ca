import { describe, expect, test } from '@jest/globals';
import { notAppliedLeaves, whyNotApplied } from '../../../domain/manifest/not-applied.ts';
import golden from '../../golden/manifest/not-applied.json' with { type: 'json' };

describe('settings that change no number', () => {
  test.each([
    ['nothing', { selects: false, adapts: false, isSpectral: false }],
    ['selects', { selects: true, adapts: false, isSpectral: false }],
    ['adapts', { selects: false, adapts: true, isSpectral: false }],
    ['spectral', { selects: true, adapts: false, isSpectral: true }],
  ] as const)('each has its reason, or none, in a profile of the kind "%s"', (kind, acting) => {
    const paths = Object.keys(golden[kind]);
    expect(Object.fromEntries(paths.map((path) => [path, whyNotApplied(path, acting)]))).toEqual(golden[kind]);
  });

  test('are told where somebody wrote them, and the cap of clusters always', () => {
    const leaves = {
      'backtest.engines': ['a'],
      'backtest.profiles': ['hrp', 'adaptive'],
      'data.backfill': true,
      'features.adaptive_mapping': 'quadrant',
      'features.feat_spectral_regimes': false,
      'features.selection_mode': 'none',
      'features.spectral': 'noise',
      'risk.cluster_cap': 0.25,
      'risk.engine': 'x',
    };
    const provenance = {
      'backtest.engines': { layer: 'profile', at: 'profiles.a.backtest.engines' },
      'features.adaptive_mapping': { layer: 'profile', at: 'profiles.a.features.adaptive_mapping' },
      'features.spectral': { layer: 'cli', at: '--set' },
      'risk.engine': { layer: 'code', at: null },
    } as const;
    const cap = {
      path: 'risk.cluster_cap',
      value: 0.25,
      why: 'no cap acts inside the optimisers, and with selection_mode none every symbol is its own cluster',
    };
    const engines = { path: 'backtest.engines', value: ['a'], why: 'one engine and one simulator, our own, compute every profile' };
    expect(notAppliedLeaves(leaves, provenance)).toEqual([
      engines,
      { path: 'features.spectral', value: 'noise', why: 'feat_spectral_regimes is off' },
      cap,
    ]);
    expect(notAppliedLeaves({ ...leaves, 'features.feat_spectral_regimes': true }, provenance)).toEqual([engines, cap]);
    expect(notAppliedLeaves({ ...leaves, 'features.selection_mode': 'v4', 'backtest.profiles': 'adaptive' }, provenance)).toEqual([
      engines,
      { path: 'features.adaptive_mapping', value: 'quadrant', why: 'backtest.profiles does not list adaptive' },
      { path: 'features.spectral', value: 'noise', why: 'feat_spectral_regimes is off' },
    ]);
  });
});
