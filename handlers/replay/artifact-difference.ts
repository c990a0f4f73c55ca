import { parseTableText, type DatedTable } from '../../domain/returns/table-text.ts';
import type { ArtifactReference } from '../../domain/shared/artifact-reference.ts';
import { type DocumentKind, isDocumentKind, upcastDocument } from '../../domain/documents/documents.ts';
import { isObject } from '../../domain/manifest/values.ts';
import type { Json } from '../../domain/shared/canonical-json.ts';
import { type Difference, differencesOf, member } from './json-difference.ts';

/** Bytes by address. */
export type BytesOf = (sha256: string) => Promise<Uint8Array>;

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function cell(value: number): Json {
  return Number.isNaN(value) ? null : value;
}

function differencesOfTables(recorded: DatedTable, recomputed: DatedTable, path: string): Difference[] {
  const unlike = (of: 'dates' | 'columns'): Difference[] =>
    differencesOf([...recorded[of]], [...recomputed[of]], () => false, `${path}.${of}`);
  const shape = [...unlike('dates'), ...unlike('columns')];
  if (shape.length > 0) return shape;
  const differences: Difference[] = [];
  for (const [column, name] of recorded.columns.entries()) {
    for (const [row, date] of recorded.dates.entries()) {
      const [before, after] = [recorded.values[column]![row]!, recomputed.values[column]![row]!];
      if (before === after || (Number.isNaN(before) && Number.isNaN(after))) continue;
      const isEmpty = Number.isNaN(before) || Number.isNaN(after);
      differences.push({
        path: member(member(path, date), name),
        recorded: cell(before),
        recomputed: cell(after),
        difference: isEmpty ? null : Math.abs(before - after),
      });
    }
  }
  return differences;
}

function isReference(value: Json): value is Json & ArtifactReference {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sha256' in value &&
    'kind' in value &&
    (value['kind'] === 'table' || value['kind'] === 'document')
  );
}

/** Two references to artifacts whose addresses part: looked into, since equal numbers may be written differently by no bit only. */
export function referencePair(recorded: Json, recomputed: Json): readonly [ArtifactReference, ArtifactReference] | null {
  if (!isReference(recorded) || !isReference(recomputed) || recorded.sha256 === recomputed.sha256) return null;
  return [recorded, recomputed];
}

/**
 * The numbers and words at which two artifacts part. The recorded one is read through its hash. Errors: ArtifactMissing, ArtifactDamaged.
 */
export async function differencesOfArtifacts(
  path: string,
  [recorded, recomputed]: readonly [ArtifactReference, ArtifactReference],
  recordedBytes: BytesOf,
  recomputedBytes: BytesOf,
): Promise<Difference[]> {
  const [before, after] = [textOf(await recordedBytes(recorded.sha256)), textOf(await recomputedBytes(recomputed.sha256))];
  if (recorded.kind !== recomputed.kind) return [{ path, recorded: recorded.kind, recomputed: recomputed.kind, difference: null }];
  // Another address with nothing to show for it is a difference all the same.
  const elsewhere = [{ path: `${path}.sha256`, recorded: recorded.sha256, recomputed: recomputed.sha256, difference: null }];
  if (recorded.kind === 'table') {
    const found = differencesOfTables(parseTableText(before), parseTableText(after), path);
    return found.length > 0 ? found : elsewhere;
  }
  const found = differencesOfDocuments(before, after, path);
  // In a document of this program the facts count, not the version in which they are written.
  return found.length > 0 || kindOf(jsonOf(after)) !== null ? found : elsewhere;
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    // A file taken over as it was need not be JSON: then its address says all.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function kindOf(value: Json | undefined): DocumentKind | null {
  const kind = isObject(value) ? value['kind'] : undefined;
  return isDocumentKind(kind) ? kind : null;
}

/** Two documents, the recorded one read as the version of the other. */
function differencesOfDocuments(before: string, after: string, path: string): Difference[] {
  const [recorded, recomputed] = [jsonOf(before), jsonOf(after)];
  if (recorded === undefined || recomputed === undefined) return [];
  const kind = kindOf(recomputed);
  if (kind === null || !isObject(recorded) || !isObject(recomputed)) return differencesOf(recorded, recomputed, () => false, path);
  return differencesOf(upcastDocument(kind, recorded).data, upcastDocument(kind, recomputed).data, () => false, path);
}
