import { z } from 'zod';
import { riskProfileSchema } from '../risk/schemas.ts';
import { isoDateSchema } from '../shared/artifact-reference.ts';
import { identity, sha256Hex } from '../shared/fields.ts';

/** What a sleeve run hands to its sleeve: that it is there, and what it is worth. */
export const sleeveRunAcceptedSchema = z.strictObject({
  runId: identity,
  sleeve: identity,
  profile: identity,
  asOf: isoDateSchema,
  correction: z.number().int().nonnegative(),
  payloadHash: sha256Hex,
  eligibility: z.enum(['CERTIFIED', 'DEGRADED']),
  risks: z.array(riskProfileSchema),
});
export type SleeveRunAccepted = z.infer<typeof sleeveRunAcceptedSchema>;
