/** A ledger in memory of facts that a test writes down, with the documents that they name: cheap, and small enough to answer whole. */
import { type DocumentContent, type DocumentKind, markedDocument } from '../../domain/documents/documents.ts';
import { type DatedTable, tableText } from '../../domain/returns/table-text.ts';
import type { DocumentReference } from '../../domain/shared/artifact-reference.ts';
import type { MemoryStore } from '../../infra/memory/memory-store.ts';
import type { FactHistory } from './portfolio-events.ts';

/** Records every fact of a history, one after the other. */
export async function recordHistory({ store }: Pick<MemoryStore, 'store'>, { stored }: FactHistory): Promise<void> {
  for (const { stream, revision, position: _, ...event } of stored)
    await store.append(stream, [event], { expectedRevision: revision === 0n ? 'none' : revision - 1n });
}

async function keepText({ artifacts }: Pick<MemoryStore, 'artifacts'>, text: string, mediaType: string): Promise<DocumentReference> {
  const { sha256, bytes } = await artifacts.put(new TextEncoder().encode(text));
  return { kind: 'document', sha256, bytes, mediaType };
}

export const keepTable = async (memory: Pick<MemoryStore, 'artifacts'>, table: DatedTable): Promise<DocumentReference> =>
  keepText(memory, tableText(table), 'text/csv');

/** JSON that bears no kind: written as it is. */
export const keepJson = async (memory: Pick<MemoryStore, 'artifacts'>, content: unknown): Promise<DocumentReference> =>
  keepText(memory, JSON.stringify(content), 'application/json');

/** A document of a kind in its newest version. */
export const keepDocument = async <Kind extends DocumentKind>(
  memory: Pick<MemoryStore, 'artifacts'>,
  kind: Kind,
  content: DocumentContent<Kind>,
): Promise<DocumentReference> => keepJson(memory, markedDocument(kind, content));

/** A table of numbers that a test writes by rows. */
export function tableOfRows(columns: readonly string[], rows: Readonly<Record<string, readonly number[]>>): DatedTable {
  const dates = Object.keys(rows);
  return { dates, columns, values: columns.map((_, column) => Float64Array.from(dates, (date) => rows[date]![column]!)) };
}
