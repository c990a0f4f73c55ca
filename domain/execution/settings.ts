import { z } from 'zod';
import { periodNames } from '../returns/periods.ts';
import { LedgerError } from '../shared/errors.ts';

/** When the book is traded: on the dates of the weights, on every row, or on the last row of each period. */
export const rebalanceRules = ['as_given', 'daily', ...periodNames] as const;
export type RebalanceRule = (typeof rebalanceRules)[number];

const fraction = z.number().min(0).max(1);
const finite = z.number();

/**
 * How a path of weights is executed. Slippage and commission are fractions of the value traded, rates are a year's.
 *
 * `timing`: `close` trades at the close of a decision's row and earns from the next; `same_row` earns the decision's own row, which is
 * look-ahead and is labelled so. `holding`: weights drift with the market, or stand still at the target (`constant`). `returnKind`: a
 * row's P&L is Σ w r, or Σ w log(1+r). `turnoverFrom`: what a target is compared with, the weights held or the target before it.
 */
export const executionSettingsSchema = z.strictObject({
  timing: z.enum(['close', 'same_row']),
  lagRows: z.int().min(0).max(250),
  rebalance: z.enum(rebalanceRules),
  holding: z.enum(['drift', 'constant']),
  returnKind: z.enum(['simple', 'log_sum']),
  turnoverFrom: z.enum(['held', 'target']),
  slippageFraction: fraction,
  commissionFraction: fraction,
  /** On the weight that is short at the opening of a row. */
  borrowRateAnnual: fraction,
  /** Earned by what is not invested, and paid where more than everything is. */
  cashRateAnnual: finite,
  /** Square-root impact; null charges none. `assetsUnderManagement` is money, in the currency of the prices. */
  impact: z.strictObject({ coefficient: z.number().min(0), assetsUnderManagement: z.number().positive() }).nullable(),
});
export type ExecutionSettings = z.infer<typeof executionSettingsSchema>;

/** Lag 0, drift, simple returns, and nothing charged. */
export const plainExecution: ExecutionSettings = {
  timing: 'close',
  lagRows: 0,
  rebalance: 'as_given',
  holding: 'drift',
  returnKind: 'simple',
  turnoverFrom: 'held',
  slippageFraction: 0,
  commissionFraction: 0,
  borrowRateAnnual: 0,
  cashRateAnnual: 0,
  impact: null,
};

export const basisPointsPerUnit = 10_000;

/** Errors: SchemaViolation naming the field; Usage for a lag of the look-ahead switch. */
export function checkedSettings(given: Partial<ExecutionSettings>): ExecutionSettings {
  const parsed = executionSettingsSchema.safeParse({ ...plainExecution, ...given });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = issue!.path.map(String).join('.');
    throw new LedgerError('SchemaViolation', `execution, ${path}: ${issue!.message}`, { at: { path } });
  }
  const settings = parsed.data;
  if (settings.timing === 'same_row' && settings.lagRows > 0)
    throw new LedgerError('Usage', `same_row earns the row of the decision itself: it takes no lag, and ${settings.lagRows} was given`, {
      at: { path: 'lagRows' },
    });
  return settings;
}
