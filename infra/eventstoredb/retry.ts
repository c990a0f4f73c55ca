import { LedgerError } from '../../domain/shared/errors.ts';
import type { Asked } from './asked.ts';
import { isUncertain, NoAnswer, translated } from './failures.ts';
import type { RetryPolicy } from './retry-policy.ts';
import type { Session } from './session.ts';

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
 * Errors: StoreUnavailable once the time is up or the store is closed; StoreTlsRefused; a certain refusal of the server, translated.
 */
export async function withRetries<T>(
  session: Pick<Session, 'retry' | 'contact' | 'server' | 'user' | 'closed'>,
  asked: Omit<Asked, 'server' | 'user'>,
  attempt: () => Promise<T>,
  ended: AbortSignal = session.closed,
): Promise<T> {
  const { retry, contact, server, user } = session;
  const { call } = asked;
  const started = performance.now();
  const watched = contact.watch();
  try {
    for (let failures = 0; ; failures++) {
      try {
        const answer = await withTimeout(Promise.race([attempt(), watched.refused]), retry.callMsMax * 1.25, ended);
        contact.answered();
        return answer;
      } catch (error) {
        if (ended.aborted) throw new LedgerError('StoreUnavailable', 'the store is closed', { cause: error });
        const uncertain = isUncertain(error, call);
        if (uncertain) contact.failed(error);
        else if (!(error instanceof LedgerError)) contact.answered();
        const refusal = uncertain ? await contact.refusal() : null;
        if (refusal !== null) throw refusal;
        const waitMs = backoffMs(failures, retry);
        if (!uncertain || performance.now() - started + waitMs > retry.waitMsMax) throw translated(error, { ...asked, server, user });
        await pause(waitMs, ended);
        if (ended.aborted) throw new LedgerError('StoreUnavailable', 'the store is closed', { cause: error });
      }
    }
  } finally {
    watched.stop();
  }
}
