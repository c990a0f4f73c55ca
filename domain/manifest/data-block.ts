import { z } from 'zod';
import { acceptedMoveSchema } from '../returns/accepted-moves.ts';
import { countSchema, listOf, positiveInteger, symbolSchema } from './values.ts';

/**
 * What a sleeve reads. This project adds `symbols` and `exclude`, an explicit universe out of the columns of the price files;
 * `research`, for sleeves that are not for production; and `accept_moves`, the unusual moves that somebody has looked at.
 */
export const dataBlockSchema = z.strictObject({
  lookback_days: positiveInteger.optional(),
  min_days_floor: countSchema.optional(),
  strict_health: z.boolean().optional(),
  batch_size: positiveInteger.optional(),
  backfill: z.boolean().optional(),
  gapfill: z.boolean().optional(),
  max_symbols: positiveInteger.optional(),
  symbols: listOf(symbolSchema).optional(),
  exclude: listOf(symbolSchema).optional(),
  /** True lets a sleeve that is for production hold coins of other venues than its own. */
  research: z.boolean().optional(),
  accept_moves: z.array(acceptedMoveSchema).optional(),
});
