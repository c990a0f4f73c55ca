import { z } from 'zod';
import { isoDateSchema } from '../shared/artifact-reference.ts';
import { quadrantSchema, regimeLabelSchema, spectralFlagSchema } from './schemas.ts';

/** Schemas of what the detector found, for the documents that hold it. */

const count = z.int().nonnegative();
const probability = z.number().min(0).max(1);
const pair = z.tuple([z.number(), z.number()]);

const hurstSchema = z.strictObject({
  points: z.array(z.strictObject({ lag: count, mean: z.number(), ofWhiteNoise: z.number() })),
  uncorrected: probability,
  corrected: probability,
});

export const regimeComponentsSchema = z.strictObject({
  volatilityRatio: z.number().nullable(),
  recentDeviation: z.number().nonnegative(),
  deviation: z.number().nonnegative(),
  turbulence: z.number().nullable(),
  autocorrelation: z.number(),
  permutationEntropy: z.number().nullable(),
  hurst: hurstSchema.nullable(),
  dickeyFuller: z.strictObject({ statistic: z.number(), pValue: probability, lag: count }).nullable(),
  excessKurtosis: z.number().nullable(),
});

const hiddenMarkovSchema = z.strictObject({
  means: pair,
  variances: pair,
  transitions: z.tuple([pair, pair]),
  start: pair,
  lastProbability: z.number(),
  logLikelihood: z.number(),
  rounds: count,
});

/** `domain/regime/regime.ts` says what each member is. */
export const regimeReadingSchema = z.strictObject({
  rows: count,
  label: regimeLabelSchema,
  labelByScore: regimeLabelSchema,
  score: z.number(),
  rawScore: z.number(),
  components: regimeComponentsSchema.nullable(),
  terms: z.array(z.strictObject({ component: z.string(), weight: z.number(), value: z.number().nullable() })),
  quadrant: quadrantSchema,
  growth: z.number().nullable(),
  stress: z.number().nullable(),
  hiddenMarkov: hiddenMarkovSchema.nullable(),
  notEvaluated: z.array(z.string()),
  unreachable: z.array(regimeLabelSchema),
});

/** Of the rows from `first` to `last`. */
export const datedRegimeSchema = z.strictObject({ first: isoDateSchema, last: isoDateSchema, reading: regimeReadingSchema });

/** Every decision of a run beside what its window turned out to be: the document that `RegimesDetected` refers to. */
export const windowRegimesSchema = z.strictObject({
  spectral: spectralFlagSchema,
  annualisationDays: z.number().positive(),
  windows: z.array(z.strictObject({ index: count, decision: datedRegimeSchema, realised: datedRegimeSchema })),
  live: z.strictObject({ decision: datedRegimeSchema, realised: z.null() }),
});
