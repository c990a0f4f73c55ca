import { z } from 'zod';
import type { Json } from '../shared/canonical-json.ts';
import type { ProvenanceByPath } from './provenance.ts';
import { opaqueSchema } from './values.ts';

export const notAppliedSchema = z.strictObject({ path: z.string(), value: opaqueSchema, why: z.string() });
export type NotApplied = z.infer<typeof notAppliedSchema>;

const selectsNothing = 'selection_mode is none: every symbol passes';
const noCapInside = 'no cap acts inside the optimisers, and with selection_mode none every symbol is its own cluster';
const oneEngine = 'one engine and one simulator, our own, compute every profile';
const noDiscovery = 'the universe is the columns of the price files';

/** Leaves (or whole blocks, by prefix) that are read and recorded but change no number. */
const reasons: readonly (readonly [prefix: string, why: string])[] = [
  ['risk.cluster_cap', noCapInside],
  ['risk.cluster_lookbacks', noCapInside],
  ['risk.engine', oneEngine],
  ['risk.profile', 'the risk profiles computed are those of backtest.profiles'],
  ['backtest.engines', oneEngine],
  ['backtest.backtest_simulator', oneEngine],
  ['backtest.backtest_simulators', oneEngine],
  ['backtest.backtest_cash_asset', 'weights sum to one: no cash is held'],
  ['backtest.report_mode', 'reports are made on request'],
  ['backtest.dynamic_universe', 'the universe is fixed for a run'],
  ['data.min_days_floor', 'a symbol is kept by its coverage of the range, 70 % at least'],
  ['data.strict_health', 'integrity findings of severity error always stop a run'],
  ['data.batch_size', noDiscovery],
  ['data.backfill', noDiscovery],
  ['data.gapfill', noDiscovery],
  ['data.max_symbols', noDiscovery],
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
  ['features.use_robust_correlation', 'the estimator is risk.estimator'],
  ['features.kappa_shrinkage_threshold', 'the estimator is risk.estimator'],
  ['features.feat_audit_ledger', 'every decision is always recorded'],
  ['features.feat_', selectsNothing],
  ['features.entropy_', selectsNothing],
  ['features.efficiency_', selectsNothing],
  ['features.hurst_', selectsNothing],
  ['features.eci_', selectsNothing],
  ['features.min_col_frac', selectsNothing],
  ['features.adaptive_fallback_profile', 'the adaptive profile is not computed'],
  ['features.rebalance_drift_limit', 'partial rebalancing is not computed'],
  ['features.short_borrow_cost', 'weights are long only'],
  ['discovery', noDiscovery],
  ['tournament', 'there is one engine, so no tournament'],
];

/** Features that do act whatever the selection mode. */
const applied = new Set(['features.feat_directional_sign_test_gate', 'features.feat_rebalance_mode']);

/** Why a leaf changes no number; null when it does. */
export function whyNotApplied(path: string): string | null {
  if (applied.has(path)) return null;
  return (
    reasons.find(
      ([prefix]) => path === prefix || (prefix.endsWith('_') && path.startsWith(prefix)) || path.startsWith(`${prefix}.`),
    )?.[1] ?? null
  );
}

/** Leaves that somebody wrote and that change nothing, each with the reason; `risk.cluster_cap` always. */
export function notAppliedLeaves(leaves: Readonly<Record<string, Json>>, provenance: ProvenanceByPath): NotApplied[] {
  return Object.entries(leaves).flatMap(([path, value]) => {
    if ((provenance[path]?.layer ?? 'code') === 'code' && path !== 'risk.cluster_cap') return [];
    const why = whyNotApplied(path);
    return why === null ? [] : [{ path, value: value as NotApplied['value'], why }];
  });
}
