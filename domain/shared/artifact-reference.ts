import { z } from 'zod';
import { sha256Hex } from './fields.ts';

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

const artifactReferenceSchema = z.union([tableReferenceSchema, documentReferenceSchema]);
export type ArtifactReference = z.infer<typeof artifactReferenceSchema>;

function visitReferences(value: unknown, path: string, found: (reference: ArtifactReference, path: string) => void): void {
  if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) visitReferences(member, `${path}[${index}]`, found);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  const reference = 'kind' in value ? artifactReferenceSchema.safeParse(value) : null;
  if (reference?.success === true) {
    found(reference.data, path);
    return;
  }
  for (const [key, member] of Object.entries(value)) visitReferences(member, path === '' ? key : `${path}.${key}`, found);
}

/** Every artifact that some event data refer to, in reading order: found by shape, so that verification needs no schema. */
export function artifactReferencesIn(data: unknown): ArtifactReference[] {
  const references: ArtifactReference[] = [];
  visitReferences(data, '', (reference) => references.push(reference));
  return references;
}

/** The same, as SHA-256 by the path at which each is referred to. */
export function artifactReferencesByPath(data: unknown): Record<string, string> {
  const hashes = new Map<string, string>();
  visitReferences(data, '', (reference, path) => hashes.set(path, reference.sha256));
  // A member named __proto__ is one like any other.
  return Object.fromEntries(hashes);
}
