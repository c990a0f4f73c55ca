import { z } from 'zod';
import { resolvedBlocksSchema } from './blocks.ts';
import { notAppliedSchema } from './not-applied.ts';
import { layers, provenanceSchema } from './provenance.ts';
import { opaqueSchema } from './values.ts';

/** Which mode of selection is in force, and which of its two places in the manifest decided. */
export const selectionModeSchema = z.strictObject({
  value: z.string(),
  path: z.enum(['selection.selection_mode', 'features.selection_mode']),
  layer: z.enum(layers),
});

/** A profile with every layer laid over the others, block structure kept, each leaf with the layer that it came from. */
export const resolvedProfileSchema = z.strictObject({
  requested: z.string(),
  /** The profile that the aliases lead to; equal to `requested` without one. */
  profile: z.string(),
  aliases: z.array(z.string()),
  description: z.string().nullable(),
  currency: z.string(),
  currencyTreatment: z.enum(['hedged', 'converted']).nullable(),
  blocks: resolvedBlocksSchema,
  selectionMode: selectionModeSchema,
  /** `features.selection_mode` before the redirection of `selection.selection_mode` to it: what parity compares. */
  asWritten: z.strictObject({ 'features.selection_mode': opaqueSchema }),
  provenance: z.record(z.string(), provenanceSchema),
  notApplied: z.array(notAppliedSchema),
});
export type ResolvedProfile = z.infer<typeof resolvedProfileSchema>;
