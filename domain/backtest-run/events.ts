import { z } from 'zod';
import { metricsSchema } from '../returns/schemas.ts';
import { adaptiveRecordSchema, riskProfileSchema } from '../risk/schemas.ts';
import { pricesAskedSchema } from '../run/price-input.ts';
import { computedInputSchema } from '../run/supply-input.ts';
import { documentReferenceSchema, isoDateSchema } from '../shared/artifact-reference.ts';
import { identity } from '../shared/fields.ts';
import { recordedSelectionSchema } from '../sleeve-selection/recorded.ts';

/** Stream `backtest-<runId>`: one backtest of a portfolio, whole. */

const count = z.number().int().nonnegative();
const path = z.array(z.string());
const byName = z.record(z.string(), z.number());

const backtestedSleeveSchema = z.strictObject({
  path,
  sleeve: identity,
  profile: identity,
  /** The recorded run whose prices these are; null where they were read from files. */
  sourceRunId: identity.nullable(),
  options: pricesAskedSchema,
  inputs: z.array(computedInputSchema).min(1),
  /** Price rows of the grid that every window is counted on. */
  grid: z.strictObject({ rows: count, first: isoDateSchema, last: isoDateSchema }),
  /** Rows on which it was judged which symbols cover enough of their sessions. */
  coverage: z.strictObject({ first: isoDateSchema, last: isoDateSchema }),
  kept: count,
  dropped: z.array(z.string()),
});

/** What the decisions of a portfolio are counted by: what `audit.jsonl` says of each step of a backtest. */
const paramsSchema = z.strictObject({
  engine: z.literal('custom'),
  simulator: z.literal('custom'),
  train_window: count,
  test_window: count,
  step_size: count,
  rebalance_mode: z.enum(['window', 'daily']),
  partial_last_window: z.enum(['skip', 'trade']),
  meta_rows: z.enum(['trailing', 'expanding']),
  universe_source: z.enum(['whole_range', 'as_of_start']),
  selection_mode: z.string(),
});
export type BacktestParams = z.infer<typeof paramsSchema>;

export const backtestStartedSchema = z.strictObject({
  runId: identity,
  /** As requested, possibly an alias. */
  meta: identity,
  profile: identity,
  asOf: isoDateSchema,
  /** Version of the rules under which the run was computed (domain/run/rules.ts). */
  rules: z.number().int().positive(),
  definition: documentReferenceSchema,
  options: z.strictObject({
    risks: z.array(riskProfileSchema).min(1),
    risksFrom: z.enum(['meta_allocation', 'flag']),
    join: z.enum(['compound', 'drop']).nullable(),
    projection: z.enum(['euclidean', 'proportional']).nullable(),
  }),
  params: paramsSchema,
  /** True where symbols were kept by their coverage of the whole range, later rows included. */
  universeLookAhead: z.boolean(),
  /** The last date of any grid. */
  rangeEnd: isoDateSchema,
  sleeves: z.array(backtestedSleeveSchema).min(1),
});
export type BacktestStarted = z.infer<typeof backtestStartedSchema>;

/** Who entered a sleeve, window by window: one fact for a sleeve that selects, which all its profiles share. */
export const sleeveSelectedSchema = recordedSelectionSchema.extend({ runId: identity, path });
export type SleeveSelected = z.infer<typeof sleeveSelectedSchema>;

export const windowAllocatedSchema = z.strictObject({
  risk: riskProfileSchema,
  meta: identity,
  /** Of the portfolio below that decides; empty for the portfolio itself. */
  path,
  /** Of the portfolio that decides. */
  params: paramsSchema,
  index: count,
  trainFirst: isoDateSchema,
  trainRows: count,
  /** The newest row that was read. The decision trades at its close and earns from `first` on. */
  newestRead: isoDateSchema,
  first: isoDateSchema,
  last: isoDateSchema,
  /** Joined rows that the decision earns. */
  rows: count,
  partial: z.boolean(),
  /** Before the guardrails, and after them: what is held. */
  raw: byName,
  weights: byName,
  /** The newest row that was read for the target of each sleeve that is taken over. */
  sleeveReads: z.record(z.string(), isoDateSchema),
  flags: z.array(z.string()),
  /** Of the adaptive profile: which profile the decision was, and on what that rests. */
  adaptive: adaptiveRecordSchema.optional(),
});
export type WindowAllocated = z.infer<typeof windowAllocatedSchema>;

