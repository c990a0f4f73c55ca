import type { Box } from './box.ts';
import { type Contributions, contributionsOf, projectionColumn } from './contributions.ts';
import { exactly } from './exact.ts';
import { type Exposures, excessesOf, exposuresOf, isAnyBroken, violationsIn } from './exposures.ts';
import { type CappedTotal, infeasibilityOf, isFeasible } from './infeasibility.ts';
import type { CombineRequest, NumberByName } from './request.ts';
import type { CombinationFeasibility, Infeasibility, ProjectionCertificate, Violations } from './schemas.ts';
import { type Sequential, sequentially } from './sequential.ts';
import { spelledTables } from './spelled-assets.ts';
import { checkBudgets, checkConstraints, checkMethod, checkTables } from './validate.ts';
import { byCodeUnits } from '../shared/order.ts';

/** A budget that no positions use. */
export interface ExtraBudget {
  readonly sleeve: string;
  readonly budget: number;
}

interface Aggregated extends Pick<Contributions, 'assets' | 'sleeves' | 'contributions' | 'total'> {
  readonly extraBudgets: readonly ExtraBudget[];
}

export interface Combined extends Aggregated, Exposures {
  readonly outcome: 'combined';
  /** By asset: what is to be held. */
  readonly weights: Float64Array;
  /** What the projection moved: a row of contributions, summed sleeve after sleeve, plus this is the weight, bit for bit. */
  readonly projection: Float64Array;
  readonly feasibility: CombinationFeasibility;
  /** Null for the sequential loop, which proves nothing. */
  readonly certificate: ProjectionCertificate | null;
  /** Rounds of the sequential loop; null for the projection. */
  readonly rounds: number | null;
}

export interface Refused extends Aggregated, Infeasibility {
  readonly outcome: 'refused';
  /** `infeasible`: no weights keep all caps. `unresolved`: some do, and the sequential loop found none. */
  readonly because: 'infeasible' | 'unresolved';
  readonly initialViolations: Violations;
  /** Of the sequential loop where it gave up; null for the projection. */
  readonly finalViolations: Violations | null;
}

export type Combination = Combined | Refused;

function extraBudgetsOf(positions: CombineRequest['positions'], budgets: NumberByName): ExtraBudget[] {
  const extra = Object.keys(budgets).filter((sleeve) => !Object.hasOwn(positions, sleeve));
  return extra.toSorted(byCodeUnits).map((sleeve) => ({ sleeve, budget: budgets[sleeve]! }));
}

interface Inside {
  readonly weights: Float64Array;
  readonly isApplied: boolean;
  readonly certificate: ProjectionCertificate | null;
  readonly rounds: number | null;
  /** Between which ends each weight stands; null where nothing holds it there: the loop keeps bounds within its tolerance only. */
  readonly box: Box | null;
}

function combined(aggregated: Aggregated, capped: CappedTotal, inside: Inside): Combined {
  const { total, previous, constraints } = capped;
  const { weights, isApplied, certificate, rounds, box } = inside;
  const projection = projectionColumn(total, weights, box);
  const initialViolations = violationsIn(excessesOf(total, previous, constraints));
  const finalViolations = violationsIn(excessesOf(weights, previous, constraints));
  return {
    outcome: 'combined',
    ...aggregated,
    weights,
    projection,
    ...exposuresOf(weights, previous),
    feasibility: {
      initialViolations,
      finalViolations: isAnyBroken(initialViolations) ? finalViolations : {},
      projectionApplied: isApplied,
    },
    certificate,
    rounds,
  };
}

function refused(aggregated: Aggregated, capped: CappedTotal, loop: Sequential | null, because: Refused['because']): Refused {
  const { total, previous, constraints } = capped;
  return {
    outcome: 'refused',
    ...aggregated,
    because,
    ...infeasibilityOf(capped),
    initialViolations: loop?.initial ?? violationsIn(excessesOf(total, previous, constraints)),
    finalViolations: loop?.final ?? null,
  };
}

/**
 * Combines positions of sleeves by risk budgets: total = sum of budget x position, brought inside the bounds and the caps on gross, net and
 * turnover, by the nearest weights (`exact`) or by the source's loop (`sequential`). Assets are the union of all that are named, the
 * previous weights' too. Caps that cannot be kept together are an outcome, not an error. Pure.
 *
 * Errors: PositionsMissing, PositionInvalid, PreviousWeightInvalid, AssetTwice, BudgetMissing, BudgetNotFinite, BudgetNegative,
 * BudgetsUnbalanced, BoundsCrossed, CapInvalid, CombinationOptionInvalid, LimitExceeded, SolverFailed.
 */
export function combinePositions(request: CombineRequest): Combination {
  const { positions, budgets, constraints, method, scale } = request;
  checkConstraints(request);
  checkMethod(request);
  const spelled = spelledTables(request);
  checkTables(spelled);
  checkBudgets(request);
  const { previous: held, ...rows } = contributionsOf(spelled, budgets, scale);
  const aggregated: Aggregated = { ...rows, extraBudgets: extraBudgetsOf(positions, budgets) };
  const capped: CappedTotal = { total: rows.total, previous: held, constraints, noFlip: method.noFlip };
  if (method.projection === 'sequential') {
    const loop = sequentially(capped);
    if (loop.isUnresolved) return refused(aggregated, capped, loop, isFeasible(capped) ? 'unresolved' : 'infeasible');
    const { weights, rounds } = loop;
    return combined(aggregated, capped, { weights, rounds, isApplied: rounds > 0, certificate: null, box: null });
  }
  if (!isFeasible(capped)) return refused(aggregated, capped, null, 'infeasible');
  return combined(aggregated, capped, { ...exactly(capped, method.costAversion), rounds: null });
}
