import { z } from 'zod';
import { sleeveBoundSchema } from './bounds.ts';
import { metaAllocationObjectSchema, parityExceptionSchema, weightLimitSchema } from './meta-blocks.ts';
import { provenanceSchema } from './provenance.ts';
import { resolvedProfileSchema } from './resolved-schema.ts';

const allocationSchema = metaAllocationObjectSchema.safeExtend({
  engine: metaAllocationObjectSchema.shape.engine.unwrap(),
  profile: metaAllocationObjectSchema.shape.profile.unwrap(),
  min_weight: metaAllocationObjectSchema.shape.min_weight.unwrap(),
  max_weight: metaAllocationObjectSchema.shape.max_weight.unwrap(),
  join: metaAllocationObjectSchema.shape.join.unwrap(),
  projection: metaAllocationObjectSchema.shape.projection.unwrap(),
  max_staleness_sessions: metaAllocationObjectSchema.shape.max_staleness_sessions.unwrap(),
  allow_proxy: metaAllocationObjectSchema.shape.allow_proxy.unwrap(),
});

export const atomicNodeSchema = z.strictObject({
  id: z.string(),
  kind: z.literal('atomic'),
  requested: z.string(),
  profile: z.string(),
  runId: z.string().nullable(),
  description: z.string().nullable(),
  weightLimit: weightLimitSchema.nullable(),
  resolved: resolvedProfileSchema,
});
export type AtomicNode = z.infer<typeof atomicNodeSchema>;

/** A meta portfolio with everything below it. Blocks are those of the meta layer: its estimator, windows and list of profiles. */
export const metaNodeSchema = z.strictObject({
  requested: z.string(),
  profile: z.string(),
  aliases: z.array(z.string()),
  depth: z.number().int(),
  description: z.string().nullable(),
  currency: z.string(),
  allocation: allocationSchema,
  parity: z.strictObject({ mandate: z.enum(['enforce', 'warn']), exceptions: z.array(parityExceptionSchema) }),
  acceptance: z.strictObject({ concentration_warn: z.number(), concentration_fail: z.number() }),
  blocks: resolvedProfileSchema.shape.blocks,
  provenance: z.record(z.string(), provenanceSchema),
  bounds: z.array(sleeveBoundSchema),
  get sleeves() {
    return z.array(z.discriminatedUnion('kind', [atomicNodeSchema, nestedNodeSchema]));
  },
});
export type MetaNode = z.infer<typeof metaNodeSchema>;

export const nestedNodeSchema = z.strictObject({
  id: z.string(),
  kind: z.literal('nested'),
  description: z.string().nullable(),
  weightLimit: weightLimitSchema.nullable(),
  get meta() {
    return metaNodeSchema;
  },
});
export type NestedNode = z.infer<typeof nestedNodeSchema>;
