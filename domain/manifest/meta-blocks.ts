import { z } from 'zod';
import { namedRiskProfileSchema } from './risk-profiles.ts';
import { countSchema, dispatched, fractionSchema, isObject, listOf, nameSchema, opaqueSchema, runIdSchema, wordSchema } from './values.ts';

/** `[lo, hi]`, each in [0, 1]. */
export const weightLimitSchema = z
  .tuple([fractionSchema, fractionSchema])
  .refine(([lo, hi]) => lo <= hi, 'the lower limit is above the upper');

export const atomicSleeveSchema = z.strictObject({
  id: nameSchema,
  profile: nameSchema,
  run_id: runIdSchema.optional(),
  description: z.string().optional(),
  weight_limit: weightLimitSchema.optional(),
});

export const nestedSleeveSchema = z.strictObject({
  id: nameSchema,
  meta_profile: nameSchema,
  description: z.string().optional(),
  weight_limit: weightLimitSchema.optional(),
});

export const sleeveEntrySchema = dispatched<z.infer<typeof atomicSleeveSchema> | z.infer<typeof nestedSleeveSchema>>((value) =>
  isObject(value) && 'meta_profile' in value ? nestedSleeveSchema : atomicSleeveSchema,
);

/** A bound of null is switched off; a missing one comes from the code layer. */
export const metaAllocationObjectSchema = z
  .strictObject({
    engine: wordSchema.optional(),
    profile: namedRiskProfileSchema.optional(),
    min_weight: fractionSchema.nullable().optional(),
    max_weight: fractionSchema.nullable().optional(),
    join: z.enum(['compound', 'drop']).optional(),
    projection: z.enum(['euclidean', 'proportional']).optional(),
    max_staleness_sessions: countSchema.optional(),
    /** Risk profile to the stand-ins allowed for it, in order of preference. */
    allow_proxy: z.partialRecord(namedRiskProfileSchema, listOf(namedRiskProfileSchema)).optional(),
  })
  .refine(({ min_weight: lo, max_weight: hi }) => typeof lo !== 'number' || typeof hi !== 'number' || lo <= hi, {
    message: 'min_weight is above max_weight',
    path: ['min_weight'],
  });

/** The documents' short form `"hrp"` means `{"profile": "hrp"}`. */
export const metaAllocationSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { profile: value } : value),
  metaAllocationObjectSchema,
);

const exceptionTail = {
  path: wordSchema,
  value: opaqueSchema,
  reference_value: opaqueSchema.optional(),
  rationale: z.string().min(1, 'must say why'),
};

const calendarException = z.strictObject({ calendar: z.enum(['crypto', 'tradfi']), ...exceptionTail });
const sleeveException = z.strictObject({ sleeve: wordSchema, ...exceptionTail });

/** A documented difference between sleeves: who, which leaf, which value, why; `reference_value` is what the others must then have. */
export const parityExceptionSchema = dispatched<z.output<typeof calendarException> | z.output<typeof sleeveException>>((value) =>
  isObject(value) && 'calendar' in value ? calendarException : sleeveException,
);

export const parityBlockSchema = z.strictObject({
  /** `enforce` lets a deviation from the documents' own values reject the run; `warn` only reports it. */
  mandate: z.enum(['enforce', 'warn']).optional(),
  exceptions: z.array(parityExceptionSchema).optional(),
});

export const acceptanceBlockSchema = z
  .strictObject({ concentration_warn: fractionSchema.optional(), concentration_fail: fractionSchema.optional() })
  .refine(({ concentration_warn: warn, concentration_fail: fail }) => warn === undefined || fail === undefined || warn <= fail, {
    message: 'concentration_warn is above concentration_fail',
    path: ['concentration_warn'],
  });
