import { isAway } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { pause } from './pause.ts';

const pauseMs = 1_000;

/** How an attempt that needs the store is made: once, or until the store answers. */
export type Patience = <T>(attempt: () => Promise<T>) => Promise<T>;

/** One attempt, which waits as long as the store itself does. */
export const once: Patience = (attempt) => attempt();

const interrupted = (): LedgerError => new LedgerError('Interrupted', 'interrupted while the store was away');

/** Ends with the work, or when the signal aborts meanwhile. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stopped = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(interrupted()), { once: true, signal: stopped.signal });
  });
  // Its own end may come when nobody waits any more.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stopped.abort();
  }
}

/** Makes the attempt again for as long as the store is away. Errors: Interrupted once the signal aborts, and the attempt's own. */
export function untilThere(signal: AbortSignal): Patience {
  return async (attempt) => {
    for (;;) {
      try {
        return await unlessAborted(attempt(), signal);
      } catch (error) {
        if (!isAway(error)) throw error;
        await pause(pauseMs, signal);
        if (signal.aborted) throw interrupted();
      }
    }
  };
}
