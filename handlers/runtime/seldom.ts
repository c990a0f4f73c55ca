import { limits } from '../../domain/shared/limits.ts';

/** Keeps what repeats at every try to one time a minute. */
export class Seldom {
  readonly #now: () => number;
  #lastMs: number | null = null;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  due(): boolean {
    const now = this.#now();
    if (this.#lastMs !== null && now - this.#lastMs < limits.repeatedLogMsMin) return false;
    this.#lastMs = now;
    return true;
  }
}
