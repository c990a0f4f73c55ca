import { LedgerError } from '../../domain/shared/errors.ts';
import { isUncertain, NoAnswer, translated } from './failures.ts';

/** How long calls and waits may take, and how attempts are spaced. */
export interface RetryPolicy {
  /** A single call ends after this long, whatever the server does. */
  readonly callMsMax: number;
  /** A call is tried again until this much time has passed. */
  readonly waitMsMax: number;
  readonly backoffMsMin: number;
  readonly backoffMsMax: number;
  /** A subscription that hears nothing for this long is opened again. */
  readonly silenceMsMax: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  callMsMax: 10_000,
  waitMsMax: 30_000,
  backoffMsMin: 25,
  backoffMsMax: 5_000,
  silenceMsMax: 30_000,
};

/** Doubles from the least to the most, each time somewhere in the upper half: many clients must not come back together. */
export function backoffMs(failures: number, retry: RetryPolicy): number {
  const most = Math.min(retry.backoffMsMax, retry.backoffMsMin * 2 ** Math.min(failures, 20));
  return most * (0.5 + Math.random() / 2);
}

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

export async function untilAborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
}

/** The promise's outcome, or NoAnswer: the client has calls that never settle. The signal ends the wait at once. */
export async function withTimeout<T>(promise: Promise<T>, ms: number, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const giveUp = (): void => {
      stopWaiting();
      reject(new NoAnswer(signal.aborted ? 'the store is closed' : `no answer within ${ms} ms`));
    };
    const timer = setTimeout(giveUp, ms);
    const stopWaiting = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
    };
    signal.addEventListener('abort', giveUp);
    promise.finally(stopWaiting).then(resolve, reject);
    if (signal.aborted) giveUp();
  });
}

/**
 * Tries again while the outcome is uncertain: the same call with the same ids and the same expected revision, so that one
 * that was done after all is found and not repeated.
 *
 * Errors: StoreUnavailable once the time is up or the store is closed; a certain refusal of the server, translated.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  retry: RetryPolicy,
  closed: AbortSignal,
  at: { readonly server: string; readonly stream?: string; readonly expected?: string },
): Promise<T> {
  const started = performance.now();
  for (let failures = 0; ; failures++) {
    try {
      return await withTimeout(attempt(), retry.callMsMax * 1.25, closed);
    } catch (error) {
      if (closed.aborted) throw new LedgerError('StoreUnavailable', 'the store is closed', { cause: error });
      const waitMs = backoffMs(failures, retry);
      if (!isUncertain(error) || performance.now() - started + waitMs > retry.waitMsMax) throw translated(error, at);
      await pause(waitMs, closed);
      if (closed.aborted) throw new LedgerError('StoreUnavailable', 'the store is closed', { cause: error });
    }
  }
}
