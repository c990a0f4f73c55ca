import { z } from 'zod';
import { quadrantSchema, regimeLabelSchema, spectralFlagSchema } from '../regime/schemas.ts';
import { integrityVerdictSchema, metricsSchema } from '../returns/schemas.ts';
import { riskProfileSchema, solveParametersSchema, solveResultSchema, symbolWeightSchema } from '../risk/schemas.ts';
import { pricesAskedSchema } from '../run/price-input.ts';
import { computedInputSchema, isSuppliedInput } from '../run/supply-input.ts';
import { abortRuleSchema, directionSchema, vetoCountSchema } from '../selection/record.ts';
import { selectionModeSchema } from '../selection/settings.ts';
import { selectionLookAheadLabel } from '../sleeve-selection/recorded.ts';
import { documentReferenceSchema, isoDateSchema, tableReferenceSchema } from '../shared/artifact-reference.ts';
import { csvAskedSchema } from '../shared/csv-reading.ts';
import { identity } from '../shared/fields.ts';

/** Stream `sleeveRun-<runId>`: one whole run. */

/** One file of an imported run directory, kept as it was; or the canonical data of a message, with the series that it refers to. */
const importedInputSchema = z.strictObject({
  role: z.enum(['manifest', 'returns', 'portfolio', 'sourceAudit', 'signTest', 'result']),
  name: z.string(),
  risk: z.string().nullable(),
  document: documentReferenceSchema,
});
export type ImportedInput = z.infer<typeof importedInputSchema>;

export const sleeveRunOpenedSchema = z.strictObject({
  runId: identity,
  /** As requested, possibly an alias. */
  sleeve: identity,
  /** The profile that the alias stands for. */
  profile: identity,
  asOf: isoDateSchema,
  correction: z.number().int().nonnegative(),
  source: z.enum(['production', 'import', 'message']),
  /** Version of the rules under which the run was computed (domain/run/rules.ts). */
  rules: z.number().int().positive(),
  /** Null when an imported manifest leaves one of its parts unsaid. */
  temporalId: z.string().nullable(),
  /** The resolved manifest: blocks and, for each leaf, the layer that it came from. */
  definition: documentReferenceSchema,
  currency: z.string(),
  currencyTreatment: z.enum(['hedged', 'converted']).nullable(),
  options: pricesAskedSchema.extend({
    /** What was said of how CSV is read; the files of an imported run are read with it again. */
    csv: csvAskedSchema.optional(),
  }),
  inputs: z.array(z.union([...computedInputSchema.options, importedInputSchema])).min(1),
});
export type SleeveRunOpened = z.infer<typeof sleeveRunOpenedSchema>;

/** A file of a run directory, or what a message holds. */
export function isImportedInput(input: SleeveRunOpened['inputs'][number]): input is ImportedInput {
  return input.role !== 'prices' && !isSuppliedInput(input);
}

export const integrityPassedSchema = z.strictObject({
  verdict: integrityVerdictSchema,
  repaired: z.array(z.strictObject({ symbol: z.string(), date: z.string(), value: z.number() })),
});
export const integrityFailedSchema = integrityPassedSchema;

/** Unusual moves, and units, that the settings of the run accept; by whom is in the envelope. */
export const movesAcceptedSchema = z.strictObject({
  moves: z
    .array(
      z.strictObject({
        code: z.enum(['split_suspected', 'spike_suspected', 'extreme_move', 'units_suspected']),
        /** A symbol, or the risk profile whose returns were taken over. */
        symbol: z.string(),
        date: isoDateSchema,
        /** Ratio of the closes; for units the figure that raised the suspicion. */
        value: z.number(),
        why: z.string(),
      }),
    )
    .min(1),
});

export const universeFormedSchema = z.strictObject({
  kept: z.array(z.strictObject({ symbol: z.string(), calendar: z.string() })),
  dropped: z.array(z.strictObject({ symbol: z.string(), coverage: z.number(), expected: z.number(), present: z.number() })),
  inactive: z.array(z.string()),
  coverageMin: z.number(),
  benchmarks: z.strictObject({
    present: z.array(z.string()),
    absent: z.array(z.strictObject({ symbol: z.string(), reason: z.string() })),
  }),
  grid: z.strictObject({
    rows: z.number().int(),
    first: isoDateSchema,
    last: isoDateSchema,
    lookbackDays: z.number().int(),
    lookbackApplied: z.boolean(),
  }),
  /** How far the prices of the universe reach, and the symbols for which the grid ends before; null in runs before rules 2. */
  shortened: z
    .strictObject({ pricesLast: isoDateSchema, by: z.array(z.strictObject({ symbol: z.string(), last: isoDateSchema })) })
    .nullable(),
  annualisationDays: z.number().int(),
  returns: tableReferenceSchema,
  benchmarkReturns: tableReferenceSchema.nullable(),
  notApplied: z.array(z.strictObject({ path: z.string(), value: z.unknown(), why: z.string() })),
});

