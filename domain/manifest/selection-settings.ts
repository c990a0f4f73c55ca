import { LedgerError } from '../shared/errors.ts';
import { readingOf, type SelectionMode, selectionModeSchema, type SelectionSettings } from '../selection/settings.ts';
import { missing } from './missing-setting.ts';
import type { ResolvedProfile } from './resolved-schema.ts';

/** A larger share of candidates that no stage can admit aborts a selection. */
const vetoShareMax = 0.7;

type SelectingProfile = Pick<ResolvedProfile, 'blocks' | 'selectionMode' | 'provenance'>;

const dynamicUniversePath = 'backtest.dynamic_universe';
const logMpsPath = 'features.feat_selection_logmps';

/** Whether each window selects again: as written, and where nobody wrote it, yes. */
export function isDynamicUniverse({ blocks, provenance }: SelectingProfile): boolean {
  const isWritten = (provenance[dynamicUniversePath]?.layer ?? 'code') !== 'code';
  return isWritten ? blocks.backtest.dynamic_universe === true : true;
}

const isComputed = ({ selectionMode }: SelectingProfile): boolean => selectionModeSchema.safeParse(selectionMode.value).success;

/** The blocks with what an absent `backtest.dynamic_universe` means where the sleeve selects: it is no default, so no layer writes it. */
export function blocksAsSelected(profile: SelectingProfile): ResolvedProfile['blocks'] {
  const { blocks } = profile;
  if (!isComputed(profile)) return blocks;
  return { ...blocks, backtest: { ...blocks.backtest, dynamic_universe: isDynamicUniverse(profile) } };
}

/** Settings of a selecting sleeve as they act, whoever wrote them, by path; none of a sleeve that selects nothing. */
export function actingSelection(profile: SelectingProfile): Readonly<Record<string, boolean>> {
  if (!isComputed(profile)) return {};
  return { [dynamicUniversePath]: isDynamicUniverse(profile), [logMpsPath]: profile.selectionMode.value !== 'v3' };
}

/** The mode names the score; a flag that somebody wrote must say the same. */
function assertScore(mode: SelectionMode, { blocks, provenance }: SelectingProfile): void {
  const written = provenance[logMpsPath];
  if (written === undefined || written.layer === 'code') return;
  const isLogMps = mode !== 'v3';
  if (blocks.features.feat_selection_logmps === isLogMps) return;
  const at = written.at ?? logMpsPath;
  const score = isLogMps ? 'by LogMPS' : 'by a plain product';
  throw new LedgerError(
    'ManifestInvalid',
    `${at} is ${String(blocks.features.feat_selection_logmps)}, but selection_mode ${mode} scores ${score}.`,
    { evidence: { selectionMode: mode }, at: { path: at } },
  );
}

/** What the strategy of an atom may be called, so that the symbol before it is found again. */
const strategyPattern = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;

/** Where a sleeve may be short, its strategy is part of the names of its atoms. */
function assertNamesAtoms(strategy: string, { blocks, provenance }: SelectingProfile): void {
  if (blocks.features.feat_short_direction !== true || strategyPattern.test(strategy)) return;
  const at = provenance['selection.strategy']?.at ?? 'selection.strategy';
  throw new LedgerError(
    'ManifestInvalid',
    `${at} is ${JSON.stringify(strategy)}: with feat_short_direction it names atoms, in small letters, digits and single underscores.`,
    { evidence: { strategy }, at: { path: at } },
  );
}

/**
 * What a profile says of selection, with nothing left to a default: resolution has put one wherever a manifest is silent.
 * Errors: SelectionModeUnavailable for a mode that is not computed, such as a list of modes; ManifestInvalid.
 */
export function selectionSettingsOf(profile: SelectingProfile): SelectionSettings {
  const { blocks, selectionMode, provenance } = profile;
  const { selection, features, risk } = blocks;
  const mode = selectionModeSchema.safeParse(selectionMode.value);
  if (!mode.success) {
    const at = provenance[selectionMode.path]?.at ?? selectionMode.path;
    throw new LedgerError('SelectionModeUnavailable', `${at} is ${JSON.stringify(selectionMode.value)}, which selects nothing.`, {
      evidence: { selectionMode: selectionMode.value, computed: [...selectionModeSchema.options] },
      at: { path: at },
    });
  }
  assertScore(mode.data, profile);
  const strategy = selection.strategy ?? missing('selection.strategy');
  assertNamesAtoms(strategy, profile);
  const [low, high] = selection.entropy_acceptance ?? missing('selection.entropy_acceptance');
  return {
    mode: mode.data,
    strategy,
    top_n: selection.top_n ?? missing('selection.top_n'),
    threshold: selection.threshold ?? missing('selection.threshold'),
    min_momentum_score: selection.min_momentum_score ?? missing('selection.min_momentum_score'),
    min_winners: selection.min_winners ?? missing('selection.min_winners'),
    veto_share_max: vetoShareMax,
    dynamic_selection: features.feat_dynamic_selection ?? missing('features.feat_dynamic_selection'),
    predictability_vetoes: features.feat_predictability_vetoes ?? missing('features.feat_predictability_vetoes'),
    short_direction: features.feat_short_direction ?? missing('features.feat_short_direction'),
    entropy_max: features.entropy_max_threshold ?? missing('features.entropy_max_threshold'),
    entropy_acceptance: low === undefined || high === undefined ? null : [low, high],
    efficiency_min: features.efficiency_min_threshold ?? missing('features.efficiency_min_threshold'),
    hurst_random_walk: [
      features.hurst_random_walk_min ?? missing('features.hurst_random_walk_min'),
      features.hurst_random_walk_max ?? missing('features.hurst_random_walk_max'),
    ],
    eci_hurdle: features.eci_hurdle ?? missing('features.eci_hurdle'),
    correlation_shrinkage: features.default_shrinkage_intensity,
    cluster_lookbacks: risk.cluster_lookbacks,
    exclude_cash_like: selection.exclude_cash_like ?? missing('selection.exclude_cash_like'),
    min_score_rank: selection.min_score_rank ?? missing('selection.min_score_rank'),
    require: selection.require ?? missing('selection.require'),
    reading: readingOf(selection.reading ?? missing('selection.reading'), selection.readings ?? missing('selection.readings')),
  };
}
