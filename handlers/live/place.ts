import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { EventStore } from '../ports/ports.ts';
import { readsAsIn } from '../read-models/position.ts';
import { pause } from '../runtime/pause.ts';

type Store = Pick<EventStore, 'head' | 'comparePositions'>;

/** Whether a ledger has come to a position. Errors: RequestInvalid for what is none of this store. */
async function hasReached(
  store: Store,
  position: string,
  path: string,
): Promise<{ readonly reached: boolean; readonly head: string | null }> {
  const head = await store.head();
  if (!readsAsIn(head, position))
    throw new LedgerError('RequestInvalid', `${path}: a position of this ledger, such as ${head ?? '1'}`, { at: { path } });
  return { reached: head !== null && store.comparePositions(position, head) <= 0, head };
}

/**
 * Waits until the ledger has come to a position, for so long at most. `path` is what the position was given as. Errors: RequestInvalid for
 * what is no position of this store; NotYetKnown.
 */
export async function untilReached(store: Store, position: string, path: string, waitMs: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + waitMs;
  for (;;) {
    const { reached, head } = await hasReached(store, position, path);
    if (reached) return;
    const left = until - performance.now();
    if (left <= 0 || signal.aborted) {
      const stands = head === null ? 'nothing is recorded' : `the newest event stands at position ${head}`;
      throw new LedgerError('NotYetKnown', `${path} ${position} lies ahead: ${stands}`, { at: { path }, evidence: { position, head } });
    }
    await pause(Math.min(left, limits.reachedPollMs), signal);
  }
}
