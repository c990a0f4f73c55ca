import { LedgerError } from '../../domain/shared/errors.ts';

/** Who waits for a turn of the event loop, first come, first served. */
const waiting: (() => void)[] = [];

function goOn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(goOn);
}

/**
 * Lets the rest of the process run: timers, sockets, signals. A store in a file answers at once, so a loop over it that only awaits would
 * block them until it ends, with heartbeats, probes and shutdowns. One caller goes on in each turn: immediates that are due together run
 * together, and four portfolios side by side would take the time of four.
 */
export async function yieldToEventLoop(): Promise<void> {
  await new Promise<void>((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(goOn);
  });
}

/**
 * Handles a signal that arrived while a computation held the thread, and stops before anything is written, so that nothing is recorded in
 * part.
 * Errors: Interrupted.
 */
export async function throwIfInterrupted(
  signal: AbortSignal | null,
  message = 'interrupted before anything was recorded',
  evidence: Record<string, unknown> = {},
): Promise<void> {
  // Signals are polled for once a turn, before the immediates: the first may belong to the turn that the computation held, the second
  // cannot.
  await yieldToEventLoop();
  await yieldToEventLoop();
  if (signal?.aborted === true) throw new LedgerError('Interrupted', message, { evidence });
}