const failureSchema = z.strictObject({ risk: riskProfileSchema, path, code: z.string(), reason: z.string() });
export type FailedProfileFacts = z.infer<typeof failureSchema>;

const costsSchema = z.strictObject({
  /** Charged: trades at one close, netted by symbol. */
  netted: z.number(),
  /** What trading sleeve by sleeve would have cost, and the difference. */
  perSleeve: z.number(),
  crossingBenefit: z.number().nonnegative(),
});

const burnInSchema = z.strictObject({
  path,
  tier: z.enum(['sleeve', 'portfolio']),
  rows: count,
  first: isoDateSchema,
  last: isoDateSchema,
});

const baselineSchema = z.strictObject({
  name: z.string(),
  /** Fitted on rows that its decisions could not know, by design. */
  lookAhead: z.boolean(),
  metrics: metricsSchema.nullable(),
  costs: costsSchema.nullable(),
  /** Why it could not be run. */
  reason: z.string().nullable(),
});

const testedSleeveSchema = z.strictObject({
  path,
  windows: count,
  rows: count,
  first: isoDateSchema,
  last: isoDateSchema,
  /** Rows behind its last full window, and those of them that were traded. */
  lastPartialRows: count,
  partialRows: count,
  flags: z.array(z.string()),
  /** Dated `gross` and `net` returns out of sample. */
  stream: documentReferenceSchema,
  /** Weights of its assets, a row for each window at the newest row that it read. */
  weights: documentReferenceSchema,
});

const testedProfileSchema = z.strictObject({
  risk: riskProfileSchema,
  annualisationDays: count,
  decisions: count,
  rows: count,
  first: isoDateSchema,
  last: isoDateSchema,
  /** Joined rows behind the last window that nobody trades; rows of a partial window. */
  untradedRows: count,
  partialRows: count,
  /** Of the net returns. */
  metrics: metricsSchema,
  grossReturn: z.number(),
  costs: costsSchema,
  turnover: z.strictObject({
    firstAllocationTwoSided: z.number(),
    firstPurchaseTwoSided: z.number(),
    /** Behind the first purchase: of bounded sleeve targets, and of netted asset trades. */
    allocationTwoSided: z.number(),
    tradedTwoSided: z.number(),
    /** Standard deviation of each sleeve's weight over the decisions; null for a single one. */
    allocationStability: byName.nullable(),
  }),
  /** What daily resets of constant-notional shorts would have traded and cost: reported, not charged. */
  syntheticResets: z.strictObject({ turnoverTwoSided: z.number(), cost: z.number() }),
  /** Share of each sleeve directly below in the variance of the gross returns; null where they do not vary. */
  realisedShares: byName.nullable(),
  burnIns: z.array(burnInSchema).min(1),
  baselines: z.array(baselineSchema),
  warnings: z.array(z.string()),
  sleeves: z.array(testedSleeveSchema).min(1),
  /** Dated tables of numbers, CSV. */
  tables: z.strictObject({
    /** Joined rows: `gross`, `net` and the net returns of each baseline. */
    returns: documentReferenceSchema,
    /** Net returns of the sleeves on all joined rows: what the decisions learn from. */
    joined: documentReferenceSchema,
    /** A row for each decision: raw and bounded sleeve weights, ex-ante risk shares, turnover. */
    decisions: documentReferenceSchema,
    /** The same with the weights of leaf paths, and of physical assets, from its close on. */
    leafWeights: documentReferenceSchema,
    assetWeights: documentReferenceSchema,
    /** Ex-ante shares of risk of the leaf paths at each decision: `optimiser:` and `joint:`, each summing to 1. */
    riskShares: documentReferenceSchema,
    /** A row for each close with trades: turnover and costs, netted and sleeve by sleeve. */
    trades: documentReferenceSchema,
  }),
  /** Windows of the sleeves, shares of leaf paths in the variance of the gross returns, and the weights of the baselines, as JSON. */
  detail: documentReferenceSchema,
});
export type TestedProfileFacts = z.infer<typeof testedProfileSchema>;

export const backtestCompletedSchema = z.strictObject({
  runId: identity,
  params: paramsSchema,
  tested: z.array(testedProfileSchema).min(1),
  failed: z.array(failureSchema),
});

/** No profile could be tested. */
export const backtestFailedSchema = z.strictObject({ runId: identity, params: paramsSchema, failed: z.array(failureSchema).min(1) });
