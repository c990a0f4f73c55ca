import { z } from 'zod';

const leaves = z.record(z.string(), z.json());

/** The definition of an imported run: what its resolved manifest says, without defaults of this program, and which files were not read. */
export const importedDefinitionSchema = z.strictObject({ profile: z.string(), leaves, leftAside: z.array(z.string()) });

/** Where a result by message comes from: as its sender says, recorded and not proved. */
export const resultOriginSchema = z.strictObject({
  system: z.string(),
  runId: z.string().nullable(),
  ledgerId: z.string().nullable(),
  runHash: z.string().nullable(),
  eligibility: z.enum(['CERTIFIED', 'DEGRADED']).nullable(),
});

/**
 * The definition of a reported run: the settings as its sender gives them, with the temporal id when all its parts are given. Stored as
 * `told-definition`.
 */
export const reportedDefinitionSchema = z.strictObject({
  profile: z.string(),
  leaves,
  selectionMode: z.string().nullable(),
  origin: resultOriginSchema,
});
