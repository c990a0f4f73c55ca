import { type Combination, combinePositions } from './combine.ts';
import { dynamicBudgets } from './dynamic-budgets.ts';
import { equalRiskBudgets } from './equal-risk-budgets.ts';
import type { PlannedCombination } from './planned-schemas.ts';
import type { NumberByName } from './request.ts';
import { correlationScale, requireReturns, sleeveCovarianceOf } from './sleeve-covariance.ts';
import { checkBudgets } from './validate.ts';

/** Budgets as a rule made them. */
export interface ResolvedBudgets {
  readonly budgets: NumberByName;
  /** Sleeves to which the rule gave 0 because nothing of theirs varies. */
  readonly withoutVariance: readonly string[];
  /** Of `dynamic`; null under another rule. */
  readonly sharpeRatios: NumberByName | null;
}

function budgetsOf(planned: PlannedCombination): ResolvedBudgets {
  const { budgets: rule, positions } = planned;
  switch (rule.kind) {
    case 'given':
      return { budgets: rule.budgets, withoutVariance: [], sharpeRatios: null };
    case 'erc':
      return { ...equalRiskBudgets(sleeveCovarianceOf(planned, 'positions')), sharpeRatios: null };
    case 'erc_realised':
      return { ...equalRiskBudgets(sleeveCovarianceOf(planned, 'realised')), sharpeRatios: null };
    case 'dynamic':
      checkBudgets({ positions, budgets: rule.base });
      return { ...dynamicBudgets(rule.base, rule.terms, requireReturns(planned.sleeveReturns)), withoutVariance: [] };
  }
}

export interface ComputedCombination extends ResolvedBudgets {
  /** What the total was multiplied by for correlation; 1 without. */
  readonly scale: number;
  readonly combination: Combination;
}

/** Makes the budgets by their rule, and combines. Pure. Errors: those of `combinePositions` and of the rule. */
export function computePlanned(planned: PlannedCombination): ComputedCombination {
  const { positions, previous, constraints, method, correlationAware } = planned;
  const resolved = budgetsOf(planned);
  checkBudgets({ positions, budgets: resolved.budgets });
  const scale = correlationAware === 'none' ? 1 : correlationScale(sleeveCovarianceOf(planned, correlationAware), resolved.budgets);
  const combination = combinePositions({ positions, budgets: resolved.budgets, previous, constraints, method, scale });
  return { ...resolved, scale, combination };
}
