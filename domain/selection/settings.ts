import { z } from 'zod';

/** Versions of selection that are computed; parity compares them by name. */
export const selectionModes = ['v3', 'v3.2', 'v4'] as const;
export const selectionModeSchema = z.enum(selectionModes);
export type SelectionMode = z.infer<typeof selectionModeSchema>;

/** How long the relaxation goes on: to half of a small universe, or to 15 winners as the origin has it. */
export const relaxationSchema = z.enum(['half', 'origin']);
/** The exponent with the correction for small samples, or without it. */
export const hurstReadingSchema = z.enum(['corrected', 'rs']);
/** What the score rewards: distance from a random walk, or nearness to it (`hurst_clean`). */
export const hurstComponentSchema = z.enum(['distance', 'clean']);
/** What permutation entropy is divided by: ln 5!, or what so many rows can reach. */
export const entropyNormaliserSchema = z.enum(['patterns', 'reachable']);
/** Whether the band of entropy is recorded, or vetoes. */
export const entropyBandSchema = z.enum(['record', 'veto']);
/** Streams with the sign of their direction, or the raw returns. */
export const streamsSchema = z.enum(['directional', 'raw']);
export const quotaScopeSchema = z.enum(['cluster', 'side']);
/** N of a cluster without dynamic selection: top_n, or at least 5. */
export const quotaFloorSchema = z.enum(['top_n', 'max5']);
/** Maps of components to (0, 1]: fixed, or by looking at the values as the origin does. */
export const componentMapSchema = z.enum(['fixed', 'by_data']);
/** A component that nobody has: left out, or one half for everybody. */
export const absentComponentSchema = z.enum(['leave_out', 'half']);
/** Which vetoes count towards the abort rule: those that no stage lifts, or all. */
export const vetoShareSchema = z.enum(['unlifted', 'strict']);

/** Where two readings of the documents stand beside each other. */
export const selectionReadingSchema = z.strictObject({
  relaxation: relaxationSchema,
  hurst: hurstReadingSchema,
  hurst_component: hurstComponentSchema,
  entropy_normaliser: entropyNormaliserSchema,
  entropy_band: entropyBandSchema,
  features_on: streamsSchema,
  clusters_on: streamsSchema,
  quota_per: quotaScopeSchema,
  quota_floor: quotaFloorSchema,
  component_map: componentMapSchema,
  absent_component: absentComponentSchema,
  veto_share: vetoShareSchema,
});
export type SelectionReading = z.infer<typeof selectionReadingSchema>;

/** The two readings as wholes: `ruled` acts as the rules are meant, `documents` takes them at their word. */
export const selectionReadings = {
  ruled: {
    relaxation: 'half',
    hurst: 'corrected',
    hurst_component: 'distance',
    entropy_normaliser: 'patterns',
    entropy_band: 'record',
    features_on: 'directional',
    clusters_on: 'directional',
    quota_per: 'cluster',
    quota_floor: 'top_n',
    component_map: 'fixed',
    absent_component: 'leave_out',
    veto_share: 'unlifted',
  },
  documents: {
    relaxation: 'origin',
    hurst: 'rs',
    hurst_component: 'clean',
    entropy_normaliser: 'patterns',
    entropy_band: 'veto',
    features_on: 'raw',
    clusters_on: 'raw',
    quota_per: 'side',
    quota_floor: 'max5',
    component_map: 'by_data',
    absent_component: 'half',
    veto_share: 'strict',
  },
} as const satisfies Record<string, SelectionReading>;
export const selectionReadingNameSchema = z.enum(['ruled', 'documents']);

const choices = Object.entries(selectionReadingSchema.shape).flatMap(([rule, { options }]) => options.map((choice) => `${rule}=${choice}`));

/** One rule read in one way, `hurst=rs`. */
export const selectionChoiceSchema = z.enum(choices);

/** A reading with some rules read otherwise; a manifest has one choice for each rule at most. */
export function readingOf(name: z.infer<typeof selectionReadingNameSchema>, otherwise: readonly string[]): SelectionReading {
  const changed = otherwise.map((choice) => choice.split('=') as [string, string]);
  return selectionReadingSchema.parse({ ...selectionReadings[name], ...Object.fromEntries(changed) });
}

/** Things that a selection may be told to insist on: their absence is then an error. */
export const requirableSchema = z.enum([
  'survival',
  'liquidity',
  'adx',
  'recommend_all',
  'recommend_ma',
  'efficiency',
  'hurst',
  'entropy',
  'antifragility',
  'skew',
  'kurtosis',
  'cvar',
  'metadata',
]);
export type Requirable = z.infer<typeof requirableSchema>;

const fraction = z.number().min(0).max(1);

/** Everything that decides which symbols win, with no default: each number stands in the fact. */
export const selectionSettingsSchema = z.strictObject({
  mode: selectionModeSchema,
  /** Only `trend_following` multiplies scores by the regime. */
  strategy: z.string().min(1),
  top_n: z.int().min(1),
  /** Distance at which the dendrogram is cut. */
  threshold: z.number(),
  min_momentum_score: z.number(),
  /** Fewer winners abort. */
  min_winners: z.int().min(1),
  /** A larger share of vetoed candidates aborts. */
  veto_share_max: fraction,
  dynamic_selection: z.boolean(),
  predictability_vetoes: z.boolean(),
  short_direction: z.boolean(),
  entropy_max: z.number().min(0),
  /** Lower and upper end of the band whose side is recorded; null where none is. */
  entropy_acceptance: z.tuple([fraction, fraction]).nullable(),
  efficiency_min: fraction,
  hurst_random_walk: z.tuple([fraction, fraction]),
  eci_hurdle: z.number(),
  correlation_shrinkage: fraction,
  cluster_lookbacks: z.array(z.int().min(1)),
  exclude_cash_like: z.boolean(),
  /** Rank of the score, 0 lowest and 1 highest, below which nobody wins. */
  min_score_rank: fraction,
  require: z.array(requirableSchema),
  reading: selectionReadingSchema,
});
export type SelectionSettings = z.infer<typeof selectionSettingsSchema>;
