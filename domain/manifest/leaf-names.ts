/**
 * Identity, parity, exceptions and waivers know a setting by the name of its leaf, which never changes. The name of a leaf is the path of
 * its setting when the setting was added. Renaming a setting adds a line to `renamedSettings` and changes nothing else.
 */

const under = (section: string, keys: string): string[] => keys.split(' ').map((key) => `${section}.${key}`);

/**
 * Leaves of identity version 1: every setting of release 0.1.0. They are always written. The list is frozen: a leaf that was added later
 * stands in `neutralLeaves`. `*` stands for a name that the manifest chooses.
 */
export const leavesOfVersion1: ReadonlySet<string> = new Set([
  ...under('data', 'lookback_days min_days_floor strict_health batch_size backfill gapfill max_symbols symbols exclude'),
  ...under('selection', 'strategy top_n threshold min_momentum_score selection_mode'),
  ...under('risk', 'cluster_cap cluster_lookbacks engine profile estimator aggressor_fraction ridge'),
  ...under('risk.hrp', 'distance linkage leaf_order'),
  ...under(
    'backtest',
    'train_window test_window step_size rebalance_mode bar_interval engines profiles backtest_simulator backtest_simulators',
  ),
  ...under('backtest', 'backtest_slippage backtest_commission backtest_cash_asset benchmark_symbols report_mode dynamic_universe'),
  ...under('features', 'selection_mode feat_dynamic_selection feat_predictability_vetoes feat_selection_logmps feat_efficiency_scoring'),
  ...under('features', 'feat_short_direction feat_short_costs feat_directional_returns feat_dynamic_direction feat_market_neutral'),
  ...under(
    'features',
    'feat_directional_sign_test_gate feat_audit_ledger feat_partial_rebalance feat_turnover_penalty feat_spectral_regimes',
  ),
  ...under('features', 'feat_decay_audit feat_pit_fidelity feat_rebalance_tolerance feat_rebalance_mode use_robust_correlation'),
  ...under(
    'features',
    'entropy_max_threshold efficiency_min_threshold hurst_random_walk_min hurst_random_walk_max eci_hurdle min_col_frac',
  ),
  ...under(
    'features',
    'kappa_shrinkage_threshold default_shrinkage_intensity adaptive_fallback_profile rebalance_drift_limit short_borrow_cost',
  ),
  ...under('discovery', 'enabled_markets'),
  ...under('discovery.strategies.*', 'description scanners interval ingestion_depth strict_health'),
  'tournament',
  'currency',
  'currency_treatment',
  ...under('sleeves.*', 'id profile meta_profile run_id weight_limit'),
  ...under('meta_allocation', 'engine profile min_weight max_weight join projection max_staleness_sessions allow_proxy'),
  ...under('parity', 'mandate exceptions'),
  ...under('acceptance', 'concentration_warn concentration_fail'),
  ...under('sleeve_run', 'from asOf symbols exclude repair map'),
  ...under('meta_run', 'risks risksFrom join projection proxies asOf'),
]);

/** Blocks that version 1 always wrote, though they may be empty. */
export const blocksOfVersion1: ReadonlySet<string> = new Set([
  'data',
  'selection',
  'risk',
  'backtest',
  'features',
  'discovery',
  'tournament',
]);

/** Settings that can change no number: never part of an identity. */
export const settingsOutsideIdentity: ReadonlySet<string> = new Set([
  'description',
  'sleeves.*.description',
  'expected_by',
  'overlays',
  'publication',
]);

/**
 * Places below a block whose members are settings of their own. Whatever else is an object, such as the whole block `tournament`, is one
 * leaf and is never looked into.
 */
const nestedSections: ReadonlySet<string> = new Set(['risk.hrp', 'discovery.strategies', 'discovery.strategies.*']);

/** Whether a place holds settings, or is one. */
export function isSection(path: string): boolean {
  return path.includes('.') ? nestedSections.has(path) : path !== 'tournament';
}

/** Path of a setting to the name of its leaf, for settings that were renamed since they were added. A setting stays in its section. */
export const renamedSettings: Readonly<Record<string, string>> = {};
