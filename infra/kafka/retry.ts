import { NoAnswer, translated, verdictOf } from './failures.ts';
import type { KafkaTuning } from './tuning.ts';

/** Settles after a time, or as soon as the signal aborts; never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

/** Doubles from the least to the most, each time somewhere in the upper half: many clients must not come back together. */
export function backoffMs(failures: number, tuning: KafkaTuning): number {
  return Math.min(tuning.backoffMsMax, tuning.backoffMsMin * 2 ** Math.min(failures, 20)) * (0.5 + Math.random() / 2);
}

/** The promise's outcome, or NoAnswer once the time is up or the signal aborts: the library has calls that never settle. */
export async function withTimeout<T>(promise: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  const settled = new AbortController();
  try {
    return await Promise.race([
      promise,
      pause(ms, AbortSignal.any([signal, settled.signal])).then(() => {
        throw new NoAnswer(signal.aborted ? 'the connection is closed' : 'no answer in time');
      }),
    ]);
  } finally {
    settled.abort();
  }
}

/** What the retries of one call share. */
export interface RetryContext {
  readonly tuning: KafkaTuning;
  /** Of `performance.now()`. */
  readonly deadline: number;
  readonly closed: AbortSignal;
  readonly at: { readonly brokers: string; readonly topic?: string };
  /** Runs after each attempt that failed or was given up, before the next. */
  readonly onFailure: () => void;
}

/**
 * Tries again until the deadline while the brokers are not available, and for a shorter time while they know no such topic.
 *
 * Errors: BrokerUnavailable, BrokerRefused, TopicMissing.
 */
export async function withRetries<T>(attempt: () => Promise<T>, { tuning, deadline, closed, at, onFailure }: RetryContext): Promise<T> {
  const started = performance.now();
  for (let failures = 0; ; failures++) {
    const leftMs = deadline - performance.now();
    try {
      if (leftMs <= 0) throw new NoAnswer('no answer in time');
      return await withTimeout(attempt(), leftMs, closed);
    } catch (error) {
      onFailure();
      const verdict = verdictOf(error);
      const now = performance.now();
      const waitMs = backoffMs(failures, tuning);
      const isWorthIt = verdict === 'topic_missing' ? now + waitMs < started + tuning.topicMsMax : verdict !== 'refused';
      if (!isWorthIt || closed.aborted || now + waitMs >= deadline) throw translated(error, at);
      await pause(waitMs, closed);
    }
  }
}
