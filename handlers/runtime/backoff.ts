const firstPauseMs = 250;
const pauseMsMax = 30_000;

/** When to try again what failed: twice as long after each failure, up to half a minute. */
export class Backoff {
  #failures = 0;
  #notBefore = 0;

  /** Notes a failure; answers the pause in milliseconds. */
  failed(): number {
    const pauseMs = Math.min(firstPauseMs * 2 ** this.#failures, pauseMsMax);
    this.#failures++;
    this.#notBefore = performance.now() + pauseMs;
    return pauseMs;
  }

  ready(): boolean {
    return performance.now() >= this.#notBefore;
  }
}
