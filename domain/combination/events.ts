import { z } from 'zod';
import {
  capRepairSchema,
  combinationConstraintsSchema,
  combinationMethodSchema,
  feasibilitySchema,
  infeasibilitySchema,
  projectionCertificateSchema,
  violationsSchema,
} from '../combine/schemas.ts';
import { correlationRuleSchema } from '../combine/planned-schemas.ts';
import { documentReferenceSchema, isoDateSchema } from '../shared/artifact-reference.ts';
import { identity } from '../shared/fields.ts';

/** Stream `combination-<combinationId>`: one combination, told by one event. */

const combinationFields = {
  combinationId: identity,
  /** Of the book that was combined. */
  name: identity,
  asOf: isoDateSchema.nullable(),
  /** Version of the rules under which it was computed (domain/run/rules.ts). */
  rules: z.number().int().positive(),
  /** Positions, previous weights, budgets and whatever else it was computed from. */
  inputs: documentReferenceSchema,
  constraints: combinationConstraintsSchema,
  method: combinationMethodSchema,
  budgets: z.strictObject({
    rule: z.enum(['given', 'erc', 'erc_realised', 'dynamic']),
    /** In the order in which contributions are summed. */
    sleeves: z.array(z.strictObject({ sleeve: z.string(), budget: z.number(), positions: z.number().int().nonnegative() })).min(1),
    /** Budgets of sleeves without positions: left unspent. */
    extra: z.array(z.strictObject({ sleeve: z.string(), budget: z.number() })),
    withoutVariance: z.array(z.string()),
    sharpeRatios: z.record(z.string(), z.number()).nullable(),
  }),
  correlationAware: correlationRuleSchema,
  /** What the total was multiplied by for correlation; 1 without. */
  scale: z.number().positive(),
  assets: z.number().int().positive(),
  /** Contributions, total, projection and weights by asset. */
  table: documentReferenceSchema,
};

export const positionsCombinedSchema = z.strictObject({
  ...combinationFields,
  gross: z.number(),
  net: z.number(),
  /** Against the previous weights; null where none were given. */
  turnoverTwoSided: z.number().nullable(),
  feasibility: feasibilitySchema,
  /** Null for the sequential loop, which proves nothing. */
  certificate: projectionCertificateSchema.nullable(),
  /** Of the sequential loop; null for the projection. */
  rounds: z.number().int().nonnegative().nullable(),
});

export const combinationRefusedSchema = z.strictObject({
  ...combinationFields,
  /** `infeasible`: no weights keep all caps. `unresolved`: some do, and the sequential loop found none. */
  because: z.enum(['infeasible', 'unresolved']),
  conflicts: infeasibilitySchema.shape.conflicts,
  repairs: z.array(capRepairSchema).min(3),
  initialViolations: violationsSchema,
  /** Of the sequential loop where it gave up; null for the projection. */
  finalViolations: violationsSchema.nullable(),
});
