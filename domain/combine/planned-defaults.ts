import type { BudgetRule, PlannedCombination } from './planned-schemas.ts';
import { defaultConstraints, defaultMethod, type NumberByName } from './request.ts';

/** A combination as a script asks for it: what is left out is as the command line has it without flags. */
export interface CombinationAsked extends Partial<Omit<PlannedCombination, 'positions' | 'budgets' | 'constraints' | 'method'>> {
  readonly positions: PlannedCombination['positions'];
  /** Budgets by sleeve, or the rule that makes them. */
  readonly budgets: NumberByName | BudgetRule;
  readonly constraints?: Partial<PlannedCombination['constraints']>;
  readonly method?: Partial<PlannedCombination['method']>;
}

function isRule(budgets: NumberByName | BudgetRule): budgets is BudgetRule {
  return typeof (budgets as Partial<BudgetRule>).kind === 'string';
}

export function plannedOf({ positions, budgets, constraints = {}, method = {}, ...others }: CombinationAsked): PlannedCombination {
  return {
    name: others.name ?? 'book',
    asOf: others.asOf ?? null,
    positions,
    previous: others.previous ?? null,
    budgets: isRule(budgets) ? budgets : { kind: 'given', budgets: { ...budgets } },
    correlationAware: others.correlationAware ?? 'none',
    constraints: { ...defaultConstraints, ...constraints },
    method: { ...defaultMethod, ...method },
    assetCovariance: others.assetCovariance ?? null,
    sleeveReturns: others.sleeveReturns ?? null,
  };
}
