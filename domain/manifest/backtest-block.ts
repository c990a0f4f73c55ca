import { z } from 'zod';
import { namedRiskProfileSchema } from './risk-profiles.ts';
import { fractionSchema, listOf, positiveInteger, symbolSchema, wordSchema } from './values.ts';

/** Windows are counted in rows of the sleeve's own grid; slippage and commission are fractions of the traded value. */
export const backtestBlockSchema = z.strictObject({
  train_window: positiveInteger.min(2).optional(),
  test_window: positiveInteger.optional(),
  step_size: positiveInteger.optional(),
  /** What becomes of the rows behind the last full window. */
  partial_last_window: z.enum(['skip', 'trade']).optional(),
  rebalance_mode: z.enum(['window', 'daily']).optional(),
  /** What a portfolio's decision in a backtest learns from: its training window, or all joined rows up to it, as a live allocation does. */
  meta_rows: z.enum(['trailing', 'expanding']).optional(),
  /** Up to where a backtest judges coverage: over its whole range, or up to the first decision alone. */
  universe: z.enum(['whole_range', 'as_of_start']).optional(),
  bar_interval: z.literal('1d').optional(),
  engines: listOf(wordSchema).optional(),
  profiles: listOf(namedRiskProfileSchema).optional(),
  backtest_simulator: wordSchema.optional(),
  backtest_simulators: listOf(wordSchema).optional(),
  backtest_slippage: fractionSchema.optional(),
  backtest_commission: fractionSchema.optional(),
  backtest_cash_asset: wordSchema.optional(),
  benchmark_symbols: listOf(symbolSchema).optional(),
  report_mode: wordSchema.optional(),
  dynamic_universe: z.boolean().optional(),
});
