import { describe, expect, test } from '@jest/globals';
import { regimeSettingsOf } from '../../../domain/manifest/regime-settings.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';

function resolved(profile: object) {
  return resolveProfile(parseManifest(JSON.stringify({ default_profile: 'one', profiles: { one: profile } }), 'manifest.json'), 'one');
}

const settingsOf = (profile: object) => regimeSettingsOf(resolved(profile).blocks);

/** Why each of some settings changes nothing, where it was written. */
function whyNot(profile: object): Record<string, string> {
  return Object.fromEntries(resolved(profile).notApplied.map(({ path, why }) => [path, why]));
}

function refusalOf(profile: object): unknown {
  try {
    return resolved(profile);
  } catch (error) {
    return error;
  }
}

describe('the settings of regimes', () => {
  test('are without a spectral flag, by quadrant, and fall back to equal risk, where a profile is silent', () => {
    expect(settingsOf({})).toEqual({
      spectral: 'off',
      aggressorTable: 'code',
      adaptive: { mapping: 'quadrant', fallback: 'risk_parity' },
    });
  });

  test('ask the flag that is named, once feat_spectral_regimes is on', () => {
    const flagged = (features: object) => settingsOf({ features: { feat_spectral_regimes: true, ...features } }).spectral;
    expect([flagged({}), flagged({ spectral: 'origin' }), flagged({ spectral: 'off' })]).toEqual(['noise', 'origin', 'off']);
    expect(settingsOf({ features: { spectral: 'origin' } }).spectral).toBe('off');
  });

  test('take mapping, fallback and table by name', () => {
    const features = { adaptive_mapping: 'regime', adaptive_fallback_profile: 'min_variance' };
    expect(settingsOf({ features, risk: { aggressor_table: 'specification' } })).toEqual({
      spectral: 'off',
      aggressorTable: 'specification',
      adaptive: { mapping: 'regime', fallback: 'min_variance' },
    });
  });

  test.each([
    ['a cut that has no name', { features: { spectral: 'loud' } }, /spectral/],
    ['a mapping that has no name', { features: { adaptive_mapping: 'moon' } }, /adaptive_mapping/],
    ['a table that has no name', { risk: { aggressor_table: 'mine' } }, /aggressor_table/],
    [
      'a fallback that is no profile, once something may fall back to it',
      { features: { adaptive_fallback_profile: 'hrpp' }, backtest: { profiles: 'hrp,adaptive' } },
      /adaptive_fallback_profile: hrpp .*hrp/,
    ],
    [
      'the adaptive profile as its own fallback',
      { features: { adaptive_fallback_profile: 'adaptive' }, backtest: { profiles: 'adaptive' } },
      /adaptive_fallback_profile/,
    ],
  ])('refuse %s', (_, profile, says) => {
    expect(refusalOf(profile)).toMatchObject({ code: 'ManifestInvalid', message: expect.stringMatching(says) });
  });

  test('refuse a fallback that is no profile where they are read, though nothing asked for the adaptive profile', () => {
    const { blocks } = resolved({ features: { adaptive_fallback_profile: 'market' } });
    expect(() => regimeSettingsOf(blocks)).toThrow(
      expect.objectContaining({ code: 'ManifestInvalid', at: { path: 'features.adaptive_fallback_profile' } }),
    );
  });
});

describe('what is written of regimes and changes nothing', () => {
  const features = { feat_spectral_regimes: true, spectral: 'origin', adaptive_mapping: 'regime', adaptive_fallback_profile: 'hrp' };
  const risk = { aggressor_table: 'specification', aggressor_fraction: 0.2 };

  test('is all of it where nothing reads a regime', () => {
    const paths = Object.keys(whyNot({ features, risk })).filter((path) => path !== 'risk.cluster_cap');
    expect(paths).toEqual([
      'features.adaptive_fallback_profile',
      'features.adaptive_mapping',
      'features.feat_spectral_regimes',
      'features.spectral',
      'risk.aggressor_table',
    ]);
  });

  test('is the table alone under the adaptive profile without a selection', () => {
    expect(whyNot({ features, risk, backtest: { profiles: 'hrp,adaptive' } })).toEqual({
      'risk.aggressor_table': 'with selection_mode none the fraction is risk.aggressor_fraction',
      'risk.cluster_cap': expect.stringContaining('selection_mode none'),
    });
  });

  test('is the fraction, and what only the adaptive profile reads, in a selecting sleeve', () => {
    expect(
      whyNot({ features: { ...features, feat_spectral_regimes: false }, risk, selection: { selection_mode: 'v4', top_n: 2 } }),
    ).toEqual({
      'features.adaptive_fallback_profile': 'backtest.profiles does not list adaptive',
      'features.adaptive_mapping': 'backtest.profiles does not list adaptive',
      'features.spectral': 'feat_spectral_regimes is off',
      'risk.aggressor_fraction': expect.stringContaining('aggressor_table'),
    });
  });

  test('is in a selecting sleeve no setting that selects, and each feature that no mode reads', () => {
    const selecting = {
      selection: { selection_mode: 'v4', top_n: 2, readings: 'hurst=rs' },
      features: { feat_short_direction: true, entropy_max_threshold: 0.9, feat_selection_logmps: true, feat_market_neutral: true },
      risk: { cluster_cap: 0.3, cluster_lookbacks: [60] },
      backtest: { dynamic_universe: true },
    };
    expect(Object.keys(whyNot(selecting))).toEqual(['features.feat_market_neutral']);
    expect(Object.keys(whyNot({ ...selecting, selection: { top_n: 2 } })).length).toBeGreaterThan(5);
  });
});
