import { z } from 'zod';
import { adaptiveMappingSchema, aggressorTableSchema, quadrantSchema, regimeLabelSchema } from './regime-names.ts';

/** Profiles that every sleeve and every meta portfolio can have. */
export const commonRiskProfiles = [
  'min_variance',
  'hrp',
  'risk_parity',
  'max_sharpe',
  'barbell',
  'equal_weight',
  'market',
  'benchmark',
] as const;
/** Profiles that need a selection: beside the winners there is a pool. */
export const selectingRiskProfiles = ['market_neutral', 'raw_pool_ew'] as const;
/** Profiles that follow from returns: those of a matrix, with a pool beside it for some. */
export const matrixRiskProfiles = [...commonRiskProfiles, ...selectingRiskProfiles] as const;
export type MatrixRiskProfile = (typeof matrixRiskProfiles)[number];
export type CommonRiskProfile = (typeof commonRiskProfiles)[number];

/**
 * Profiles that need more than returns: `adaptive` chooses one of the common ones by the market's regime. They are asked for by name, and
 * stand in no default list.
 */
export const furtherRiskProfiles = ['adaptive'] as const;

/** The philosophies of allocation, one implementation for sleeves and meta portfolios alike. */
export const riskProfiles = [...matrixRiskProfiles, ...furtherRiskProfiles] as const;
export const riskProfileSchema = z.enum(riskProfiles);
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

/** A cluster of streams as a profile held it: its weight times a share within it is the weight of that column. */
export const weightedClusterSchema = z.strictObject({
  /** `w1`, `w2` and so on, by the first name in each. */
  id: z.string(),
  weight: z.number(),
  /** Before it was projected to the cap; null where nothing is projected. */
  uncapped: z.number().nullable(),
  members: z.array(z.strictObject({ symbol: z.string(), share: z.number() })),
  /** The most antifragile member, of a barbell alone. */
  leader: z.string().optional(),
});

/** What a profile acted on in a sleeve that selects. */
export const clusteringSchema = z.strictObject({
  clusters: z.array(weightedClusterSchema),
  /** Leaves of the linkage in their order. */
  leaves: z.array(z.string()),
  linkage: z.array(linkageRowSchema),
  cut: z.strictObject({ criterion: z.enum(['distance', 'maxclust']), value: z.number(), height: z.number().nullable() }),
  /** In rows; those left out are longer than the training window, or shorter than 20. */
  lookbacks: z.strictObject({ used: z.array(z.int().positive()), leftOut: z.array(z.int().positive()) }),
  clusterCap: z.number(),
  /** The cap or one over the number of clusters, whichever is more; of a barbell, over that of the core. */
  effectiveCap: z.number(),
  /** Weights were above the cap and have been brought under it. */
  projected: z.boolean(),
  /** The cap leaves one allocation. */
  capsDetermine: z.boolean(),
});
export type Clustering = z.infer<typeof clusteringSchema>;

export const antifragilityScoreSchema = z.strictObject({ symbol: z.string(), skew: z.number(), tailGain: z.number(), score: z.number() });

const barbellParts = {
  aggressors: z.array(z.string()),
  core: z.array(z.string()),
  coreMethod: z.enum(['hrp', 'equal_weight']),
  scores: z.array(antifragilityScoreSchema),
  aggressorFraction: z.number(),
};
export const barbellDetailSchema = z.discriminatedUnion('regimeAssumed', [
  z.strictObject({ ...barbellParts, regime: z.literal('NORMAL'), regimeAssumed: z.literal(true) }),
  z.strictObject({ ...barbellParts, regime: regimeLabelSchema, regimeAssumed: z.literal(false), aggressorTable: aggressorTableSchema }),
]);
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

export const marketNeutralDetailSchema = z.strictObject({
  /** To the mean return of the raw pool. */
  betas: z.array(z.strictObject({ symbol: z.string(), beta: z.number() })),
  betaLimit: z.number(),
  portfolioBeta: z.number(),
});

/** Which profile the adaptive one was, and on what that rests. */
export const adaptiveRecordSchema = z.strictObject({
  profile: z.enum(commonRiskProfiles),
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
  detail: z.union([hrpDetailSchema, barbellDetailSchema, marketNeutralDetailSchema]).nullable(),
  /** Where the profile acted on clusters of the columns. */
  clustering: clusteringSchema.optional(),
  /** Of the adaptive profile; left out in every other. */
  adaptive: adaptiveRecordSchema.optional(),
});
export type SolveResult = z.infer<typeof solveResultSchema>;
