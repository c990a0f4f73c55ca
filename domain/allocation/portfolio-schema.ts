import { z } from 'zod';
import { riskProfileSchema } from '../risk/schemas.ts';

const path = z.array(z.string());

export const contributorSchema = z.strictObject({
  path,
  sleeve: z.string(),
  runId: z.string(),
  atom: z.string(),
  sleeveWeight: z.number(),
  assetWeight: z.number(),
  amount: z.number(),
});

/** A flattened portfolio with the contributors of each asset (see `flatten.ts`). */
export const flattenedDocumentSchema = z.strictObject({
  risk: riskProfileSchema,
  meta: z.string(),
  assets: z.array(z.strictObject({ symbol: z.string(), weight: z.number(), contributors: z.array(contributorSchema) })),
});
