import { describe, expect, test } from '@jest/globals';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { actingSelection, blocksAsSelected, isDynamicUniverse, selectionSettingsOf } from '../../../domain/manifest/selection-settings.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { selectionReadings } from '../../../domain/selection/settings.ts';
import { refusalOf } from '../../support/refusal.ts';
import { usual } from '../../support/selection-settings.ts';

function resolved(profile: object, defaults: object = {}) {
  const manifest = parseManifest(JSON.stringify({ default_profile: 'one', defaults, profiles: { one: profile } }), 'manifest.json');
  return resolveProfile(manifest, 'one');
}

const settingsOf = (profile: object, defaults: object = {}) => selectionSettingsOf(resolved(profile, defaults));

const v4 = { selection_mode: 'v4' };

const said = (profile: object, defaults: object = {}) => {
  const { code, message, evidence, at } = refusalOf(() => settingsOf(profile, defaults));
  return { code, message, evidence, at };
};
const universe = (profile: object) => {
  const one = resolved(profile);
  return [isDynamicUniverse(one), blocksAsSelected(one).backtest.dynamic_universe, actingSelection(one)];
};
const acting = (dynamic: boolean, logMps = true) => ({
  'backtest.dynamic_universe': dynamic,
  'features.feat_selection_logmps': logMps,
});

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

describe('the refusal of a selection', () => {
  test('names the mode and where it was written', () => {
    const { evidence, ...first } = said({ selection: { selection_mode: 'v9' } });
    expect(first).toEqual({
      code: 'SelectionModeUnavailable',
      message: 'profiles.one.selection.selection_mode is "v9", which selects nothing.',
      at: { path: 'profiles.one.selection.selection_mode' },
    });
    expect(evidence).toMatchObject({ selectionMode: 'v9', computed: expect.arrayContaining(['v3', 'v4']) });
    expect(said({}, { features: { selection_mode: 'v9' } })).toMatchObject({
      message: 'defaults.features.selection_mode is "v9", which selects nothing.',
      at: { path: 'defaults.features.selection_mode' },
    });
    // Nobody wrote it: it is named by its setting.
    expect(said({})).toMatchObject({
      message: 'selection.selection_mode is "none", which selects nothing.',
      at: { path: 'selection.selection_mode' },
    });
  });

  test.each([
    ['v4', false, 'profiles.one.features.feat_selection_logmps is false, but selection_mode v4 scores by LogMPS.'],
    ['v3', true, 'profiles.one.features.feat_selection_logmps is true, but selection_mode v3 scores by a plain product.'],
  ])('names the score of %s that a flag of %p denies', (mode, flag, message) => {
    const profile = { selection: { selection_mode: mode }, features: { feat_selection_logmps: flag } };
    expect(said(profile)).toEqual({
      code: 'ManifestInvalid',
      message,
      evidence: { selectionMode: mode },
      at: { path: 'profiles.one.features.feat_selection_logmps' },
    });
    expect(settingsOf({ selection: profile.selection, features: { feat_selection_logmps: !flag } }).mode).toBe(mode);
    // What nobody wrote denies nothing.
    expect(settingsOf({ selection: profile.selection }).mode).toBe(mode);
  });

  test('names a strategy that names no atom', () => {
    const features = { feat_short_direction: true };
    expect(said({ selection: { ...v4, strategy: 'Not good' }, features })).toEqual({
      code: 'ManifestInvalid',
      message:
        'profiles.one.selection.strategy is "Not good": with feat_short_direction it names atoms, in small letters, digits and ' +
        'single underscores.',
      evidence: { strategy: 'Not good' },
      at: { path: 'profiles.one.selection.strategy' },
    });
    for (const strategy of ['a', 'a1', 'a_1', 'a_b_c', 'rating2_all'])
      expect(settingsOf({ selection: { ...v4, strategy }, features }).strategy).toBe(strategy);
    for (const strategy of ['1a', 'a_', 'a-b', 'A', 'ab C'])
      expect(said({ selection: { ...v4, strategy }, features }).evidence).toEqual({ strategy });
  });
});

describe('what acts in a selection', () => {
  test('is a universe that each window selects again, unless somebody wrote otherwise', () => {
    expect(universe({ selection: v4 })).toEqual([true, true, acting(true)]);
    expect(universe({ selection: v4, backtest: { dynamic_universe: true } })).toEqual([true, true, acting(true)]);
    expect(universe({ selection: v4, backtest: { dynamic_universe: false } })).toEqual([false, false, acting(false)]);
    expect(universe({ selection: { selection_mode: 'v3' } })).toEqual([true, true, acting(true, false)]);
  });

  test('is nothing where nothing is selected: the blocks stay as they are', () => {
    for (const profile of [{}, { selection: { selection_mode: 'v9' } }]) {
      const one = resolved(profile);
      expect(blocksAsSelected(one)).toBe(one.blocks);
      expect(actingSelection(one)).toEqual({});
    }
  });
});
