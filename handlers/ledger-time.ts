import { type LogPartRow, ledgerTime, type OpenPartRow, openPartKey, partEvents, partKey } from '../projections/ledger-time.ts';
import { catchUp } from './projector.ts';
import type { Ports, StoredEvent } from './ports.ts';

type Reader = Pick<Ports, 'store' | 'readModels' | 'crypto'>;

/** The last part of the log whose events were all recorded at or before an instant; the greatest time never falls from part to part. */
async function partBefore({ readModels }: Reader, instant: string): Promise<LogPartRow | null> {
  const open = (await readModels.row(ledgerTime, openPartKey, null)) as OpenPartRow | null;
  let [low, high] = [0, Math.floor((open?.size ?? 0) / partEvents)];
  let found: LogPartRow | null = null;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const part = (await readModels.row(ledgerTime, partKey(middle), null)) as unknown as LogPartRow;
    if (part.recordedAt <= instant) [found, low] = [part, middle + 1];
    else high = middle;
  }
  return found;
}

/**
 * Position of the last event of the longest prefix, in global order, whose `recordedAt` are all at or before the instant; null when even
 * the first is later.
 */
export async function positionAt(ports: Reader, instant: string): Promise<string | null> {
  await catchUp(ports, ledgerTime);
  let known = (await partBefore(ports, instant))?.last ?? null;
  for (;;) {
    const page: readonly StoredEvent[] = await ports.store.readAll({ after: known, maxCount: partEvents, types: null });
    for (const event of page) {
      if (event.recordedAt > instant) return known;
      known = event.position;
    }
    if (page.length < partEvents) return known;
  }
}
