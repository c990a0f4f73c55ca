import { z } from 'zod';
import { isoDateSchema } from '../shared/artifact-reference.ts';
import { identity } from '../shared/fields.ts';

/** A sleeve run that the meta run consumes; `path` leads from the root to the sleeve through nested portfolios. */
export const consumedRunSchema = z.strictObject({
  path: z.array(z.string()).min(1),
  sleeve: identity,
  profile: identity,
  runId: identity,
  asOf: isoDateSchema,
  correction: z.number().int(),
  eligibility: z.enum(['CERTIFIED', 'DEGRADED']),
  stalenessSessions: z.number().int(),
  currency: z.string(),
  currencyTreatment: z.enum(['hedged', 'converted']).nullable(),
  artifacts: z.array(z.string()),
});
export type ConsumedRun = z.infer<typeof consumedRunSchema>;
