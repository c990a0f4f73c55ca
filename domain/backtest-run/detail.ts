import { z } from 'zod';
import { isoDateSchema } from '../shared/artifact-reference.ts';

const weights = z.array(z.array(z.number()));

/** What stands beside the facts of a tested profile: too long for an event, and no table of numbers. */
export const backtestDetailSchema = z.strictObject({
  risk: z.string(),
  sleeves: z.array(
    z.strictObject({
      path: z.array(z.string()),
      columns: z.array(z.string()),
      windows: z.array(
        z.strictObject({
          newestRead: isoDateSchema,
          first: isoDateSchema,
          last: isoDateSchema,
          rows: z.number().int(),
          turnoverTwoSided: z.number(),
          costFraction: z.number(),
        }),
      ),
    }),
  ),
  /** Share of each leaf path in the variance of the gross returns. */
  leafShares: z.record(z.string(), z.number()).nullable(),
  /** Before the guardrails and after them, a row for each decision. */
  baselines: z.array(z.strictObject({ name: z.string(), columns: z.array(z.string()), raw: weights, weights })),
});
export type BacktestDetail = z.infer<typeof backtestDetailSchema>;
