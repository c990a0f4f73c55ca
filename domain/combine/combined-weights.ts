import { contributionsTo } from './contributions.ts';
import { type Combined, combinePositions } from './combine.ts';
import { refusalError } from './refusal.ts';
import { defaultConstraints, defaultMethod, type NumberByName } from './request.ts';
import type { CombinationConstraints, CombinationFeasibility, CombinationMethod, ProjectionCertificate } from './schemas.ts';

/** Caps and method of a call; what is left out has its default. */
export type CombineOptions = Partial<CombinationConstraints & CombinationMethod>;

/** What the source's `combine` returns, with the projection as a column of its own. */
export interface CombinedWeights {
  readonly totalWeights: Readonly<Record<string, number>>;
  /** By asset and sleeve, and `projection`: a row, summed in the order of `sleeves` and then the projection, is the weight. */
  readonly perSleeveContributions: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly sleeves: readonly string[];
  readonly feasibility: CombinationFeasibility;
  readonly gross: number;
  readonly net: number;
  readonly turnoverTwoSided: number | null;
  readonly certificate: ProjectionCertificate | null;
  /** Budgets of sleeves without positions, which are left unspent. */
  readonly extraBudgets: Readonly<Record<string, number>>;
}

function rowOf(combined: Combined, row: number): Record<string, number> {
  const { sleeves, projection } = combined;
  const contributions = contributionsTo(combined, row);
  return Object.fromEntries([...sleeves.map((sleeve, column) => [sleeve, contributions[column]!]), ['projection', projection[row]!]]);
}

/**
 * Combines positions of sleeves by risk budgets into weights that keep their bounds and caps. Pure: nothing is recorded. Errors:
 * CombinationInfeasible with every conflict and what would repair it; those of `combinePositions`.
 */
export function combinedWeights(
  sleevePositions: Readonly<Record<string, NumberByName>>,
  riskBudgets: NumberByName,
  previous: NumberByName | null = null,
  options: CombineOptions = {},
): CombinedWeights {
  const { projection, noFlip, costAversion, ...caps } = { ...defaultConstraints, ...defaultMethod, ...options };
  const method = { projection, noFlip, costAversion };
  const found = combinePositions({ positions: sleevePositions, budgets: riskBudgets, previous, constraints: caps, method, scale: 1 });
  if (found.outcome === 'refused') throw refusalError(found);
  const { assets, sleeves, weights, feasibility, gross, net, turnover, certificate, extraBudgets } = found;
  return {
    totalWeights: Object.fromEntries(assets.map((asset, row) => [asset, weights[row]!])),
    perSleeveContributions: Object.fromEntries(assets.map((asset, row) => [asset, rowOf(found, row)])),
    sleeves,
    feasibility,
    gross,
    net,
    turnoverTwoSided: turnover,
    certificate,
    extraBudgets: Object.fromEntries(extraBudgets.map(({ sleeve, budget }) => [sleeve, budget])),
  };
}
