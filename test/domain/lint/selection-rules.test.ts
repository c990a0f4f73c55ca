import { describe, expect, test } from '@jest/globals';
import { lintProfile } from '../../../domain/lint/lint.ts';
import type { LintedRule } from '../../../domain/lint/rule.ts';
import { resolveProfile } from '../../../domain/manifest/resolve.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';

const stocks = Array.from({ length: 12 }, (_, place) => `NYSE:S${String(place).padStart(2, '0')}`);

function rulesOf(blocks: JsonObject, symbols: readonly string[] | null = stocks): Map<string, LintedRule> {
  const manifest = parseManifest(JSON.stringify({ profiles: { sleeve: blocks } }));
  const { rules } = lintProfile(resolveProfile(manifest, 'sleeve'), { symbols, prices: new Map() });
  return new Map(rules.map((rule) => [rule.rule, rule]));
}

const selecting = (more: JsonObject = {}): JsonObject => ({ selection: { selection_mode: 'v4', ...more } });
const statusOf = (rules: Map<string, LintedRule>, rule: string) => rules.get(rule)?.status;

describe('a profile that selects', () => {
  test('is told what 60 rows cannot do: thresholds, the exemption, labels of regimes, lookbacks', () => {
    const rules = rulesOf(selecting());
    expect(statusOf(rules, 'features.entropy_max_threshold')).toBe('cannot_act');
    expect(statusOf(rules, 'features.eci_hurdle exemption')).toBe('cannot_act');
    expect(rules.get('risk.cluster_lookbacks')).toMatchObject({ status: 'left_out', value: [120, 200] });
    expect(rules.get('regime_labels')).toMatchObject({ status: 'cannot_act', value: ['TURBULENT'] });
  });

  test('a short history cannot reach CRISIS either', () => {
    const short = { ...selecting(), data: { lookback_days: 61 } };
    expect(rulesOf(short).get('regime_labels')!.value).toEqual(['TURBULENT', 'CRISIS']);
    const flagged = { ...selecting(), features: { feat_spectral_regimes: true } };
    expect(rulesOf(flagged).get('regime_labels')).toMatchObject({ status: 'kept', value: [] });
  });

  test('a band above what 60 rows reach lets nobody pass where it is a veto', () => {
    const rules = rulesOf(selecting({ entropy_acceptance: [0.9, 0.95], readings: ['entropy_band=veto'] }));
    expect(rules.get('selection.entropy_acceptance')).toMatchObject({ status: 'rejects_all', breaks: true });
    expect(statusOf(rulesOf(selecting({ entropy_acceptance: [0.9, 0.95] })), 'selection.entropy_acceptance')).toBeUndefined();
  });

  test('fewer candidates than winners break it', () => {
    expect(rulesOf(selecting(), stocks.slice(0, 4)).get('min_winners')).toMatchObject({ status: 'broken', value: 4, expected: 5 });
    expect(statusOf(rulesOf(selecting(), stocks.slice(0, 5)), 'min_winners')).toBe('kept');
  });

  test('the literal relaxation admits all of a small universe', () => {
    expect(statusOf(rulesOf(selecting({ readings: ['relaxation=origin'] })), 'relaxation')).toBe('cannot_act');
    expect(rulesOf(selecting()).get('relaxation')).toMatchObject({ status: 'kept', value: 6 });
  });

  test('one selection for every window of the past looks ahead', () => {
    expect(rulesOf({ ...selecting(), backtest: { dynamic_universe: false } }).get('dynamic_universe')).toMatchObject({
      status: 'look_ahead',
    });
    expect(rulesOf(selecting()).get('dynamic_universe')).toMatchObject({ status: 'kept', value: true });
  });

  test('top_n below five acts as five under the literal floor, if the selection is not dynamic', () => {
    const fixed = (more: JsonObject) => ({ ...selecting(more), features: { feat_dynamic_selection: false } });
    expect(rulesOf(fixed({ readings: ['quota_floor=max5'] })).get('top_n')).toMatchObject({ status: 'cannot_act', expected: '5' });
    expect(rulesOf(fixed({})).get('top_n')).toMatchObject({ status: 'kept', expected: '3' });
    expect(rulesOf(selecting()).get('top_n')).toMatchObject({ expected: '1 to 4, by the mean correlation' });
  });
});

test('a list of modes is broken, and a profile without selection has none of these rules', () => {
  expect(rulesOf(selecting({ selection_mode: 'v3.2,v2.1' })).get('selection_mode')).toMatchObject({ status: 'broken', breaks: true });
  expect([...rulesOf({}).keys()]).toEqual(['crypto_sleeve', 'selection_mode']);
});

test('market_neutral without short positions is broken', () => {
  const asked = { backtest: { profiles: ['hrp', 'market_neutral'] } };
  expect(rulesOf(asked).get('market_neutral')).toMatchObject({ status: 'broken', value: false });
  expect(statusOf(rulesOf({ ...asked, features: { feat_short_direction: true } }), 'market_neutral')).toBe('kept');
});
