import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { EventStore } from '../ports/ports.ts';
import { readsAsIn } from '../read-models/position.ts';
import { pause } from '../runtime/pause.ts';

type Store = Pick<EventStore, 'head' | 'comparePositions'>;

/** Looks at the end of a store, by when they were begun: everybody who waits shares them. */
const looks = new WeakMap<Store, { readonly at: number; readonly head: Promise<string | null> }>();
let waiting = 0;

/** The end of the ledger as it is now, or was a moment ago. */
function sharedHead(store: Store): Promise<string | null> {
  const known = looks.get(store);
  const now = performance.now();
  if (known !== undefined && now - known.at < limits.reachedPollMs / 2) return known.head;
  const head = store.head();
  looks.set(store, { at: now, head });
  return head;
}

/**
 * Waits until the ledger has come to a position, for so long at most, and not at all where too many wait. `path` is what the position was
 * given as. Errors: RequestInvalid for what is no position of this store; NotYetKnown.
 */
export async function untilReached(store: Store, position: string, path: string, waitMs: number, signal: AbortSignal): Promise<void> {
  const until = performance.now() + waitMs;
  let head = await store.head();
  if (!readsAsIn(head, position))
    throw new LedgerError('RequestInvalid', `${path}: a position of this ledger, such as ${head ?? '1'}`, { at: { path } });
  const isReached = (): boolean => head !== null && store.comparePositions(position, head) <= 0;
  const mayWait = waiting < limits.reachedWaitsMax;
  waiting += 1;
  try {
    while (!isReached()) {
      const left = until - performance.now();
      if (left <= 0 || signal.aborted || !mayWait) {
        const stands = head === null ? 'nothing is recorded' : `the newest event stands at position ${head}`;
        throw new LedgerError('NotYetKnown', `${path} ${position} lies ahead: ${stands}`, { at: { path }, evidence: { position, head } });
      }
      await pause(Math.min(left, limits.reachedPollMs), signal);
      head = await sharedHead(store);
    }
  } finally {
    waiting -= 1;
  }
}
