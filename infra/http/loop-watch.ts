export interface LoopWatch {
  /** False when not one of the last ticks came in time: the process computes or waits without pause and serves nobody. */
  turns(): boolean;
  /** The longest of the last delays. */
  longestDelayMs(): number;
  stop(): void;
}

export interface LoopWatchOptions {
  readonly intervalMs: number;
  /** A tick later than this is late. */
  readonly delayMsMax: number;
  /** So many late ticks in a row, and the loop counts as stuck. */
  readonly ticks: number;
}

/**
 * Watches that the event loop turns. One long computation is not a fault (a solve may take a second or two): the loop counts as stuck only
 * when every one of the last ticks was late.
 */
export function watchLoop(
  options: LoopWatchOptions = { intervalMs: 1_000, delayMsMax: 5_000, ticks: 10 },
  now: () => number = () => performance.now(),
): LoopWatch {
  const { intervalMs, delayMsMax, ticks } = options;
  const delaysMs: number[] = [];
  let due = now() + intervalMs;
  const timer = setInterval(() => {
    const at = now();
    delaysMs.push(Math.max(0, at - due));
    if (delaysMs.length > ticks) delaysMs.shift();
    due = at + intervalMs;
  }, intervalMs);
  timer.unref();
  return {
    turns: () => delaysMs.length < ticks || delaysMs.some((delay) => delay <= delayMsMax),
    longestDelayMs: () => Math.max(0, ...delaysMs),
    stop: () => clearInterval(timer),
  };
}
