import { z } from 'zod';
import { joinStatisticsSchema } from '../returns/schemas.ts';
import { riskProfileSchema, solveParametersSchema, solveResultSchema } from '../risk/schemas.ts';
import { documentReferenceSchema, isoDateSchema, tableReferenceSchema } from '../shared/artifact-reference.ts';
import { acceptanceVerdictSchema } from '../run/acceptance-verdict.ts';
import { consumedRunSchema } from '../run/consumed-run.ts';
import { parityWaiverGrantedSchema } from '../run/granted-waiver.ts';
import { metaRunOptionsSchema } from '../run/meta-run-options.ts';
import { parityOutcomeSchema, parityVerdictSchema } from '../parity/schema.ts';
import { identity } from '../shared/fields.ts';

/** Stream `metaRun-<runId>`: one whole run. */

export const metaRunOpenedSchema = z.strictObject({
  runId: identity,
  /** As requested, possibly an alias. */
  meta: identity,
  profile: identity,
  asOf: isoDateSchema,
  /** Version of the rules under which the run was computed (domain/run/rules.ts). */
  rules: z.number().int().positive(),
  definition: documentReferenceSchema,
  options: metaRunOptionsSchema,
  maxStalenessSessions: z.number().int(),
  consumed: z.array(consumedRunSchema).min(1),
  waivers: z.array(parityWaiverGrantedSchema),
  restatement: z.number().int().nonnegative(),
  supersedes: identity.nullable(),
  why: z.string().nullable(),
});
export type MetaRunOpened = z.infer<typeof metaRunOpenedSchema>;

export const parityAcceptedSchema = z.strictObject({ meta: identity, verdict: parityVerdictSchema });
export const parityRejectedSchema = z.strictObject({ meta: identity, verdict: parityVerdictSchema, outcome: parityOutcomeSchema });
export const parityWaivedSchema = z.strictObject({
  meta: identity,
  verdict: parityVerdictSchema,
  outcome: parityOutcomeSchema,
  waivers: z.array(parityWaiverGrantedSchema).min(1),
});

const nodeFields = { risk: riskProfileSchema, meta: identity, path: z.array(z.string()) };

export const sleeveReturnsJoinedSchema = z.strictObject({
  ...nodeFields,
  statistics: joinStatisticsSchema,
  annualisationDays: z.number().int(),
  /** Profile whose stream each sleeve delivered: its own unless a proxy was asked for. */
  streams: z.array(
    z.strictObject({
      id: z.string(),
      risk: riskProfileSchema,
      proxy: z.boolean(),
      /** Rows of the partial window that the stream ends with; of a portfolio below, the most of any of its streams. */
      partialRows: z.number().int().nonnegative(),
    }),
  ),
  warnings: z.array(z.string()),
  matrix: tableReferenceSchema,
});

export const sleeveWeightsOptimisedSchema = z.strictObject({
  ...nodeFields,
  params: z.strictObject({ engine: z.literal('custom'), profile: riskProfileSchema, n_sleeves: z.number().int() }),
  /** Before the guardrails. */
  weights: z.record(z.string(), z.number()),
  parameters: solveParametersSchema,
  solve: solveResultSchema,
});

export const guardrailsAppliedSchema = z.strictObject({
  ...nodeFields,
  projection: z.enum(['euclidean', 'proportional']),
  bounds: z.array(z.strictObject({ id: z.string(), lower: z.number(), upper: z.number(), lowerFrom: z.string(), upperFrom: z.string() })),
  raw: z.record(z.string(), z.number()),
  /** After the guardrails: what is allocated. */
  weights: z.record(z.string(), z.number()),
  binding: z.array(z.strictObject({ id: z.string(), bound: z.enum(['lower', 'upper']) })),
  /** True when the bounds leave one point only, whatever the optimiser says. */
  determined: z.boolean(),
  distanceL2: z.number(),
  /** Annualised, by the optimiser's covariance. */
  volatilityRawExAnte: z.number(),
  volatilityBoundedExAnte: z.number(),
  volatilityCostExAnte: z.number(),
});

export const portfolioFlattenedSchema = z.strictObject({
  risk: riskProfileSchema,
  meta: identity,
  /** Net weight of each physical symbol. */
  weights: z.record(z.string(), z.number()),
  gross: z.number(),
  net: z.number(),
  grossBeforeNetting: z.number(),
  grossExpected: z.number(),
  nettedExposure: z.number(),
  conservationError: z.number(),
  symbols: z.number().int(),
  leafPaths: z.array(z.strictObject({ path: z.array(z.string()), weight: z.number(), runId: z.string() })),
  nettedSymbols: z.array(z.string()),
  /** The assets with their contributors: see `FlattenedAsset`. */
  portfolio: documentReferenceSchema,
});

export const acceptanceMeasuredSchema = z.strictObject({
  risk: riskProfileSchema,
  meta: identity,
  grade: z.enum(['NATIVE', 'DEGRADED']),
  verdicts: z.array(acceptanceVerdictSchema).min(1),
});

export const metaProfileFailedSchema = z.strictObject({
  ...nodeFields,
  code: z.string(),
  reason: z.string(),
  evidence: z.record(z.string(), z.unknown()),
});

export const metaRunCompletedSchema = z.strictObject({
  runId: identity,
  allocated: z.array(riskProfileSchema),
  failed: z.array(riskProfileSchema),
  /** Greatest difference between two allocated profiles' sleeve weights: 0 means that the profiles have converged. */
  profileSpreadMax: z.number(),
});
