import { z } from 'zod';
import { overlaysBlockSchema } from '../overlay/parameters.ts';
import { limits } from '../shared/limits.ts';
import { writtenBlocksSchema, writtenBlocksShape } from './blocks.ts';
import { acceptanceBlockSchema, metaAllocationSchema, parityBlockSchema, sleeveEntrySchema } from './meta-blocks.ts';
import { expectedBySchema, publicationBlockSchema } from './publication-block.ts';
import { dispatched, isObject, nameSchema, opaqueSchema } from './values.ts';

const currencySchema = z.string().regex(/^[A-Z]{3,5}$/, 'must be a currency code such as USD');
const currencyTreatmentSchema = z.enum(['hedged', 'converted']);

export const sleeveProfileSchema = z.strictObject({
  description: z.string().optional(),
  currency: currencySchema.optional(),
  currency_treatment: currencyTreatmentSchema.optional(),
  expected_by: expectedBySchema.optional(),
  /** How positions of the sleeve are scaled before they are combined. No sleeve run reads it, so it is not part of one's identity. */
  overlays: overlaysBlockSchema.optional(),
  ...writtenBlocksShape,
});

export const metaProfileSchema = z.strictObject({
  description: z.string().optional(),
  currency: currencySchema.optional(),
  sleeves: z.array(sleeveEntrySchema).min(1, 'a meta portfolio needs at least one sleeve').max(limits.sleevesPerPortfolioMax),
  meta_allocation: metaAllocationSchema.optional(),
  parity: parityBlockSchema.optional(),
  acceptance: acceptanceBlockSchema.optional(),
  publication: publicationBlockSchema.optional(),
  ...writtenBlocksShape,
});

export type SleeveProfile = z.infer<typeof sleeveProfileSchema>;
export type MetaProfile = z.infer<typeof metaProfileSchema>;

/** An alias of another profile, a meta profile (it has `sleeves`), or a sleeve's profile. */
export const profileEntrySchema = dispatched<string | SleeveProfile | MetaProfile>((value) => {
  if (typeof value === 'string') return nameSchema;
  return isObject(value) && 'sleeves' in value ? metaProfileSchema : sleeveProfileSchema;
});
export type ProfileEntry = z.infer<typeof profileEntrySchema>;

export function isMetaProfile(entry: ProfileEntry | undefined): entry is MetaProfile {
  return typeof entry === 'object' && 'sleeves' in entry;
}

/** `manifest.json`. `$schema`, `integrations`, `execution_env` and `pipelines` belong to other tools: kept out, whatever they hold. */
export const manifestSchema = z.strictObject({
  $schema: z.string().optional(),
  description: z.string().optional(),
  default_profile: nameSchema.optional(),
  defaults: writtenBlocksSchema.optional(),
  integrations: opaqueSchema.optional(),
  execution_env: opaqueSchema.optional(),
  pipelines: opaqueSchema.optional(),
  profiles: z.record(nameSchema, profileEntrySchema),
  ...writtenBlocksShape,
});
export type Manifest = z.infer<typeof manifestSchema>;

export const profileKeys: readonly string[] = Object.keys(sleeveProfileSchema.shape);
export const metaProfileKeys: readonly string[] = Object.keys(metaProfileSchema.shape);
export const manifestKeys: readonly string[] = Object.keys(manifestSchema.shape);
