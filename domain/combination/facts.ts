import type { Combination } from '../combine/combine.ts';
import { contributionsTo } from '../combine/contributions.ts';
import { type ComputedCombination, computePlanned } from '../combine/planned.ts';
import type { PlannedCombination } from '../combine/planned-schemas.ts';
import type { CombinationTable } from '../combine/table-schema.ts';
import { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { requireRules } from '../run/rules.ts';
import type { Sha256 } from '../shared/hashing.ts';
import { combinationId } from './identity.ts';
import { type CombinationDraft, draftCombination } from './slice.ts';

/** A computed combination as a fact, ready to be recorded or compared. */
export interface CombinationFacts {
  readonly combinationId: string;
  readonly table: CombinationTable;
  readonly drafts: readonly [CombinationDraft];
  readonly staged: StagedArtifacts;
}

function tableOf(combination: Combination): CombinationTable {
  const { assets, sleeves, total } = combination;
  const isCombined = combination.outcome === 'combined';
  return {
    assets: [...assets],
    sleeves: [...sleeves],
    contributions: assets.map((_, row) => contributionsTo(combination, row)),
    total: Array.from(total),
    projection: isCombined ? Array.from(combination.projection) : null,
    weights: isCombined ? Array.from(combination.weights) : null,
  };
}

function budgetFacts(planned: PlannedCombination, { budgets, withoutVariance, sharpeRatios, combination }: ComputedCombination) {
  return {
    rule: planned.budgets.kind,
    sleeves: combination.sleeves.map((sleeve) => ({
      sleeve,
      budget: budgets[sleeve]!,
      positions: Object.keys(planned.positions[sleeve]!).length,
    })),
    extra: combination.extraBudgets.map((extra) => ({ ...extra })),
    withoutVariance: [...withoutVariance],
    sharpeRatios: sharpeRatios === null ? null : { ...sharpeRatios },
  };
}

/**
 * Computes a combination and its fact. Pure; replay calls it with what the ledger recorded. Errors: RulesUnknown and those of
 * `computePlanned`.
 */
export function combinationFacts(planned: PlannedCombination, rules: number, sha256: Sha256): CombinationFacts {
  const computed = computePlanned(planned);
  const { combination, scale } = computed;
  const staged = new StagedArtifacts(sha256);
  const table = tableOf(combination);
  const common = {
    combinationId: combinationId(sha256, planned),
    name: planned.name,
    asOf: planned.asOf,
    rules: requireRules(rules),
    inputs: staged.document('planned-combination', planned),
    constraints: planned.constraints,
    method: planned.method,
    budgets: budgetFacts(planned, computed),
    correlationAware: planned.correlationAware,
    scale,
    assets: combination.assets.length,
    table: staged.document('combination-table', table),
  };
  return { combinationId: common.combinationId, table, drafts: [draftOf(common, combination)], staged };
}

type Common = Omit<
  Extract<CombinationDraft, { readonly type: 'CombinationRefused' }>['data'],
  'because' | 'conflicts' | 'repairs' | 'initialViolations' | 'finalViolations'
>;

function draftOf(common: Common, combination: Combination): CombinationDraft {
  if (combination.outcome === 'combined') {
    const { gross, net, turnover, feasibility, certificate, rounds } = combination;
    return draftCombination('PositionsCombined', { ...common, gross, net, turnoverTwoSided: turnover, feasibility, certificate, rounds });
  }
  const { because, conflicts, repairs, initialViolations, finalViolations } = combination;
  return draftCombination('CombinationRefused', { ...common, because, conflicts, repairs, initialViolations, finalViolations });
}
