import { z } from 'zod';
import { quadrantSchema } from '../regime/schemas.ts';
import { linkageRowSchema } from '../risk/schemas.ts';
import { isoDateSchema } from '../shared/artifact-reference.ts';
import { abortRules } from './abort.ts';
import { components } from './components.ts';
import { streamFeatures } from './features.ts';
import { selectionSettingsSchema } from './settings.ts';
import { vetoCodes } from './vetoes.ts';

/** Columns have one entry for each symbol, in their order; null is not known, or cannot be evaluated. */
const known = z.array(z.number().nullable());
const numbers = z.array(z.number());
const count = z.int().nonnegative();
const componentSchema = z.enum(components);
export const directionSchema = z.enum(['LONG', 'SHORT']);
export const vetoCodeSchema = z.enum(vetoCodes);
export const abortRuleSchema = z.enum(abortRules);

const metadataSchema = z
  .strictObject({ tick_size: z.number().optional(), lot_size: z.number().optional(), price_precision: z.number().optional() })
  .nullable();

const factsSchema = z.strictObject({
  identity: z.array(z.string()),
  isBenchmark: z.array(z.boolean()),
  stableCoin: z.array(z.enum(['listed', 'pegged']).nullable()),
  averageDailyValue: known,
  survival: known,
  adx: known,
  recommendAll: known,
  recommendMa: known,
  rateOfChange: known,
  dailyVolatility: known,
  metadata: z.array(metadataSchema),
});

const judgementSchema = z.strictObject({
  vetoes: z.array(z.strictObject({ code: vetoCodeSchema, values: numbers, thresholds: numbers, missing: z.array(z.string()) })),
  notEvaluated: z.array(vetoCodeSchema),
});

const standingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('won'), stage: count, isQuotaWaived: z.boolean(), isWalkover: z.boolean() }),
  z.strictObject({ kind: z.literal('benchmark') }),
  z.strictObject({ kind: z.literal('excluded'), because: z.enum(['cash_like', 'score_rank']) }),
  z.strictObject({ kind: z.literal('vetoed') }),
  z.strictObject({ kind: z.literal('gated') }),
  z.strictObject({ kind: z.literal('identity_taken'), by: count }),
  z.strictObject({ kind: z.literal('outscored'), by: z.array(count) }),
]);

const scoresSchema = z.strictObject({
  weights: z.array(z.strictObject({ component: componentSchema, weight: z.number() })),
  /** Of the components that take part, in the order of `weights`. */
  probabilities: z.array(numbers),
  multiplier: numbers,
  score: numbers,
  absentEverywhere: z.array(componentSchema),
  absentSome: z.array(z.strictObject({ component: componentSchema, symbols: z.array(count) })),
});

const clustersSchema = z.strictObject({
  cut: z.strictObject({ criterion: z.enum(['distance', 'maxclust']), value: z.number(), height: z.number().nullable() }),
  labels: z.array(count),
  count,
  lookbacks: z.strictObject({ used: z.array(count), leftOut: z.array(count) }),
  linkage: z.array(linkageRowSchema),
});

export const vetoCountSchema = z.strictObject({
  histogram: z.array(z.strictObject({ code: vetoCodeSchema, count })),
  share: z.number(),
});

/** A selection with every number that decided it, as it is stored. */
export const selectionRecordSchema = z.strictObject({
  settings: selectionSettingsSchema,
  annualisationDays: z.number().positive(),
  /** Traded value a day that counts as full liquidity. */
  fullLiquidity: z.number().positive(),
  asOf: isoDateSchema,
  rows: count,
  symbols: z.array(z.string()),
  facts: factsSchema,
  directions: z.array(directionSchema),
  clippedShorts: z.array(z.strictObject({ symbol: z.string(), date: isoDateSchema })),
  quadrant: quadrantSchema,
  features: z.strictObject(
    Object.fromEntries(streamFeatures.map((name) => [name, known])) as Record<(typeof streamFeatures)[number], typeof known>,
  ),
  values: z.strictObject(Object.fromEntries(components.map((name) => [name, known])) as Record<(typeof components)[number], typeof known>),
  scores: scoresSchema,
  gateReturns: numbers,
  gates: z.array(z.boolean()),
  cashLike: z.array(z.boolean()),
  judgements: z.array(judgementSchema),
  clusters: clustersSchema,
  quotas: z.array(z.strictObject({ winnersMax: count, meanCorrelation: z.number().nullable() })),
  candidates: count,
  target: count,
  afterStage: z.array(count),
  /** Places of the winners, best score first. */
  winners: z.array(count),
  standings: z.array(standingSchema),
  vetoCount: vetoCountSchema,
  aborts: z.array(abortRuleSchema),
});
export type SelectionRecord = z.infer<typeof selectionRecordSchema>;
