import { leafKey, type LeafRow, treeTiles } from '../../projections/tree-tiles.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { eventAt } from '../runtime/stream-pages.ts';
import { catchUp } from './projector.ts';

type Reader = Pick<Ports, 'store' | 'readModels' | 'crypto'>;

/** An event by its id or as `stream@revision`, by look-up; null when no such event is recorded. */
export async function eventNamed(ports: Reader, wanted: string): Promise<StoredEvent | null> {
  const at = /^(.+)@(\d{1,15})$/.exec(wanted);
  if (at !== null) return eventAt(ports.store, at[1]!, BigInt(at[2]!));
  await catchUp(ports, treeTiles);
  const row = (await ports.readModels.row(treeTiles, leafKey(wanted), null)) as LeafRow | null;
  return row === null ? null : eventAt(ports.store, row.stream, BigInt(row.revision));
}
