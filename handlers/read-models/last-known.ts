import { tileWidth } from '../../domain/audit/tiles.ts';
import { beyondJump } from './known-behind.ts';
import { partitionPoint } from '../runtime/partition-point.ts';
import type { StoredEvent } from '../ports/ports.ts';
import { isPosition, reachedTime } from './position.ts';
import { throughTiles, type TilePorts, type TileReader } from './tile-reader.ts';

type Timed = Pick<StoredEvent, 'position' | 'recordedAt'>;

/** The longest prefix whose events are all known: tiles hold the greatest time up to their end. */
async function lastKnownIn(tiles: TileReader, isKnown: (event: Timed) => boolean): Promise<{ readonly position: string | null } | null> {
  const open = await tiles.open();
  if (open === null) return { position: null };
  const whole = Math.floor(open.size / tileWidth);
  const tile = await partitionPoint(whole, async (number) => {
    const row = (await tiles.tile(0, number))!;
    return !isKnown({ position: row.last, recordedAt: row.recordedAt });
  });
  const before = tile === 0 ? null : (await tiles.tile(0, tile - 1))!.last;
  const events = await tiles.eventsOf(tile);
  const unknown = events.findIndex((event) => !isKnown(event));
  const known = unknown < 0 ? events.length : unknown;
  return { position: events[known - 1]?.position ?? before };
}

/**
 * Position of the last event that was known at a point of ledger time, an instant or a position; null when none was. Reads log-many tiles.
 * Errors: Usage, NotYetKnown.
 */
export async function lastKnown(ports: TilePorts, time: string): Promise<string | null> {
  const { store } = ports;
  const knownAt = await reachedTime(ports, time);
  const isInstant = !isPosition(knownAt);
  const isKnown = isInstant
    ? ({ recordedAt }: Timed) => recordedAt <= knownAt
    : ({ position }: Timed) => store.comparePositions(position, knownAt) <= 0;
  const { position } = await throughTiles(ports, `what was known at ${knownAt}`, async (tiles) => lastKnownIn(tiles, isKnown));
  return isInstant ? beyondJump(store, knownAt, position) : position;
}

/**
 * The position that a point of ledger time stands for: itself, or that of the last event known at an instant; null when none was. Errors:
 * Usage, NotYetKnown.
 */
export async function positionKnownAt(ports: TilePorts, knownAt: string): Promise<string | null> {
  return isPosition(knownAt) ? reachedTime(ports, knownAt) : lastKnown(ports, knownAt);
}

/** Position of the last event that stands before a position, whether or not an event stands at that; null where none does. */
export async function lastBefore(ports: TilePorts, position: string): Promise<string | null> {
  const stands = ({ position: other }: Timed): boolean => ports.store.comparePositions(other, position) < 0;
  return (await throughTiles(ports, `what stands before ${position}`, async (tiles) => lastKnownIn(tiles, stands))).position;
}
