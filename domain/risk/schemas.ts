import { z } from 'zod';
import { adaptiveMappingSchema, quadrantSchema, regimeLabelSchema } from './regime-names.ts';

/** The philosophies of allocation, one implementation for sleeves and meta portfolios alike. */
export const riskProfiles = ['min_variance', 'hrp', 'risk_parity', 'max_sharpe', 'barbell', 'equal_weight', 'market', 'benchmark'] as const;
/** A profile that follows from one matrix of returns. */
export type MatrixRiskProfile = (typeof riskProfiles)[number];

/**
 * Profiles that need more than a matrix: `adaptive` chooses one of the others by the market's regime. They came after the others, are asked
 * for by name, and stand in no default list.
 */
export const furtherRiskProfiles = ['adaptive'] as const;

export const riskProfileSchema = z.enum([...riskProfiles, ...furtherRiskProfiles]);
export type RiskProfile = z.infer<typeof riskProfileSchema>;

export const symbolWeightSchema = z.strictObject({ symbol: z.string().min(1), weight: z.number() });

export const linkageMethodSchema = z.enum(['ward', 'single', 'average', 'complete']);
export const leafOrderSchema = z.enum(['optimal', 'optimal_exact', 'plain']);

export const hrpParametersSchema = z.strictObject({
  /** `d` = sqrt((1 - correlation) / 2); `euclidean_of_d` = Euclidean distance between the columns of d. */
  distance: z.enum(['d', 'euclidean_of_d']),
  linkage: linkageMethodSchema,
  leafOrder: leafOrderSchema,
});
export type HrpParameters = z.infer<typeof hrpParametersSchema>;

export const estimatorSchema = z.enum(['ledoit_wolf', 'sample']);

export const solveParametersSchema = z.strictObject({
  estimator: estimatorSchema,
  /** Off-diagonal covariances are multiplied by one minus this; variances are kept. */
  correlationShrinkage: z.number().min(0).max(1),
  annualisationDays: z.number().positive(),
  /** Added to the annualised variances, in min_variance only (also as the fallback of max_sharpe). */
  ridge: z.number().min(0),
  hrp: hrpParametersSchema,
  /** Share of the barbell that its aggressors hold together. */
  aggressorFraction: z.number().min(0).max(1),
});
export type SolveParameters = z.infer<typeof solveParametersSchema>;

export const postConditionSchema = z.strictObject({ name: z.string(), value: z.number(), limit: z.number() });

export const certificateSchema = z.strictObject({
  /** Largest violation of the optimality conditions, relative to the multiplier; null where nothing is optimised. */
  kktResidual: z.number().nullable(),
  /** Of the covariance solved with; null where none is used or it is singular. */
  conditionNumber: z.number().nullable(),
  conditionNumberMethod: z.literal('one_norm_estimate').nullable(),
  iterations: z.int().nonnegative(),
  bindingSymbols: z.array(z.string()),
  postConditions: z.array(postConditionSchema),
});
export type Certificate = z.infer<typeof certificateSchema>;

/** A merge as scipy writes it: the two cluster ids (smaller first), the height, the number of leaves. */
export const linkageRowSchema = z.tuple([z.int().nonnegative(), z.int().nonnegative(), z.number(), z.int().positive()]);
export type LinkageRow = z.infer<typeof linkageRowSchema>;

export const hrpDetailSchema = z.strictObject({ linkage: z.array(linkageRowSchema), leafOrder: z.array(z.string()) });
export type HrpDetail = z.infer<typeof hrpDetailSchema>;

export const antifragilityScoreSchema = z.strictObject({ symbol: z.string(), skew: z.number(), tailGain: z.number(), score: z.number() });

export const barbellDetailSchema = z.strictObject({
  aggressors: z.array(z.string()),
  core: z.array(z.string()),
  coreMethod: z.enum(['hrp', 'equal_weight']),
  scores: z.array(antifragilityScoreSchema),
  aggressorFraction: z.number(),
  regime: z.literal('NORMAL'),
  regimeAssumed: z.literal(true),
});
export type BarbellDetail = z.infer<typeof barbellDetailSchema>;

export const estimateRecordSchema = z.strictObject({
  estimator: estimatorSchema,
  ledoitWolfIntensity: z.number().nullable(),
  correlationShrinkage: z.number(),
  saturated: z.boolean(),
});
export type EstimateRecord = z.infer<typeof estimateRecordSchema>;

export const attemptSchema = z.strictObject({ correlationShrinkage: z.number(), outcome: z.string() });
export type Attempt = z.infer<typeof attemptSchema>;

export const fallbackSchema = z.strictObject({ from: riskProfileSchema, to: riskProfileSchema, reason: z.string() });

/** Which profile the adaptive one was, and on what that rests. */
export const adaptiveRecordSchema = z.strictObject({
  profile: z.enum(riskProfiles),
  mapping: adaptiveMappingSchema,
  label: regimeLabelSchema,
  quadrant: quadrantSchema,
  score: z.number(),
  /** Why the fallback was taken; null where the mapping chose. */
  fallbackBecause: z.string().nullable(),
});
export type AdaptiveRecord = z.infer<typeof adaptiveRecordSchema>;

export const solveResultSchema = z.strictObject({
  risk: riskProfileSchema,
  weights: z.array(symbolWeightSchema),
  certificate: certificateSchema,
  droppedColumns: z.array(z.string()),
  flags: z.array(z.string()),
  attempts: z.array(attemptSchema),
  fallback: fallbackSchema.nullable(),
  estimate: estimateRecordSchema.nullable(),
  detail: z.union([hrpDetailSchema, barbellDetailSchema]).nullable(),
  /** Of the adaptive profile; left out in every other. */
  adaptive: adaptiveRecordSchema.optional(),
});
export type SolveResult = z.infer<typeof solveResultSchema>;
