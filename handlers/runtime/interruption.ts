import { LedgerError } from '../../domain/shared/errors.ts';

/**
 * Whose turn it may be. Lanes in which somebody waits take turns, so that neither a flood of results nor one of portfolios starves others.
 * A result is one turn, a look at a portfolio many short ones: in this order both get about as far.
 */
const rotation = ['intake', 'reaction', 'reaction', 'other', 'reaction'] as const;
export type Lane = (typeof rotation)[number];

/** Who waits for a turn of the event loop: by lane, and in each first come, first served. */
const waiting: Readonly<Record<Lane, (() => void)[]>> = { intake: [], reaction: [], other: [] };
let lastServed = 0;
let isScheduled = false;

function nextLane(): Lane | null {
  for (let step = 1; step <= rotation.length; step++) {
    const at = (lastServed + step) % rotation.length;
    if (waiting[rotation[at]!].length === 0) continue;
    lastServed = at;
    return rotation[at]!;
  }
  return null;
}

function goOn(): void {
  const lane = nextLane();
  if (lane !== null) waiting[lane].shift()!();
  isScheduled = someoneWaits();
  if (isScheduled) setImmediate(goOn);
}

function someoneWaits(): boolean {
  return rotation.some((lane) => waiting[lane].length > 0);
}

/**
 * Lets the rest of the process run: timers, sockets, signals. A store in a file answers at once, so a loop over it that only awaits would
 * block them until it ends, with heartbeats, probes and shutdowns. One caller goes on in each turn: immediates that are due together run
 * together, and four portfolios side by side would take the time of four.
 */
export async function yieldToEventLoop(lane: Lane = 'other'): Promise<void> {
  await new Promise<void>((resolve) => {
    waiting[lane].push(resolve);
    if (!isScheduled) setImmediate(goOn);
    isScheduled = true;
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
  if (signal === null) return;
  // Signals are polled for once a turn, before the immediates: the first may belong to the turn that the computation held, the second
  // cannot.
  await yieldToEventLoop();
  await yieldToEventLoop();
  if (signal.aborted) throw new LedgerError('Interrupted', message, { evidence });
}

/** Settles when the signal aborts, at once where it has. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
