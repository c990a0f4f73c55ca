import type { JsonObject } from '../shared/canonical-json.ts';

/**
 * What holds when the manifest is silent. Where the sources differ the order is: what the specification itself states
 * (500 days of lookback, 60/20/20, its thresholds, frictions and benchmark); what this system does (`none` as selection mode,
 * its own engine and simulator); what the production manifest wrote; what the older settings code had. Flags that no
 * source switches on are off, so that an absent flag and a written `false` are equal.
 */
export const codeDefaults = {
  data: { lookback_days: 500, min_days_floor: 0, strict_health: false, exclude: [], research: false, accept_moves: [] },
  selection: {
    strategy: 'trend_following',
    top_n: 3,
    threshold: 0.5,
    min_momentum_score: 0,
    selection_mode: 'none',
    min_winners: 5,
    min_score_rank: 0,
    exclude_cash_like: false,
    require: [],
    entropy_acceptance: [],
    reading: 'ruled',
    readings: [],
  },
  risk: {
    cluster_cap: 0.25,
    cluster_lookbacks: [60, 120, 200],
    estimator: 'ledoit_wolf',
    hrp: { distance: 'd', linkage: 'ward', leaf_order: 'optimal' },
    aggressor_fraction: 0.1,
    aggressor_table: 'code',
    ridge: 1e-6,
    gross_max: null,
    leverage: null,
  },
  backtest: {
    train_window: 60,
    test_window: 20,
    step_size: 20,
    partial_last_window: 'skip',
    rebalance_mode: 'window',
    meta_rows: 'trailing',
    universe: 'whole_range',
    bar_interval: '1d',
    engines: ['custom'],
    // A list of its own: a new profile of the code is not a new default.
    profiles: ['min_variance', 'hrp', 'risk_parity', 'max_sharpe', 'barbell', 'equal_weight', 'market', 'benchmark'],
    backtest_simulator: 'custom',
    backtest_simulators: ['custom'],
    backtest_slippage: 0.0005,
    backtest_commission: 0.0001,
    backtest_cash_asset: 'USDT',
    benchmark_symbols: ['AMEX:SPY'],
    report_mode: 'full',
    dynamic_universe: false,
  },
  features: {
    selection_mode: 'none',
    feat_dynamic_selection: true,
    feat_predictability_vetoes: true,
    feat_selection_logmps: false,
    feat_efficiency_scoring: false,
    feat_short_direction: false,
    feat_short_costs: false,
    feat_directional_returns: false,
    feat_dynamic_direction: false,
    feat_market_neutral: false,
    feat_directional_sign_test_gate: false,
    feat_audit_ledger: true,
    feat_partial_rebalance: false,
    feat_turnover_penalty: false,
    feat_spectral_regimes: false,
    spectral: 'noise',
    feat_decay_audit: false,
    feat_pit_fidelity: false,
    feat_rebalance_tolerance: false,
    feat_rebalance_mode: 'window',
    use_robust_correlation: true,
    entropy_max_threshold: 0.95,
    efficiency_min_threshold: 0.05,
    hurst_random_walk_min: 0.48,
    hurst_random_walk_max: 0.52,
    eci_hurdle: 0,
    min_col_frac: 0.1,
    kappa_shrinkage_threshold: 15000,
    default_shrinkage_intensity: 0.01,
    adaptive_fallback_profile: 'erc',
    adaptive_mapping: 'quadrant',
    rebalance_drift_limit: 0.05,
    short_borrow_cost: 0.02,
  },
  discovery: {},
  tournament: {},
} as const satisfies JsonObject;

export const currencyDefault = 'USD';

/** The guardrails of the specification (docs/explanation/profiles.md#guardrails) hold at every level of a nest until a manifest speaks. */
export const metaAllocationDefaults = {
  engine: 'custom',
  profile: 'hrp',
  min_weight: 0.05,
  max_weight: 0.5,
  join: 'compound',
  projection: 'euclidean',
  max_staleness_sessions: 5,
  allow_proxy: {},
} as const satisfies JsonObject;

export const parityDefaults = { mandate: 'warn', exceptions: [] } as const satisfies JsonObject;
export const acceptanceDefaults = { concentration_warn: 0.15, concentration_fail: 0.25 } as const satisfies JsonObject;
