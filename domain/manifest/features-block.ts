import { z } from 'zod';
import { adaptiveMappingSchema, spectralFlagSchema } from '../regime/schemas.ts';
import { fractionSchema, wordSchema } from './values.ts';

const flag = z.boolean().optional();

export const featuresBlockSchema = z.strictObject({
  selection_mode: wordSchema.optional(),
  feat_dynamic_selection: flag,
  feat_predictability_vetoes: flag,
  feat_selection_logmps: flag,
  feat_efficiency_scoring: flag,
  feat_short_direction: flag,
  feat_short_costs: flag,
  feat_directional_returns: flag,
  feat_dynamic_direction: flag,
  feat_market_neutral: flag,
  feat_directional_sign_test_gate: flag,
  feat_audit_ledger: flag,
  feat_partial_rebalance: flag,
  feat_turnover_penalty: flag,
  feat_spectral_regimes: flag,
  /** What makes a regime TURBULENT where feat_spectral_regimes is on. */
  spectral: spectralFlagSchema.optional(),
  feat_decay_audit: flag,
  feat_pit_fidelity: flag,
  feat_rebalance_tolerance: flag,
  feat_rebalance_mode: wordSchema.optional(),
  use_robust_correlation: flag,
  entropy_max_threshold: fractionSchema.optional(),
  efficiency_min_threshold: fractionSchema.optional(),
  hurst_random_walk_min: fractionSchema.optional(),
  hurst_random_walk_max: fractionSchema.optional(),
  eci_hurdle: z.number().optional(),
  min_col_frac: fractionSchema.optional(),
  kappa_shrinkage_threshold: z.number().positive().optional(),
  default_shrinkage_intensity: fractionSchema.optional(),
  adaptive_fallback_profile: wordSchema.optional(),
  /** By what the adaptive profile chooses. */
  adaptive_mapping: adaptiveMappingSchema.optional(),
  rebalance_drift_limit: fractionSchema.optional(),
  short_borrow_cost: fractionSchema.optional(),
});
