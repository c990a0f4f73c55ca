import { isDynamicUniverse, selectionSettingsOf } from '../manifest/selection-settings.ts';
import type { ResolvedProfile } from '../manifest/resolved-schema.ts';
import { regimeRowsMax, unreachableLabels } from '../regime/regime.ts';
import { reachOf } from '../selection/reach.ts';
import { relaxationTarget } from '../selection/stages.ts';
import { selectionModeSchema, selectionModes, type SelectionSettings } from '../selection/settings.ts';
import { linted, type LintedRule } from './rule.ts';
import type { LintedUniverse } from './universe.ts';

const about = 'selection';

function modeRule({ selectionMode: { value } }: ResolvedProfile): LintedRule {
  const expected = `one of ${selectionModes.join(', ')}, or none`;
  const rule = { rule: 'selection_mode', value, expected };
  if (value === 'none')
    return linted(about, { ...rule, status: 'not_applicable', why: 'every symbol passes, so no rule of selection acts' });
  const isKnown = selectionModeSchema.safeParse(value).success;
  return linted(about, { ...rule, status: isKnown ? 'kept' : 'broken', why: isKnown ? 'it is computed' : 'a selection has one mode' });
}

/** Settings that cannot act on the training rows. `isTold` says that the entropy threshold has been judged already. */
function reachRules(settings: SelectionSettings, trainWindow: number, isTold: boolean): LintedRule[] {
  return reachOf(settings, trainWindow)
    .filter(({ setting }) => !(isTold && setting === 'features.entropy_max_threshold'))
    .map(({ setting, status, value, reachable, why }) =>
      linted(about, {
        rule: setting,
        status,
        value: typeof value === 'number' ? value : [...value],
        expected: reachable === null ? `can act on ${trainWindow} rows` : `below ${reachable}`,
        why,
      }),
    );
}

function regimeRule({ blocks: { data, features } }: ResolvedProfile): LintedRule {
  const rows = Math.min(regimeRowsMax, data.lookback_days);
  const unreachable = unreachableLabels(rows, features.feat_spectral_regimes === true ? 'noise' : 'off');
  return linted(about, {
    rule: 'regime_labels',
    status: unreachable.length === 0 ? 'kept' : 'cannot_act',
    value: unreachable,
    expected: 'every label can occur',
    why: `the detector reads ${rows} rows${features.feat_spectral_regimes === true ? '' : '; TURBULENT needs feat_spectral_regimes'}`,
  });
}

function dynamicRule(resolved: ResolvedProfile): LintedRule {
  const isDynamic = isDynamicUniverse(resolved);
  return linted(about, {
    rule: 'dynamic_universe',
    status: isDynamic ? 'kept' : 'look_ahead',
    value: isDynamic,
    expected: true,
    why: isDynamic ? 'each window selects on its own training rows' : 'one selection on the last rows decides every window of the past',
  });
}

/** Betas of long positions alone do not cancel. */
function marketNeutralRule({ blocks: { backtest, features } }: ResolvedProfile): LintedRule[] {
  if (!backtest.profiles.includes('market_neutral')) return [];
  const isShort = features.feat_short_direction === true;
  return [
    linted(about, {
      rule: 'market_neutral',
      status: isShort ? 'kept' : 'broken',
      value: isShort,
      expected: true,
      why: 'the risk profile market_neutral needs feat_short_direction: long positions alone cannot reach a beta of zero',
    }),
  ];
}

function winnersRules(settings: SelectionSettings, { symbols }: LintedUniverse): LintedRule[] {
  if (symbols === null) return [];
  const candidates = symbols.length;
  const target = relaxationTarget(candidates, settings.min_winners, settings.reading.relaxation === 'origin');
  const fits = candidates >= settings.min_winners;
  return [
    linted(about, {
      rule: 'min_winners',
      status: fits ? 'kept' : 'broken',
      value: candidates,
      expected: settings.min_winners,
      why: fits ? `relaxation goes on to ${target} of ${candidates} candidates` : 'fewer candidates than winners: every selection aborts',
    }),
    linted(about, {
      rule: 'relaxation',
      status: target >= candidates ? 'cannot_act' : 'kept',
      value: target,
      expected: `fewer than the ${candidates} candidates`,
      why: target >= candidates ? 'everybody who is not vetoed for good is admitted' : 'there is something to select from',
    }),
  ];
}

function topRule({ mode, top_n: top, dynamic_selection: dynamic, reading }: SelectionSettings): LintedRule {
  const acts = dynamic ? `1 to ${top + 1}, by the mean correlation` : String(reading.quota_floor === 'max5' ? Math.max(5, top) : top);
  return linted(about, {
    rule: 'top_n',
    status: !dynamic && reading.quota_floor === 'max5' && top < 5 ? 'cannot_act' : 'kept',
    value: top,
    expected: acts,
    why: `${mode} lets ${acts} of a cluster win${dynamic ? '' : ' (feat_dynamic_selection is off)'}`,
  });
}

/** What a profile asks of selection, and what of it cannot act. Errors: ManifestInvalid. */
export function selectionRules(resolved: ResolvedProfile, universe: LintedUniverse, isEntropyTold: boolean): LintedRule[] {
  const mode = modeRule(resolved);
  const neutral = marketNeutralRule(resolved);
  if (mode.status !== 'kept') return [mode, ...neutral];
  const settings = selectionSettingsOf(resolved);
  return [
    mode,
    topRule(settings),
    ...winnersRules(settings, universe),
    ...reachRules(settings, resolved.blocks.backtest.train_window, isEntropyTold),
    regimeRule(resolved),
    dynamicRule(resolved),
    ...neutral,
  ];
}
