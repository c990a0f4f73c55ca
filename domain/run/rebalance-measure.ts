import { z } from 'zod';

/**
 * The trade that a new allocation asks for, against the last published one drifted by its sleeves' own returns since. Turnover is the
 * sum of absolute weight changes; null when the returns since are not known, with the reason.
 */
export const rebalanceMeasureSchema = z.strictObject({
  /** Number of the publication compared with; null for the first. */
  against: z.number().int().positive().nullable(),
  turnoverTwoSided: z.number().nonnegative().nullable(),
  unknownBecause: z.string().nullable(),
  /** Growth of each sleeve path since, 1 = unchanged. */
  growth: z.array(z.strictObject({ path: z.array(z.string()), growth: z.number() })),
});
export type RebalanceMeasure = z.infer<typeof rebalanceMeasureSchema>;
