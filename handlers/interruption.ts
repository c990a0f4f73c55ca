import { LedgerError } from '../domain/shared/errors.ts';

/**
 * Lets a signal in that arrived while a computation held the thread, and stops before anything is written: what is recorded is recorded whole.
 * Errors: Interrupted.
 */
export async function letSignalsIn(signal: AbortSignal | null): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  if (signal?.aborted === true) throw new LedgerError('Interrupted', 'interrupted before anything was recorded');
}
