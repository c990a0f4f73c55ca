/** Share of the newest time in the average. */
const newestShare = 0.1;
/** An append that takes so many times the usual time may be one that the server has dropped. */
const slowTimes = 3;

/** How long appends of one connection take of late: in a storm all are slow, and none of them is worth a look for that. */
export class Pace {
  #usualMs = 0;

  answered(ms: number): void {
    this.#usualMs += newestShare * (ms - this.#usualMs);
  }

  /** After which an append is slow, at least the time given. */
  slowMs(msMin: number): number {
    return Math.max(msMin, slowTimes * this.#usualMs);
  }
}
