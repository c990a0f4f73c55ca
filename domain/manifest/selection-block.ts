import { z } from 'zod';
import { requirableSchema, selectionChoiceSchema, selectionReadingNameSchema } from '../selection/settings.ts';
import { fractionSchema, listOf, positiveInteger, wordSchema } from './values.ts';

const isBand = (values: readonly number[]): boolean => values.length === 0 || (values.length === 2 && values[0]! <= values[1]!);

/** Choices are `rule=choice`: of two for one rule nobody could say which was meant. */
const hasOneChoiceEach = (choices: readonly string[]): boolean =>
  new Set(choices.map((choice) => choice.split('=')[0])).size === choices.length;

export const selectionBlockSchema = z.strictObject({
  strategy: wordSchema.optional(),
  top_n: positiveInteger.optional(),
  threshold: z.number().optional(),
  min_momentum_score: z.number().optional(),
  /** `none` lets every symbol pass; other modes parse and are refused by name when run. */
  selection_mode: wordSchema.optional(),
  /** Fewer winners abort a selection. */
  min_winners: positiveInteger.optional(),
  /** Rank of the score, 0 lowest and 1 highest, below which nobody wins. */
  min_score_rank: fractionSchema.optional(),
  exclude_cash_like: z.boolean().optional(),
  /** What must be known of every symbol. */
  require: listOf(requirableSchema).optional(),
  /** Band of permutation entropy whose side is recorded, or kept to under `entropy_band=veto`; empty for none. */
  entropy_acceptance: z.array(fractionSchema).refine(isBand, 'must be empty, or the lower and the upper end of a band').optional(),
  /** Where a rule can be read in two ways: one reading for all rules. */
  reading: selectionReadingNameSchema.optional(),
  /** Rules that are read otherwise, each as `rule=choice`. */
  readings: listOf(selectionChoiceSchema).refine(hasOneChoiceEach, 'chooses twice for one rule').optional(),
});
