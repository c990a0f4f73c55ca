import { z } from 'zod';
import { estimatorSchema, hrpParametersSchema } from '../risk/schemas.ts';
import { fractionSchema, positiveInteger, wordSchema } from './values.ts';

/** Choices inside hierarchical risk parity that move its numbers. */
export const hrpBlockSchema = z.strictObject({
  distance: hrpParametersSchema.shape.distance.optional(),
  linkage: hrpParametersSchema.shape.linkage.optional(),
  leaf_order: hrpParametersSchema.shape.leafOrder.optional(),
});

/** `cluster_*`, `engine` and `profile` come with the documents; this project adds estimator, hrp, aggressor_fraction and ridge. */
export const riskBlockSchema = z.strictObject({
  cluster_cap: fractionSchema.optional(),
  cluster_lookbacks: z.array(positiveInteger).optional(),
  engine: wordSchema.optional(),
  profile: wordSchema.optional(),
  estimator: estimatorSchema.optional(),
  hrp: hrpBlockSchema.optional(),
  aggressor_fraction: fractionSchema.optional(),
  ridge: z.number().min(0).max(1).optional(),
});
