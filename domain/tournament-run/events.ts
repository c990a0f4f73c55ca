import { z } from 'zod';
import { metricsSchema } from '../returns/schemas.ts';
import { estimatorSchema, linkageMethodSchema, matrixRiskProfiles, riskProfileSchema } from '../risk/schemas.ts';
import { pricesAskedSchema } from '../run/price-input.ts';
import { computedInputSchema } from '../run/supply-input.ts';
import { documentReferenceSchema, isoDateSchema, tableReferenceSchema } from '../shared/artifact-reference.ts';
import { identity } from '../shared/fields.ts';
import { recordedSelectionSchema } from '../sleeve-selection/recorded.ts';

/** Stream `tournament-<runId>`: one tournament of a sleeve, whole. */

const count = z.number().int().nonnegative();
const rows = z.number().int().positive();

const windowSchema = z.strictObject({ train: rows, test: rows, step: rows });
const costSchema = z.strictObject({ slippage: z.number().nonnegative(), commission: z.number().nonnegative() });
const simulatorSchema = z.enum(['window', 'daily']);

/** A profile of a recorded run that another program computed. */
const importedSchema = z.strictObject({ runId: identity, risk: riskProfileSchema });

const axesSchema = z.strictObject({
  profiles: z.array(z.enum(matrixRiskProfiles)),
  estimators: z.array(estimatorSchema).min(1),
  linkages: z.array(linkageMethodSchema).min(1),
  windows: z.array(windowSchema).min(1),
  costs: z.array(costSchema).min(1),
  simulators: z.array(simulatorSchema).min(1),
});

export const tournamentStartedSchema = z.strictObject({
  runId: identity,
  /** As requested, possibly an alias. */
  sleeve: identity,
  profile: identity,
  asOf: isoDateSchema,
  /** Version of the rules under which it was computed (domain/run/rules.ts). */
  rules: z.number().int().positive(),
  definition: documentReferenceSchema,
  /** What entrants differ in; everything else is as the definition has it. */
  axes: axesSchema,
  /** Entrants that follow from the axes, the raw pool among them. */
  entrants: rows,
  /** Imported runs that compete beside them, with their net returns as given; absent where there are none. */
  imported: z
    .array(importedSchema.extend({ returns: tableReferenceSchema }))
    .min(1)
    .optional(),
  /** Profiles that the sleeve lists and that are not computed. */
  notComputed: z.array(z.string()),
  selectionMode: z.string(),
  options: pricesAskedSchema,
  /** The recorded run whose prices these are; null where they were read from files. */
  sourceRunId: identity.nullable(),
  inputs: z.array(computedInputSchema).min(1),
  /** Price rows of the grid that every window is counted on. */
  grid: z.strictObject({ rows: count, first: isoDateSchema, last: isoDateSchema }),
  /** Rows on which it was judged which symbols cover enough of their sessions. */
  coverage: z.strictObject({ first: isoDateSchema, last: isoDateSchema }),
  kept: count,
  dropped: z.array(z.string()),
});
export type TournamentStarted = z.infer<typeof tournamentStartedSchema>;

/** Who entered, for one choice of windows: all entrants of it but the raw pool and `market` hold nobody else. */
export const entrantsSelectedSchema = recordedSelectionSchema.extend({ runId: identity, windows: windowSchema });

/** What an entrant held on its own rows, out of sample. Null where an imported run does not say. */
const heldSchema = z.strictObject({
  windows: count.nullable(),
  rows: count,
  first: isoDateSchema,
  last: isoDateSchema,
  /** Rows of a partial window that the stream ends with. */
  partialRows: count.nullable(),
  turnoverTwoSided: z.number().nullable(),
  /** Costs, each as a fraction of the equity of its day, summed. */
  costFraction: z.number().nullable(),
  /** Not annualised; null without variation. */
  sharpePerRow: z.number().nullable(),
  flags: z.array(z.string()),
  /** Dated `gross` and `net` returns; `net` alone of an imported run. */
  stream: documentReferenceSchema,
  /** Weights of the assets, a row for each window at the newest row that it read. */
  weights: documentReferenceSchema.nullable(),
});

const differenceSchema = z.strictObject({ id: z.string(), difference: z.number().nullable(), z: z.number().nullable() });

const rankedEntrantSchema = z.strictObject({
  id: z.string(),
  profile: riskProfileSchema,
  /** Null where the profile reads no covariance, and for `linkage` where it builds no tree. */
  estimator: estimatorSchema.nullable(),
  linkage: linkageMethodSchema.nullable(),
  /** Null, as are cost and simulator, for an imported run. */
  window: windowSchema.nullable(),
  cost: costSchema.nullable(),
  simulator: simulatorSchema.nullable(),
  /** The run whose recorded stream this is; absent for a sleeve's own entrant. */
  imported: importedSchema.optional(),
  rank: rows,
  /** The entrant that has the same stream; null for one that stands for itself. */
  identicalTo: z.string().nullable(),
  held: heldSchema,
  /** Of the net returns on the common rows, as everything below. */
  metrics: metricsSchema,
  sharpePerRow: z.number().nullable(),
  deflatedSharpe: z.number().nullable(),
  againstFirst: differenceSchema,
  againstRawPool: differenceSchema.nullable(),
});
export type RankedEntrantFacts = z.infer<typeof rankedEntrantSchema>;

const failedEntrantSchema = z.strictObject({ id: z.string(), code: z.string(), reason: z.string() });

export const tournamentCompletedSchema = z.strictObject({
  runId: identity,
  annualisationDays: count,
  /** Rows that every entrant holds: what entrants are compared on. */
  rows,
  first: isoDateSchema,
  last: isoDateSchema,
  /** Best first. */
  entrants: z.array(rankedEntrantSchema).min(1),
  failed: z.array(failedEntrantSchema),
  /** Distinct streams among the entrants, with the variance of their Sharpe ratios per row; null where none varies. */
  trials: z.strictObject({ count: rows, varianceOfSharpes: z.number().nonnegative() }).nullable(),
  pairs: z.strictObject({
    compared: count,
    /** Pairs whose Sharpe ratios do not differ beyond noise. */
    withinNoise: count,
    /** Correlation, difference of Sharpe ratios and its z of every two distinct entrants, as JSON. */
    table: documentReferenceSchema,
  }),
  overfitting: z.union([
    z.strictObject({
      status: z.literal('tested'),
      blocks: rows,
      splits: rows,
      streams: rows,
      probability: z.number(),
      probabilityOfLoss: z.number(),
    }),
    z.strictObject({ status: z.literal('refused'), reason: z.string() }),
  ]),
  rankStability: z.number().nullable(),
});
export type TournamentCompleted = z.infer<typeof tournamentCompletedSchema>;

/** No entrant could be run, or those that could have no rows in common. */
export const tournamentFailedSchema = z.strictObject({ runId: identity, reason: z.string(), failed: z.array(failedEntrantSchema) });

/** The artifact behind `pairs.table`. */
export const comparedPairsSchema = z.array(
  z.strictObject({
    left: z.string(),
    right: z.string(),
    correlation: z.number().nullable(),
    difference: z.number().nullable(),
    z: z.number().nullable(),
  }),
);
