import { leafKey, type LeafRow, treeTiles } from '../../projections/tree-tiles.ts';
import type { StoredEvent } from '../ports/ports.ts';
import { eventAt } from '../runtime/stream-pages.ts';
import { lastBefore } from './last-known.ts';
import { isPosition, readsAsIn } from './position.ts';
import { catchUp } from './projector.ts';
import type { TilePorts } from './tile-reader.ts';

/** The event that stands at a position; null where none does. */
async function eventAtPosition(ports: TilePorts, position: string): Promise<StoredEvent | null> {
  const { store } = ports;
  const head = await store.head();
  if (head === null || !readsAsIn(head, position) || store.comparePositions(position, head) > 0) return null;
  const [event] = await store.readAll({ after: await lastBefore(ports, position), maxCount: 1, types: null });
  return event !== undefined && store.comparePositions(event.position, position) === 0 ? event : null;
}

/** An event by its id, by its position or as `stream@revision`, by look-up; null when no such event is recorded. */
export async function eventNamed(ports: TilePorts, wanted: string): Promise<StoredEvent | null> {
  if (isPosition(wanted)) return eventAtPosition(ports, wanted);
  const at = /^(.+)@(\d{1,15})$/.exec(wanted);
  if (at !== null) return eventAt(ports.store, at[1]!, BigInt(at[2]!));
  await catchUp(ports, treeTiles);
  const row = (await ports.readModels.row(treeTiles, leafKey(wanted), null)) as LeafRow | null;
  return row === null ? null : eventAt(ports.store, row.stream, BigInt(row.revision));
}
