import { describe, expect, test } from '@jest/globals';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { selectionSettingsOf } from '../../../domain/manifest/selection-settings.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { selectionReadings } from '../../../domain/selection/settings.ts';
import { usual } from '../../support/selection-settings.ts';

function settingsOf(profile: object) {
  const manifest = parseManifest(JSON.stringify({ default_profile: 'one', profiles: { one: profile } }), 'manifest.json');
  return selectionSettingsOf(resolveProfile(manifest, 'one'));
}

const v4 = { selection_mode: 'v4' };

describe('the settings of a selection', () => {
  test('are those of the documents’ manifest where a profile is silent', () => {
    expect(settingsOf({ selection: v4 })).toEqual(usual);
  });

  test('come from three blocks', () => {
    const settings = settingsOf({
      selection: {
        ...v4,
        top_n: 15,
        threshold: 0.45,
        min_momentum_score: -0.05,
        require: 'liquidity, adx',
        entropy_acceptance: [0.9, 0.95],
      },
      features: { entropy_max_threshold: 0.999, eci_hurdle: -0.6, feat_dynamic_selection: false, feat_short_direction: true },
      risk: { cluster_lookbacks: [5, 60, 120, 200] },
    });
    expect(settings).toEqual({
      ...usual,
      top_n: 15,
      threshold: 0.45,
      min_momentum_score: -0.05,
      require: ['liquidity', 'adx'],
      entropy_acceptance: [0.9, 0.95],
      entropy_max: 0.999,
      eci_hurdle: -0.6,
      dynamic_selection: false,
      short_direction: true,
      cluster_lookbacks: [5, 60, 120, 200],
    });
  });

  test('name atoms where a sleeve may be short: a strategy that could not be told from its symbol is refused', () => {
    const short = { feat_short_direction: true };
    expect(settingsOf({ selection: { ...v4, strategy: 'rating_all' }, features: short }).strategy).toBe('rating_all');
    expect(settingsOf({ selection: { ...v4, strategy: 'Rating all' } }).strategy).toBe('Rating all');
    for (const strategy of ['Rating', 'rating all', '_rating', 'rating__all', 'rating:all', 'rating_LONG'])
      expect(() => settingsOf({ selection: { ...v4, strategy }, features: short })).toThrow(
        expect.objectContaining({ code: 'ManifestInvalid', message: expect.stringContaining(JSON.stringify(strategy)) }),
      );
  });

  test('take all rules as the documents word them, or one rule alone', () => {
    expect(settingsOf({ selection: { ...v4, reading: 'documents' } }).reading).toEqual(selectionReadings.documents);
    expect(settingsOf({ selection: { ...v4, readings: 'hurst=rs' } }).reading).toEqual({ ...selectionReadings.ruled, hurst: 'rs' });
    expect(settingsOf({ selection: { ...v4, reading: 'documents', readings: ['relaxation=half'] } }).reading).toEqual({
      ...selectionReadings.documents,
      relaxation: 'half',
    });
  });

  test.each([
    ['a list of modes', { selection_mode: 'v3.2,v2.1' }, 'SelectionModeUnavailable', /"v3\.2,v2\.1"/],
    ['no mode', {}, 'SelectionModeUnavailable', /"none"/],
    ['a threshold as text', { ...v4, threshold: '0.5' }, 'ManifestInvalid', /threshold/],
    ['a choice that no rule has', { ...v4, readings: 'hurst=exact' }, 'ManifestInvalid', /readings/],
    ['a choice twice', { ...v4, readings: 'hurst=rs,hurst=rs' }, 'ManifestInvalid', /twice/],
    ['half a band', { ...v4, entropy_acceptance: [0.9] }, 'ManifestInvalid', /upper end/],
    ['a band that ends below its beginning', { ...v4, entropy_acceptance: [0.95, 0.9] }, 'ManifestInvalid', /upper end/],
    ['something that cannot be required', { ...v4, require: ['beauty'] }, 'ManifestInvalid', /require/],
  ])('refuse %s', (_, selection, code, says) => {
    let refusal: unknown;
    try {
      settingsOf({ selection });
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code, message: expect.stringMatching(says) });
  });
});
