import { type DocumentContent, type DocumentKind, readDocument } from '../../domain/documents/documents.ts';
import type { DocumentReference, TableReference } from '../../domain/shared/artifact-reference.ts';
import { type DatedTable, parseTableText } from '../../domain/returns/table-text.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Artifacts } from '../ports/ports.ts';
import { RecentlyDecoded } from '../runtime/recently-decoded.ts';

/** Questions about a portfolio that come one after the other rest on the same documents. */
const decoded = new RecentlyDecoded<DocumentContent<DocumentKind>>(limits.decodedDocumentsBytesMax);

function parsedJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

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
  const { sha256 } = reference;
  const bytes = await artifacts.get(sha256);
  return decoded.value(`${kind} ${sha256}`, bytes, () => readDocument(kind, parsedJson(bytes))) as DocumentContent<Kind>;
}

/** JSON from outside, stored as it came. Errors: ArtifactMissing, ArtifactDamaged. */
export async function loadJson(artifacts: Pick<Artifacts, 'get'>, reference: DocumentReference): Promise<unknown> {
  return parsedJson(await artifacts.get(reference.sha256));
}
