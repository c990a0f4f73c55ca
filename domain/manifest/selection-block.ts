import { z } from 'zod';
import { positiveInteger, wordSchema } from './values.ts';

export const selectionBlockSchema = z.strictObject({
  strategy: wordSchema.optional(),
  top_n: positiveInteger.optional(),
  threshold: z.number().optional(),
  min_momentum_score: z.number().optional(),
  /** `none` lets every symbol pass; other modes parse and are refused by name when run. */
  selection_mode: wordSchema.optional(),
});