const selectionDecisionSchema = z.strictObject({
  /** `static`: once for the whole run. `window`: for one window of the walk-forward. `live`: for the weights to hold from now on. */
  scope: z.enum(['static', 'window', 'live']),
  window: z.number().int().nonnegative().nullable(),
  /** First and last row that it read. */
  first: isoDateSchema,
  newestRead: isoDateSchema,
  rows: z.number().int().positive(),
  mode: selectionModeSchema,
  candidates: z.number().int().nonnegative(),
  /** Winners at which the relaxation ends. */
  target: z.number().int().nonnegative(),
  /** Winners after each stage. */
  afterStage: z.array(z.number().int().nonnegative()),
  quadrant: quadrantSchema,
  vetoes: vetoCountSchema,
  /** Every number that decided. */
  record: documentReferenceSchema,
});

/** Who enters, for one decision. */
export const assetsSelectedSchema = selectionDecisionSchema.extend({
  labels: z.array(z.literal(selectionLookAheadLabel)),
  /** Best score first. */
  winners: z.array(
    z.strictObject({
      symbol: z.string(),
      direction: directionSchema,
      cluster: z.string(),
      score: z.number(),
      stage: z.number().int().positive(),
      isQuotaWaived: z.boolean(),
      isWalkover: z.boolean(),
    }),
  ),
});

/** A selection that may not be used: its window holds cash, or the run ends. */
export const selectionAbortedSchema = selectionDecisionSchema.extend({
  rules: z.array(abortRuleSchema).min(1),
  winners: z.number().int().nonnegative(),
});

const windowsByLabelSchema = z.record(regimeLabelSchema, z.int().nonnegative());

/** The regimes that the decisions of the run were made in; what their windows turned out to be is counted apart, as hindsight. */
export const regimesDetectedSchema = z.strictObject({
  spectral: spectralFlagSchema,
  windows: z.int().nonnegative(),
  /** Windows by the label of their decision. */
  decisions: windowsByLabelSchema,
  /** Windows whose decision had too few rows for a label. */
  unreachable: windowsByLabelSchema,
  live: z.strictObject({
    rows: z.int().nonnegative(),
    label: regimeLabelSchema,
    score: z.number(),
    quadrant: quadrantSchema,
    /** Labels that so many rows cannot have. */
    unreachable: z.array(regimeLabelSchema),
  }),
  /** Of the windows that have both readings, those whose rows turned out to have another label; null where none has both. */
  realised: z.strictObject({
    compared: z.int().nonnegative(),
    differing: z.int().nonnegative(),
    shareDiffering: z.number().min(0).max(1).nullable(),
  }),
  /** Every reading with its components. */
  detail: documentReferenceSchema,
});

const outOfSampleSchema = z.strictObject({
  rows: z.number().int(),
  first: isoDateSchema,
  last: isoDateSchema,
  totalReturn: z.number(),
  returns: tableReferenceSchema,
  metrics: metricsSchema,
});

export const sleeveProfileSolvedSchema = z.strictObject({
  risk: riskProfileSchema,
  /** A fresh solve on the last training rows up to the as-of date. */
  weights: z.array(symbolWeightSchema),
  lastWindowWeights: z.array(symbolWeightSchema),
  parameters: solveParametersSchema,
  solve: solveResultSchema,
  walkForward: z.strictObject({
    trainWindow: z.number().int(),
    testWindow: z.number().int(),
    stepSize: z.number().int(),
    rebalanceMode: z.enum(['window', 'daily']),
    slippageFraction: z.number(),
    commissionFraction: z.number(),
    windows: z.number().int(),
    truncatedTestWindow: z.boolean(),
    lastPartialRows: z.number().int(),
    turnoverTwoSided: z.number(),
    costFraction: z.number(),
    flags: z.array(z.string()),
    /** Every window: rows, weights, turnover, cost, flags of its solve. */
    detail: documentReferenceSchema,
  }),
  outOfSample: outOfSampleSchema,
});
export type SleeveProfileSolved = z.infer<typeof sleeveProfileSolvedSchema>;

/** A profile taken over from an imported run: what the run directory held. */
export const sleeveProfileImportedSchema = z.strictObject({
  risk: riskProfileSchema,
  weights: z.array(symbolWeightSchema).nullable(),
  weightsFrom: z.string().nullable(),
  weightsSum: z.number().nullable(),
  returnsFrom: z.string(),
  stream: z.strictObject({ engine: z.string().nullable(), simulator: z.string().nullable() }),
  outOfSample: outOfSampleSchema,
});

export const sleeveProfileAbsentSchema = z.strictObject({ risk: riskProfileSchema, reason: z.string() });

export const sleeveProfileFailedSchema = z.strictObject({
  risk: riskProfileSchema,
  code: z.string(),
  reason: z.string(),
  evidence: z.record(z.string(), z.unknown()),
});
