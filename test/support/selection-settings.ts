import { selectionReadings, type SelectionSettings } from '../../domain/selection/settings.ts';

/** The settings of the worked examples: v4 with the manifest's thresholds. */
export const usual: SelectionSettings = {
  mode: 'v4',
  strategy: 'trend_following',
  top_n: 3,
  threshold: 0.5,
  min_momentum_score: 0,
  min_winners: 5,
  veto_share_max: 0.7,
  dynamic_selection: true,
  predictability_vetoes: true,
  short_direction: false,
  entropy_max: 0.95,
  entropy_acceptance: null,
  efficiency_min: 0.05,
  hurst_random_walk: [0.48, 0.52],
  eci_hurdle: 0,
  correlation_shrinkage: 0.01,
  cluster_lookbacks: [60, 120, 200],
  exclude_cash_like: false,
  min_score_rank: 0,
  require: [],
  reading: selectionReadings.ruled,
};

/** Thresholds of a manifest's features, wide enough that simulated walks pass. */
export const wideThresholds = {
  entropy_max_threshold: 1,
  efficiency_min_threshold: 0,
  hurst_random_walk_min: 0.5,
  hurst_random_walk_max: 0.5,
  eci_hurdle: -9,
};
