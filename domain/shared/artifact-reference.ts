import { z } from 'zod';

const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);
export const isoDateSchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** A table of dated numbers kept as an artifact (see `returns/table-text.ts` for its bytes). */
export const tableReferenceSchema = z.strictObject({
  kind: z.literal('table'),
  sha256: sha256Hex,
  bytes: z.number().int().nonnegative(),
  rows: z.number().int().nonnegative(),
  columns: z.array(z.string()),
  first: isoDateSchema.nullable(),
  last: isoDateSchema.nullable(),
  calendars: z.array(z.string()),
});
export type TableReference = z.infer<typeof tableReferenceSchema>;

/** An RFC 8785 document, or a file taken over as it was, kept as an artifact. */
export const documentReferenceSchema = z.strictObject({
  kind: z.literal('document'),
  sha256: sha256Hex,
  bytes: z.number().int().nonnegative(),
  mediaType: z.string(),
});
export type DocumentReference = z.infer<typeof documentReferenceSchema>;

export type ArtifactReference = TableReference | DocumentReference;

/** Every artifact that some event data refer to, in reading order: found by shape, so that verification needs no schema. */
export function artifactReferencesIn(data: unknown): ArtifactReference[] {
  const found: ArtifactReference[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const member of value) visit(member);
      return;
    }
    if (value === null || typeof value !== 'object') return;
    const reference = z.union([tableReferenceSchema, documentReferenceSchema]).safeParse(value);
    if (reference.success) found.push(reference.data);
    else for (const member of Object.values(value)) visit(member);
  };
  visit(data);
  return found;
}
