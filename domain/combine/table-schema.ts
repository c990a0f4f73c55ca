import { z } from 'zod';

/** The numbers of a combination, asset by asset. */
export const combinationTableSchema = z.strictObject({
  assets: z.array(z.string()),
  /** In code-unit order: a row is summed from the first to the last, and then the projection. */
  sleeves: z.array(z.string()),
  /** By asset and sleeve: budget times position, times the scale. */
  contributions: z.array(z.array(z.number())),
  /** Sum of a row of contributions. */
  total: z.array(z.number()),
  /** What the projection moved; null where the combination was refused. */
  projection: z.array(z.number()).nullable(),
  /** What is to be held; null where the combination was refused. */
  weights: z.array(z.number()).nullable(),
});
export type CombinationTable = z.infer<typeof combinationTableSchema>;
