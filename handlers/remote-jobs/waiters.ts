import { type Answer, interrupted } from '../../domain/jobs/answers.ts';

interface Waiter {
  readonly answer: (answer: Answer) => void;
  readonly fail: (error: unknown) => void;
}

/** Who waits for which answer; the first that comes counts. */
export class Waiters {
  readonly #byKey = new Map<string, Set<Waiter>>();

  /** Jobs that somebody waits for. */
  get jobs(): number {
    return this.#byKey.size;
  }

  isWanted(key: string): boolean {
    return this.#byKey.has(key);
  }

  /** Errors: those of `fail`; Interrupted when the signal aborts. */
  wait(key: string, name: string, signal: AbortSignal): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const waiters = this.#byKey.get(key) ?? new Set();
      this.#byKey.set(key, waiters);
      const leave = (): void => {
        signal.removeEventListener('abort', abort);
        waiters.delete(waiter);
        if (waiters.size === 0 && this.#byKey.get(key) === waiters) this.#byKey.delete(key);
      };
      const waiter: Waiter = {
        answer: (answer) => {
          leave();
          resolve(answer);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      const abort = (): void => waiter.fail(interrupted(name));
      waiters.add(waiter);
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
    });
  }

  answer(key: string, answer: Answer): void {
    for (const waiter of this.#byKey.get(key) ?? []) waiter.answer(answer);
  }

  fail(key: string, error: unknown): void {
    for (const waiter of this.#byKey.get(key) ?? []) waiter.fail(error);
  }

  failAll(error: unknown): void {
    for (const key of this.#byKey.keys()) this.fail(key, error);
  }
}
