import { LedgerError } from '../domain/shared/errors.ts';

async function nextTurn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Lets a signal in that arrived while a computation held the thread, and stops before anything is written: what is recorded is recorded whole.
 * Errors: Interrupted.
 */
export async function letSignalsIn(signal: AbortSignal | null, message = 'interrupted before anything was recorded', evidence: Record<string, unknown> = {}): Promise<void> {
  // Signals are polled for once a turn, before the immediates: the first may belong to the turn that the computation held, the second cannot.
  await nextTurn();
  await nextTurn();
  if (signal?.aborted === true) throw new LedgerError('Interrupted', message, { evidence });
}
