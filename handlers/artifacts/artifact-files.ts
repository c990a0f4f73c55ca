import { type DocumentContent, type DocumentKind, readDocument } from '../../domain/documents/documents.ts';
import type { DocumentReference, TableReference } from '../../domain/shared/artifact-reference.ts';
import { type DatedTable, parseTableText } from '../../domain/returns/table-text.ts';
import type { Artifacts } from '../ports/ports.ts';

/** The table that a reference names: one of returns, or a dated document of numbers. Errors: ArtifactMissing, ArtifactDamaged. */
export async function loadTable(artifacts: Pick<Artifacts, 'get'>, reference: TableReference | DocumentReference): Promise<DatedTable> {
  return parseTableText(new TextDecoder().decode(await artifacts.get(reference.sha256)));
}

/** A stored document as the newest version of its kind. Errors: ArtifactMissing, ArtifactDamaged, StoreTooNew, SchemaViolation. */
export async function loadDocument<Kind extends DocumentKind>(
  artifacts: Pick<Artifacts, 'get'>,
  kind: Kind,
  reference: DocumentReference,
): Promise<DocumentContent<Kind>> {
  return readDocument(kind, await loadJson(artifacts, reference));
}

/** JSON from outside, stored as it came. Errors: ArtifactMissing, ArtifactDamaged. */
export async function loadJson(artifacts: Pick<Artifacts, 'get'>, reference: DocumentReference): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await artifacts.get(reference.sha256)));
}
