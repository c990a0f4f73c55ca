import { z } from 'zod';
import { isObject, listOf, nameSchema, positiveInteger, wordSchema } from './values.ts';

const strategySchema = z.strictObject({
  description: z.string().optional(),
  scanners: listOf(wordSchema).optional(),
  interval: wordSchema.optional(),
  ingestion_depth: positiveInteger.optional(),
  strict_health: z.boolean().optional(),
});

/** Older manifests name the sub-block `pipelines`, newer ones `strategies`: both are read, the newer name is kept. */
function renamePipelines(value: unknown): unknown {
  if (!isObject(value) || !('pipelines' in value) || 'strategies' in value) return value;
  const { pipelines, ...others } = value;
  return { ...others, strategies: pipelines };
}

/**
 * Where a sleeve's symbols come from: its identity, outside parity. With both `pipelines` and `strategies` the former is refused as
 * unknown.
 */
export const discoveryBlockSchema = z.preprocess(
  renamePipelines,
  z.strictObject({
    enabled_markets: listOf(wordSchema).optional(),
    strategies: z.record(nameSchema, strategySchema).optional(),
  }),
);
