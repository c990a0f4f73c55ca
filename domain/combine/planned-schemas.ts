import { z } from 'zod';
import { identity } from '../shared/fields.ts';
import { isoDateSchema } from '../shared/artifact-reference.ts';
import { combinationConstraintsSchema, combinationMethodSchema } from './schemas.ts';

const numberByNameSchema = z.record(z.string(), z.number());

/** Covariance of assets, annualised; `covariance[i][j]` of assets i and j. */
export const assetCovarianceSchema = z.strictObject({ assets: z.array(z.string()), covariance: z.array(z.array(z.number())) });
export type AssetCovariance = z.infer<typeof assetCovarianceSchema>;

/** Profit and loss of sleeves, as fractions of their capital; `returns[row][column]` by date and sleeve. */
export const sleeveReturnsSchema = z.strictObject({
  dates: z.array(isoDateSchema),
  sleeves: z.array(z.string()),
  returns: z.array(z.array(z.number())),
  annualisationDays: z.number().int().positive(),
});
export type SleeveReturns = z.infer<typeof sleeveReturnsSchema>;

export const dynamicTermsSchema = z.strictObject({
  /** Strength of the response to a Sharpe ratio of one. */
  eta: z.number(),
  /** Last rows of the sleeves' returns over which the Sharpe ratios are taken. */
  rows: z.number().int().min(2),
  lower: z.number(),
  upper: z.number(),
});
export type DynamicTerms = z.infer<typeof dynamicTermsSchema>;

/** Where the budgets come from. `erc` and `erc_realised` divide risk equally, `dynamic` follows the sleeves' Sharpe ratios. */
export const budgetRuleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('given'), budgets: numberByNameSchema }),
  z.strictObject({ kind: z.literal('erc') }),
  z.strictObject({ kind: z.literal('erc_realised') }),
  z.strictObject({ kind: z.literal('dynamic'), base: numberByNameSchema, terms: dynamicTermsSchema }),
]);
export type BudgetRule = z.infer<typeof budgetRuleSchema>;

/** Whose correlation the total is scaled up for: none, that of the positions under the assets' covariance, or that of realised returns. */
export const correlationRuleSchema = z.enum(['none', 'positions', 'realised']);

/** Everything that a combination is computed from. */
export const plannedCombinationSchema = z.strictObject({
  /** Of the book that is combined. */
  name: identity,
  /** Market time of the positions; null where it was not said. */
  asOf: isoDateSchema.nullable(),
  positions: z.record(z.string(), numberByNameSchema),
  previous: numberByNameSchema.nullable(),
  budgets: budgetRuleSchema,
  correlationAware: correlationRuleSchema,
  constraints: combinationConstraintsSchema,
  method: combinationMethodSchema,
  assetCovariance: assetCovarianceSchema.nullable(),
  sleeveReturns: sleeveReturnsSchema.nullable(),
});
export type PlannedCombination = z.infer<typeof plannedCombinationSchema>;
