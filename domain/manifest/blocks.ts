import { z } from 'zod';
import { backtestBlockSchema } from './backtest-block.ts';
import { dataBlockSchema } from './data-block.ts';
import { discoveryBlockSchema } from './discovery-block.ts';
import { featuresBlockSchema } from './features-block.ts';
import { riskBlockSchema } from './risk-block.ts';
import { selectionBlockSchema } from './selection-block.ts';
import { listOf, opaqueSchema, recordedSymbolSchema } from './values.ts';

/** The blocks of settings that may stand in `defaults`, at the root and in a profile. */
export const blockSchemas = {
  data: dataBlockSchema,
  selection: selectionBlockSchema,
  risk: riskBlockSchema,
  backtest: backtestBlockSchema,
  features: featuresBlockSchema,
  discovery: discoveryBlockSchema,
  tournament: z.record(z.string(), opaqueSchema),
} as const;

export type BlockName = keyof typeof blockSchemas;
export const blockNames = Object.keys(blockSchemas) as readonly BlockName[];

/** Blocks as somebody wrote them: every block and every key may be missing. */
export const writtenBlocksShape = {
  data: blockSchemas.data.optional(),
  selection: blockSchemas.selection.optional(),
  risk: blockSchemas.risk.optional(),
  backtest: blockSchemas.backtest.optional(),
  features: blockSchemas.features.optional(),
  discovery: blockSchemas.discovery.optional(),
  tournament: blockSchemas.tournament.optional(),
} as const;

export const writtenBlocksSchema = z.strictObject(writtenBlocksShape);
export type WrittenBlocks = z.infer<typeof writtenBlocksSchema>;

/** Keys of each block whose members are fixed, for near-miss advice and for sorting flat settings into blocks. */
export const keysOfBlock: Readonly<Record<'data' | 'selection' | 'risk' | 'backtest' | 'features' | 'discovery', readonly string[]>> = {
  data: Object.keys(dataBlockSchema.shape),
  selection: Object.keys(selectionBlockSchema.shape),
  risk: Object.keys(riskBlockSchema.shape),
  backtest: Object.keys(backtestBlockSchema.shape),
  features: Object.keys(featuresBlockSchema.shape),
  discovery: ['enabled_markets', 'strategies', 'pipelines'],
};

/** What was recorded is read, however long it is. */
const recordedSymbols = listOf(recordedSymbolSchema, 1_000_000);

/** The blocks once every layer has spoken: what the code layer sets is there for certain. */
export const resolvedBlocksSchema = z.strictObject({
  data: dataBlockSchema
    .required({ lookback_days: true, min_days_floor: true, research: true, accept_moves: true })
    .extend({ symbols: recordedSymbols.optional(), exclude: recordedSymbols }),
  selection: selectionBlockSchema.required({ selection_mode: true }),
  risk: riskBlockSchema
    .required({ cluster_cap: true, cluster_lookbacks: true, estimator: true, aggressor_fraction: true, ridge: true })
    .extend({ hrp: riskBlockSchema.shape.hrp.unwrap().required() }),
  backtest: backtestBlockSchema
    .required({
      train_window: true,
      test_window: true,
      step_size: true,
      partial_last_window: true,
      rebalance_mode: true,
      meta_rows: true,
      universe: true,
      bar_interval: true,
      profiles: true,
      backtest_slippage: true,
      backtest_commission: true,
    })
    .extend({ benchmark_symbols: recordedSymbols }),
  features: featuresBlockSchema.required({
    selection_mode: true,
    default_shrinkage_intensity: true,
    feat_directional_sign_test_gate: true,
  }),
  discovery: discoveryBlockSchema,
  tournament: blockSchemas.tournament,
});
export type ResolvedBlocks = z.infer<typeof resolvedBlocksSchema>;
