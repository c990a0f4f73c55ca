import { z } from 'zod';

/** One measured check of an allocation. A verdict is evidence: it never prevents the run from being recorded. */
export const acceptanceVerdictSchema = z.strictObject({
  check: z.string(),
  status: z.enum(['passed', 'warned', 'failed', 'unknown']),
  /** The figure measured, null when there was nothing to measure. */
  value: z.number().nullable(),
  limit: z.number().nullable(),
  message: z.string(),
  details: z.array(z.strictObject({ name: z.string(), value: z.number() })),
  /** Whether a failure holds back publication: parity, integrity, conservation and bounds do, the rest is shown only. */
  holds: z.boolean(),
});
export type AcceptanceVerdict = z.infer<typeof acceptanceVerdictSchema>;
