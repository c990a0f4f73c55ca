/**
 * Runs work of one key strictly in the order in which it was given, and work of different keys at once. What fails takes with it what waits
 * behind it under its key: nothing overtakes what was not done.
 */
export class InOrder {
  readonly #last = new Map<string, Promise<unknown>>();

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const own = before === undefined ? work() : before.then(work);
    this.#last.set(key, own);
    try {
      return await own;
    } finally {
      if (this.#last.get(key) === own) this.#last.delete(key);
    }
  }
  /** The same, but what fails takes nothing with it: what waits behind it is done all the same. */
  async runApart<T>(key: string, work: () => Promise<T>): Promise<T> {
    const [settled] = await this.run(key, () => Promise.allSettled([work()]));
    if (settled.status === 'rejected') throw settled.reason;
    return settled.value;
  }
}
