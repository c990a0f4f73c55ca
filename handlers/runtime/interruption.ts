import { LedgerError } from '../../domain/shared/errors.ts';

/**
 * Lets everything else of the process have its turn: timers, sockets, signals. A store in a file answers at once, so that a loop over it
 * that only awaits would keep them waiting until it ends: heartbeats, probes and shutdowns among them.
 */
export async function nextTurn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/**
 * Lets a signal in that arrived while a computation held the thread, and stops before anything is written: what is recorded is recorded
 * whole.
 * Errors: Interrupted.
 */
export async function letSignalsIn(
  signal: AbortSignal | null,
  message = 'interrupted before anything was recorded',
  evidence: Record<string, unknown> = {},
): Promise<void> {
  // Signals are polled for once a turn, before the immediates: the first may belong to the turn that the computation held, the second
  // cannot.
  await nextTurn();
  await nextTurn();
  if (signal?.aborted === true) throw new LedgerError('Interrupted', message, { evidence });
}
