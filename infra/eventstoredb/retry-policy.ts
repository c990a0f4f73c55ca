/** How long calls and waits may take, and how attempts are spaced. */
export interface RetryPolicy {
  /** A single call ends after this long, whatever the server does. */
  readonly callMsMax: number;
  /** A call is tried again until this much time has passed. */
  readonly waitMsMax: number;
  readonly backoffMsMin: number;
  readonly backoffMsMax: number;
  /** An append that takes longer, and three times as long as is usual, has its stream looked at; again after twice as long. */
  readonly hedgeMs: number;
  /** A connection that has made so many appends is told what is stored, instead of asking after each; 0: at once. */
  readonly followsAtAppends: number;
  /** A subscription that hears nothing for this long is opened again. */
  readonly silenceMsMax: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  callMsMax: 10_000,
  waitMsMax: 30_000,
  backoffMsMin: 25,
  backoffMsMax: 5_000,
  hedgeMs: 30,
  followsAtAppends: 64,
  silenceMsMax: 30_000,
};
