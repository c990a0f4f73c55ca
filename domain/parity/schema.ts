import { z } from 'zod';

const value = z.json();
const valueBySleeve = z.record(z.string(), value);
const exceptionTail = {
  path: z.string(),
  value,
  /** What every sleeve that does not take the exception must have; missing when only their agreement counts. */
  reference_value: value.optional(),
  rationale: z.string(),
};

/** A documented difference: for one sleeve by its path (`crypto_branch/long`), or for a class of calendars. */
export const parityExceptionSchema = z.union([
  z.strictObject({ sleeve: z.string(), ...exceptionTail }),
  z.strictObject({ calendar: z.enum(['crypto', 'tradfi']), ...exceptionTail }),
]);
export type ParityException = z.infer<typeof parityExceptionSchema>;

export const parityMandateSchema = z.strictObject({ path: z.string(), value });
export type ParityMandate = z.infer<typeof parityMandateSchema>;

/** Evidence that every sleeve must bring: one of some leaves at least. */
export const requiredEvidenceSchema = z.strictObject({ path: z.string(), anyOf: z.array(z.string()).min(1) });
export type RequiredEvidence = z.infer<typeof requiredEvidenceSchema>;

/** The rule that led to a verdict, whole: nobody has to guess later which table was in force. */
export const parityPolicySchema = z.strictObject({
  name: z.string(),
  version: z.number().int().positive(),
  exceptions: z.array(parityExceptionSchema),
  mandated: z.array(parityMandateSchema),
  mandate: z.enum(['enforce', 'warn']),
  /** Without it the verdict is UNKNOWN; none was required before rules 2. */
  required: z.array(requiredEvidenceSchema),
});
export type ParityPolicy = z.infer<typeof parityPolicySchema>;

export const parityGroupSchema = z.enum(['temporal', 'selection', 'features', 'fidelity']);
export type ParityGroup = z.infer<typeof parityGroupSchema>;

export const parityStatusSchema = z.enum(['equal', 'excepted', 'violated', 'absent_everywhere', 'absent_in_some']);
export type ParityStatus = z.infer<typeof parityStatusSchema>;

export const parityLeafSchema = z.strictObject({
  path: z.string(),
  block: z.string(),
  group: parityGroupSchema,
  /** Only the sleeves that have the leaf. */
  values: valueBySleeve,
  status: parityStatusSchema,
  /** Index in the policy's exceptions of one that applies to this leaf and to a sleeve that differs. */
  exceptionRef: z.number().int().nullable(),
  /** True for a violation to which an exception applies, but with another value. */
  wrongException: z.boolean(),
});
export type ParityLeaf = z.infer<typeof parityLeafSchema>;

/** `violated` counts violations without those at which an exception names another value; the columns add up to `leaves`. */
export const parityCountsSchema = z.strictObject({
  leaves: z.number().int(),
  equal: z.number().int(),
  excepted: z.number().int(),
  wrongException: z.number().int(),
  violated: z.number().int(),
  absentInSome: z.number().int(),
});
export type ParityCounts = z.infer<typeof parityCountsSchema>;

/** Share of leaves that are equal or excepted, null without leaves: nothing compared is not an overlap. */
const overlapFraction = z.number().min(0).max(1).nullable();

export const mandateFindingSchema = z.strictObject({
  path: z.string(),
  mandated: value,
  values: valueBySleeve,
  status: z.enum(['met', 'excepted', 'deviates', 'absent']),
  /** Sleeves that have another value, or none, without an exception for it. */
  deviating: z.array(z.string()),
});
export type MandateFinding = z.infer<typeof mandateFindingSchema>;

export const parityVerdictSchema = z.strictObject({
  policy: parityPolicySchema,
  sleeves: z.array(z.strictObject({ id: z.string(), calendarClass: z.enum(['crypto', 'tradfi']) })),
  verdict: z.enum(['CONFORMANT', 'CONFORMANT_WITH_EXCEPTIONS', 'NON_CONFORMANT', 'UNKNOWN']),
  rejects: z.boolean(),
  /** What must be waived for the run to go on: leaf paths, and `mandate:PATH` under an enforced mandate. */
  rejectedPaths: z.array(z.string()),
  /** Required evidence that some sleeves lack. */
  missing: z.array(z.strictObject({ path: z.string(), sleeves: z.array(z.string()).min(1) })),
  overlap: z.strictObject({
    all: overlapFraction,
    byBlock: z.record(z.string(), overlapFraction),
    byGroup: z.record(z.string(), overlapFraction),
  }),
  counts: z.strictObject({
    all: parityCountsSchema,
    /** The blocks features, selection and backtest alone, as the specification counts. */
    blocks: parityCountsSchema,
    absentEverywhere: z.number().int(),
  }),
  leaves: z.array(parityLeafSchema),
  mandated: z.array(mandateFindingSchema),
});
export type ParityVerdict = z.infer<typeof parityVerdictSchema>;

export const parityOutcomeSchema = z.strictObject({
  outcome: z.enum(['accepted', 'waived', 'rejected']),
  /** Waivers that cover something and had not run out. */
  used: z.array(z.strictObject({ waiverId: z.string(), paths: z.array(z.string()) })),
  /** Waivers that would have covered something, but ran out before the as-of date. */
  expired: z.array(z.strictObject({ waiverId: z.string(), until: z.string() })),
  uncovered: z.array(z.string()),
});
export type ParityOutcome = z.infer<typeof parityOutcomeSchema>;
