import { z } from 'zod';
import { riskProfileSchema } from '../risk/schemas.ts';
import { isoDateSchema } from '../shared/artifact-reference.ts';

/** What a meta run is asked for beside its definition. */
export const metaRunOptionsSchema = z.strictObject({
  risks: z.array(riskProfileSchema).min(1),
  risksFrom: z.enum(['meta_allocation', 'flag']),
  /** Asked for by flag, for every level; null leaves it to each portfolio's own definition. */
  join: z.enum(['compound', 'drop']).nullable(),
  projection: z.enum(['euclidean', 'proportional']).nullable(),
  /** Wanted profile to the stand-ins allowed for it, in order; empty when none is allowed. */
  proxies: z.record(z.string(), z.array(riskProfileSchema)),
  asOf: isoDateSchema.nullable(),
});
export type MetaRunOptions = z.infer<typeof metaRunOptionsSchema>;
