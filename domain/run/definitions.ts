import { z } from 'zod';

const leaves = z.record(z.string(), z.json());

/** The definition of an imported run: what its resolved manifest says and no default of ours, and which files were not read. */
export const importedDefinitionSchema = z.strictObject({ profile: z.string(), leaves, leftAside: z.array(z.string()) });

/** Where a result by message comes from: told and kept, not proved. */
export const resultOriginSchema = z.strictObject({
  system: z.string(),
  runId: z.string().nullable(),
  ledgerId: z.string().nullable(),
  runHash: z.string().nullable(),
  eligibility: z.enum(['CERTIFIED', 'DEGRADED']).nullable(),
});

/**
 * The definition of a run that came as a message: what its sender says of the settings, with the temporal id when all its parts are said.
 */
export const toldDefinitionSchema = z.strictObject({
  profile: z.string(),
  leaves,
  selectionMode: z.string().nullable(),
  origin: resultOriginSchema,
});
