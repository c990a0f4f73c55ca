import { z } from 'zod';
import { aggressorTableSchema } from '../regime/schemas.ts';
import { estimatorSchema, hrpParametersSchema } from '../risk/schemas.ts';
import { limits } from '../shared/limits.ts';
import { fractionSchema, positiveInteger, wordSchema } from './values.ts';

/** Choices inside hierarchical risk parity that move its numbers. */
export const hrpBlockSchema = z.strictObject({
  distance: hrpParametersSchema.shape.distance.optional(),
  linkage: hrpParametersSchema.shape.linkage.optional(),
  leaf_order: hrpParametersSchema.shape.leafOrder.optional(),
});

const grossSchema = z.number().positive().max(limits.grossMaxMax).nullable();

/** `cluster_*`, `engine` and `profile` come with the documents; this project adds the others. */
export const riskBlockSchema = z.strictObject({
  cluster_cap: fractionSchema.optional(),
  cluster_lookbacks: z.array(positiveInteger).optional(),
  engine: wordSchema.optional(),
  profile: wordSchema.optional(),
  estimator: estimatorSchema.optional(),
  hrp: hrpBlockSchema.optional(),
  /** Total weight of the barbell's aggressors where no regime is read. */
  aggressor_fraction: fractionSchema.optional(),
  /** Where a selecting sleeve has it from by its regime: the origin's code, or the specification's text. */
  aggressor_table: aggressorTableSchema.optional(),
  ridge: z.number().min(0).max(1).optional(),
  /** Most gross exposure, the sum of |w|, that weights of the sleeve may have; null leaves it to `leverage`. */
  gross_max: grossSchema.optional(),
  /** The gross exposure that the sleeve is run at, where that is not 1; null declares none. */
  leverage: grossSchema.optional(),
});
