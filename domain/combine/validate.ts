import { LedgerError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import { byCodeUnits } from '../shared/order.ts';
import type { CombineRequest } from './request.ts';
import type { SpelledTable, SpelledTables } from './spelled-assets.ts';

/** Budgets may miss a sum of one by this much. */
export const budgetSumTolerance = 1e-6;

/** Errors: BudgetMissing, BudgetNotFinite, BudgetNegative, BudgetsUnbalanced. */
export function checkBudgets({ positions, budgets }: Pick<CombineRequest, 'positions' | 'budgets'>): void {
  for (const sleeve of Object.keys(positions).toSorted(byCodeUnits))
    if (!Object.hasOwn(budgets, sleeve))
      throw new LedgerError('BudgetMissing', `sleeve ${sleeve} has positions and no risk budget`, {
        evidence: { sleeve },
        at: { path: `budgets.${sleeve}` },
      });
  let sum = 0;
  for (const sleeve of Object.keys(budgets).toSorted(byCodeUnits)) {
    const budget = budgets[sleeve]!;
    const at = { path: `budgets.${sleeve}` };
    if (!Number.isFinite(budget))
      throw new LedgerError('BudgetNotFinite', `the risk budget of ${sleeve} is ${budget}`, {
        evidence: { sleeve, budget: String(budget) },
        at,
      });
    if (budget < 0)
      throw new LedgerError('BudgetNegative', `the risk budget of ${sleeve}, ${budget}, is negative`, { evidence: { sleeve, budget }, at });
    sum += budget;
  }
  if (!(Math.abs(sum - 1) <= budgetSumTolerance))
    throw new LedgerError('BudgetsUnbalanced', `the risk budgets sum to ${sum}, not to 1`, {
      evidence: { sum, tolerance: budgetSumTolerance },
      at: { path: 'budgets' },
    });
}

function refuseCap(field: string, value: number, why: string): never {
  throw new LedgerError('CapInvalid', `${field} is ${value}: ${why}`, {
    evidence: { field, value: String(value) },
    at: { path: `constraints.${field}` },
  });
}

/** Errors: BoundsCrossed, CapInvalid with the field. */
export function checkConstraints({ constraints }: Pick<CombineRequest, 'constraints'>): void {
  const { lower, upper, grossCap, netCap, turnoverCap } = constraints;
  for (const [field, value] of Object.entries({ lower, upper }))
    if (!Number.isFinite(value)) refuseCap(field, value, 'a bound is a finite number');
  for (const [field, value] of Object.entries({ grossCap, netCap, turnoverCap }))
    if (value !== null && !(value >= 0 && value < Infinity)) refuseCap(field, value, 'a cap is a finite number, 0 or more');
  if (lower > upper)
    throw new LedgerError('BoundsCrossed', `the lower bound ${lower} exceeds the upper bound ${upper}`, {
      evidence: { lower, upper },
      at: { path: 'constraints.lower' },
    });
}

function refuseOption(field: string, why: string): never {
  throw new LedgerError('CombinationOptionInvalid', why, { evidence: { field }, at: { path: `method.${field}` } });
}

/** Errors: CombinationOptionInvalid. */
export function checkMethod({ method, previous, scale }: Pick<CombineRequest, 'method' | 'previous' | 'scale'>): void {
  const { projection, noFlip, costAversion } = method;
  if (!(costAversion >= 0 && costAversion < Infinity))
    refuseOption('costAversion', `a cost aversion of ${costAversion} is no price of turnover`);
  if (!(scale > 0 && scale < Infinity)) refuseOption('scale', `a total cannot be scaled by ${scale}`);
  if (projection === 'sequential' && noFlip)
    refuseOption('noFlip', 'the sequential loop shifts weights across zero: noFlip goes with exact');
  if (projection === 'sequential' && costAversion > 0)
    refuseOption('costAversion', 'the sequential loop weighs no cost: costAversion goes with exact');
  if (costAversion > 0 && previous === null) refuseOption('costAversion', 'costs are those of leaving the previous weights: give them');
}

function checkTable({ names, values, rows }: SpelledTable, sleeve: string | null, isRespelled: boolean): void {
  const path = (asset: string): string => (sleeve === null ? `previous.${asset}` : `positions.${sleeve}.${asset}`);
  const whose = sleeve === null ? 'previous weight' : `position of ${sleeve}`;
  const evidenceOf = (asset: string): Record<string, unknown> => (sleeve === null ? { asset } : { sleeve, asset });
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    const [asset, value] = [names[wrong]!, values[wrong]!];
    throw new LedgerError(sleeve === null ? 'PreviousWeightInvalid' : 'PositionInvalid', `the ${whose} in ${asset} is ${value}`, {
      evidence: { ...evidenceOf(asset), value: String(value) },
      at: { path: path(asset) },
    });
  }
  if (!isRespelled) return;
  const seen = new Map<number, string>();
  for (const [at, asset] of names.entries()) {
    const other = seen.get(rows[at]!);
    if (other !== undefined)
      throw new LedgerError('AssetTwice', `${asset} and ${other} are one asset: the ${whose} is given twice`, {
        evidence: { ...evidenceOf(asset), other },
        at: { path: path(asset) },
      });
    seen.set(rows[at]!, asset);
  }
}

/** Errors: PositionsMissing, LimitExceeded, PositionInvalid, PreviousWeightInvalid, AssetTwice, each with sleeve and asset. */
export function checkTables({ assets, isRespelled, sleeves, positions, previous }: SpelledTables): void {
  if (sleeves.length === 0 || assets.length === 0)
    throw new LedgerError('PositionsMissing', sleeves.length === 0 ? 'no sleeve has positions' : 'no sleeve names an asset', {
      evidence: { sleeves: [...sleeves] },
      at: { path: 'positions' },
    });
  const cells = sleeves.length * assets.length;
  if (cells > limits.combinationCellsMax)
    throw new LedgerError('LimitExceeded', `${assets.length} assets by ${sleeves.length} sleeves are ${cells} positions`, {
      evidence: { cells, cellsMax: limits.combinationCellsMax },
    });
  for (const [at, sleeve] of sleeves.entries()) checkTable(positions[at]!, sleeve, isRespelled);
  if (previous !== null) checkTable(previous, null, isRespelled);
}
