import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import { columnOf, lastRowsOf } from '../returns/matrix.ts';
import { sampleMoments } from '../returns/sample-moments.ts';
import { projectToBounds } from '../risk/bounds.ts';
import type { DynamicTerms, SleeveReturns } from './planned-schemas.ts';
import type { NumberByName } from './request.ts';
import { returnsOfSleeves } from './sleeve-covariance.ts';

/** Sharpe ratios count up to this, on both sides. */
const sharpeMax = 2;

export interface DynamicBudgets {
  readonly budgets: Readonly<Record<string, number>>;
  /** Annualised, of the rows that were looked at, before the clip. */
  readonly sharpeRatios: Readonly<Record<string, number>>;
}

function sharpeOf(values: Float64Array, annualisationDays: number, sleeve: string): number {
  const { mean, deviation } = sampleMoments(values);
  if (deviation !== null && deviation > 0) return (mean / deviation) * Math.sqrt(annualisationDays);
  throw new LedgerError('BudgetsUndetermined', `the returns of sleeve ${sleeve} do not vary, so that it has no Sharpe ratio`, {
    evidence: { sleeve },
    at: { path: 'sleeveReturns' },
  });
}

/**
 * Budgets that follow how the sleeves did: base x exp(eta x SR), SR the annualised Sharpe ratio of the last rows clipped to +-2, brought to
 * sum 1 within bounds by the nearest such budgets. Ours, of no source. Errors: HistoryTooShort, BudgetsUndetermined, BoundsInfeasible,
 * CombinationInputMissing.
 */
export function dynamicBudgets(base: NumberByName, { eta, rows, lower, upper }: DynamicTerms, returns: SleeveReturns): DynamicBudgets {
  const sleeves = Object.keys(base).toSorted(byCodeUnits);
  if (returns.dates.length < rows)
    throw new LedgerError('HistoryTooShort', `the sleeves have ${returns.dates.length} rows of returns, ${rows} are asked for`, {
      evidence: { rows: returns.dates.length, rowsMin: rows },
      at: { path: 'sleeveReturns' },
    });
  const matrix = lastRowsOf(returnsOfSleeves(sleeves, returns), rows);
  const sharpes = sleeves.map((sleeve, column) => sharpeOf(columnOf(matrix, column).values, returns.annualisationDays, sleeve));
  const pulls = sleeves.map((sleeve, i) => base[sleeve]! * Math.exp(eta * Math.min(Math.max(sharpes[i]!, -sharpeMax), sharpeMax)));
  const sum = pulls.reduce((total, pull) => total + pull, 0);
  const shares = pulls.map((pull) => pull / sum);
  const floor = sleeves.map(() => lower);
  const ceiling = sleeves.map(() => upper);
  const { weights } = projectToBounds(shares, floor, ceiling, 'euclidean', sleeves);
  return {
    budgets: Object.fromEntries(sleeves.map((sleeve, i) => [sleeve, weights[i]!])),
    sharpeRatios: Object.fromEntries(sleeves.map((sleeve, i) => [sleeve, sharpes[i]!])),
  };
}
