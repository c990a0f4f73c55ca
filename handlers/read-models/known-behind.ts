import { isClockJump, KnownPrefix } from '../../domain/ledger/clock-jump.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { EventStore } from '../ports/ports.ts';
import { eventsAfter } from './leaves.ts';

/**
 * Position of the last event that was known at an instant, of those behind a position up to which everything was; that position where there
 * is none. Reads up to the first event that came after the instant.
 */
export async function knownBehind(
  store: EventStore,
  instant: string,
  position: string | null,
  streams?: readonly string[],
): Promise<string | null> {
  const known = new KnownPrefix(instant, limits.clockJumpDaysMax);
  for await (const event of eventsAfter(store, position, streams)) {
    known.next(event);
    if (known.isOver) break;
  }
  return known.last ?? position;
}

/**
 * The same where a prefix ended at the first event that bears a later time. In a sound ledger that event says enough; else its clock was
 * far ahead, or the ledger had rested for longer than a clock may jump, and what follows is read.
 */
export async function beyondJump(store: EventStore, instant: string, position: string | null): Promise<string | null> {
  const [next] = await store.readAll({ after: position, maxCount: 1, types: null });
  if (next === undefined || !isClockJump(instant, next.recordedAt, limits.clockJumpDaysMax)) return position;
  return knownBehind(store, instant, position);
}
