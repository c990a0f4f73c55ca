import { LedgerError } from '../shared/errors.ts';
import { riskContributions } from '../risk/contribution.ts';
import { riskParity } from '../risk/risk-parity.ts';
import type { SleeveCovariance } from './sleeve-covariance.ts';

export interface EqualRiskBudgets {
  readonly budgets: Readonly<Record<string, number>>;
  /** Sleeves without variance: their budget is 0. */
  readonly withoutVariance: readonly string[];
}

/** Share of the largest variance at which a sleeve has none: what cancels to the last digit. */
const noVarianceShare = 1e-15;
/** Most by which a sleeve's share of risk may miss its equal part. */
const shareTolerance = 1e-9;

/**
 * Long-only budgets under which every sleeve contributes the same risk, b_i (Cb)_i = b'Cb / n, sum 1 (Maillard, Roncalli and Teiletche
 * 2010). Errors: BudgetsUndetermined, SolverFailed, NotACovariance.
 */
export function equalRiskBudgets({ sleeves, covariance }: SleeveCovariance): EqualRiskBudgets {
  const size = sleeves.length;
  const variances = sleeves.map((_, i) => covariance[i * size + i]!);
  const largest = variances.reduce((most, variance) => Math.max(most, variance), 0);
  const moving = sleeves.flatMap((_, i) => (variances[i]! > noVarianceShare * largest ? [i] : []));
  if (moving.length === 0)
    throw new LedgerError('BudgetsUndetermined', 'no sleeve has variance, so that risk cannot be divided equally', {
      evidence: { sleeves: [...sleeves] },
      at: { path: 'budgets' },
    });
  const columns = moving.map((i) => sleeves[i]!);
  const part = Float64Array.from(moving.flatMap((i) => moving.map((j) => covariance[i * size + j]!)));
  const { weights } = riskParity({ covariance: part, columns });
  const budgets = weights.map(({ weight }) => weight);
  requireEqualShares(part, budgets);
  const found = new Map(columns.map((sleeve, at) => [sleeve, budgets[at]!]));
  return {
    budgets: Object.fromEntries(sleeves.map((sleeve) => [sleeve, found.get(sleeve) ?? 0])),
    withoutVariance: sleeves.filter((sleeve) => !found.has(sleeve)),
  };
}

function requireEqualShares(covariance: Float64Array, budgets: readonly number[]): void {
  const size = budgets.length;
  const { shares } = riskContributions(covariance, budgets);
  const error = shares === null ? Infinity : shares.reduce((most, share) => Math.max(most, Math.abs(share - 1 / size)), 0);
  if (!(error <= shareTolerance))
    throw new LedgerError('SolverFailed', `the shares of risk miss 1/${size} by ${error}`, { evidence: { error, limit: shareTolerance } });
}
