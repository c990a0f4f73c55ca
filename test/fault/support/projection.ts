/** A projection that shows an event applied twice, missed or out of order: counts, last revisions and a running checksum. */
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import type { EventStore, ProjectionId, ReadModels, RowChange, StoredEvent } from '../../../handlers/ports/ports.ts';

export const projection: ProjectionId = { name: 'fault-counts', version: 1 };

/** Applies one event to the row of its stream. */
export function applied(row: JsonObject | null, event: StoredEvent): JsonObject {
  const events = Number(row?.['events'] ?? 0) + 1;
  const checksum = (Number(row?.['checksum'] ?? 7) * 31 + Number.parseInt(event.hash.slice(0, 6), 16)) % 1_000_000_007;
  return { events, checksum, lastRevision: String(event.revision) };
}

/** Projects one page behind the checkpoint; false when there was none. */
export async function projectPage(store: EventStore, readModels: ReadModels, pageEvents: number): Promise<boolean> {
  const expected = await readModels.checkpoint(projection);
  const page = await store.readAll({ after: expected, maxCount: pageEvents, types: null });
  if (page.length === 0) return false;
  const changed = new Map<string, JsonObject>();
  const changes: RowChange[] = [];
  for (const event of page) {
    const row = applied(changed.get(event.stream) ?? (await readModels.row(projection, event.stream, null)), event);
    changed.set(event.stream, row);
    changes.push({ key: event.stream, value: row, position: event.position });
  }
  await readModels.commit(projection, changes, page.at(-1)!.position, expected);
  return true;
}
