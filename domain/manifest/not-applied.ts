import { z } from 'zod';
import type { Json } from '../shared/canonical-json.ts';
import type { ProvenanceByPath } from './provenance.ts';
import { opaqueSchema } from './values.ts';

export const notAppliedSchema = z.strictObject({ path: z.string(), value: opaqueSchema, why: z.string() });
export type NotApplied = z.infer<typeof notAppliedSchema>;

/** What of a profile decides which of its settings act. */
export interface Acting {
  /** Its mode of selection is another than `none`. */
  readonly selects: boolean;
  /** The adaptive profile is among those asked for. */
  readonly adapts: boolean;
  /** The spectral flag of regimes is on. */
  readonly isSpectral: boolean;
}

/** Of a profile that says nothing. */
export const actingByDefault: Acting = { selects: false, adapts: false, isSpectral: false };

const selectsNothing = 'selection_mode is none: every symbol passes';
const noCapInside = 'no cap acts inside the optimisers, and with selection_mode none every symbol is its own cluster';
const oneEngine = 'one engine and one simulator, our own, compute every profile';
const followsShortDirection = 'feat_short_direction decides on directions';
const noRuleReads = 'no rule reads it';
const notAdaptive = 'backtest.profiles does not list adaptive';
const noRegime = 'no regime is read: selection_mode is none, and no profile is adaptive';
const noDiscovery = 'the universe is the columns of the price files';

type Reasons = readonly (readonly [prefix: string, why: string])[];

/** Leaves (or whole blocks, by prefix) that are read and recorded but change no number. */
const whateverSelects: Reasons = [
  ['risk.engine', oneEngine],
  ['risk.profile', 'the risk profiles computed are those of backtest.profiles'],
  ['backtest.engines', oneEngine],
  ['backtest.backtest_simulator', oneEngine],
  ['backtest.backtest_simulators', oneEngine],
  ['backtest.backtest_cash_asset', 'weights sum to one: no cash is held'],
  ['backtest.report_mode', 'reports are made on request'],
  ['data.min_days_floor', 'a symbol is kept by its coverage of the range, 70 % at least'],
  ['data.strict_health', 'integrity findings of severity error always stop a run'],
  ['data.batch_size', noDiscovery],
  ['data.backfill', noDiscovery],
  ['data.gapfill', noDiscovery],
  ['data.max_symbols', noDiscovery],
  ['features.use_robust_correlation', 'the estimator is risk.estimator'],
  ['features.kappa_shrinkage_threshold', 'the estimator is risk.estimator'],
  ['features.feat_audit_ledger', 'every decision is always recorded'],
  ['features.rebalance_drift_limit', 'partial rebalancing is not computed'],
  ['discovery', noDiscovery],
  ['tournament', 'there is one engine, so no tournament'],
];

/** Of a sleeve that selects nothing. */
const withoutSelection: Reasons = [
  ['features.short_borrow_cost', 'weights are long only'],
  ['risk.cluster_cap', noCapInside],
  ['risk.cluster_lookbacks', noCapInside],
  ['risk.aggressor_table', 'with selection_mode none the fraction is risk.aggressor_fraction'],
  ['backtest.dynamic_universe', 'the universe is fixed for a run'],
  ['selection.strategy', selectsNothing],
  ['selection.top_n', selectsNothing],
  ['selection.threshold', selectsNothing],
  ['selection.min_momentum_score', selectsNothing],
  ['selection.min_winners', selectsNothing],
  ['selection.min_score_rank', selectsNothing],
  ['selection.exclude_cash_like', selectsNothing],
  ['selection.require', selectsNothing],
  ['selection.entropy_acceptance', selectsNothing],
  ['selection.reading', selectsNothing],
  ['selection.readings', selectsNothing],
  ['features.feat_', selectsNothing],
  ['features.entropy_', selectsNothing],
  ['features.efficiency_', selectsNothing],
  ['features.hurst_', selectsNothing],
  ['features.eci_', selectsNothing],
  ['features.min_col_frac', selectsNothing],
];

/** Of a sleeve that selects its symbols. */
const withSelection: Reasons = [
  ['risk.aggressor_fraction', 'the regime has it, by risk.aggressor_table'],
  ['features.feat_efficiency_scoring', 'the selection mode says what a score is made of'],
  ['features.feat_directional_returns', followsShortDirection],
  ['features.feat_dynamic_direction', followsShortDirection],
  ['features.feat_market_neutral', 'backtest.profiles asks for market_neutral'],
  ['features.feat_short_costs', 'nothing is charged for borrowing'],
  ['features.short_borrow_cost', 'nothing is charged for borrowing'],
  ['features.feat_partial_rebalance', noRuleReads],
  ['features.feat_turnover_penalty', noRuleReads],
  ['features.feat_decay_audit', noRuleReads],
  ['features.feat_pit_fidelity', noRuleReads],
  ['features.feat_rebalance_tolerance', noRuleReads],
  ['features.min_col_frac', 'a symbol is kept by its coverage of the range, 70 % at least'],
];

/** Features that do act whatever the selection mode. */
const applied = new Set(['features.feat_directional_sign_test_gate', 'features.feat_rebalance_mode']);

/** Why a setting of regimes changes no number, null when it does; undefined for another setting. */
function whyNoRegime(path: string, { selects, adapts, isSpectral }: Acting): string | null | undefined {
  switch (path) {
    case 'features.feat_spectral_regimes':
      return selects || adapts ? null : noRegime;
    case 'features.spectral':
      if (!selects && !adapts) return noRegime;
      return isSpectral ? null : 'feat_spectral_regimes is off';
    case 'features.adaptive_mapping':
    case 'features.adaptive_fallback_profile':
      return adapts ? null : notAdaptive;
    default:
      return undefined;
  }
}

/** Why a leaf changes no number in such a profile; null when it does. */
export function whyNotApplied(path: string, acting: Acting): string | null {
  if (applied.has(path)) return null;
  const ofRegimes = whyNoRegime(path, acting);
  if (ofRegimes !== undefined) return ofRegimes;
  const reasons = [...whateverSelects, ...(acting.selects ? withSelection : withoutSelection)];
  const found = reasons.find(
    ([prefix]) => path === prefix || (prefix.endsWith('_') && path.startsWith(prefix)) || path.startsWith(`${prefix}.`),
  );
  return found?.[1] ?? null;
}

function actingIn(leaves: Readonly<Record<string, Json>>): Acting {
  const profiles = leaves['backtest.profiles'];
  return {
    selects: leaves['features.selection_mode'] !== 'none',
    adapts: Array.isArray(profiles) && profiles.includes('adaptive'),
    isSpectral: leaves['features.feat_spectral_regimes'] === true,
  };
}

/** Leaves that somebody wrote and that change nothing, each with the reason; `risk.cluster_cap` always where it does not act. */
export function notAppliedLeaves(leaves: Readonly<Record<string, Json>>, provenance: ProvenanceByPath): NotApplied[] {
  const acting = actingIn(leaves);
  return Object.entries(leaves).flatMap(([path, value]) => {
    if ((provenance[path]?.layer ?? 'code') === 'code' && path !== 'risk.cluster_cap') return [];
    const why = whyNotApplied(path, acting);
    return why === null ? [] : [{ path, value: value as NotApplied['value'], why }];
  });
}
