import { setMaxListeners } from 'node:events';
import { interrupted } from '../../domain/jobs/answers.ts';

interface Waiting {
  readonly begin: () => void;
  readonly refuse: () => void;
}

/** So many jobs at a time; the others wait, first come, first served. */
export class Turns {
  readonly #waiting = new Set<Waiting>();
  #free: number;
  #ended = false;

  constructor(count: number) {
    this.#free = count;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Does one job in its turn. Errors: those of the work; Interrupted when the signal aborts before its turn, or `end` was called. */
  async take<Result>(name: string, signal: AbortSignal | null, work: () => Promise<Result>): Promise<Result> {
    if (this.#ended || signal?.aborted === true) throw interrupted(name);
    if (this.#free > 0) this.#free--;
    else await this.#turn(name, signal);
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  /** Whoever waits is refused, and whoever comes. */
  end(): void {
    this.#ended = true;
    for (const { refuse } of this.#waiting) refuse();
  }

  #turn(name: string, signal: AbortSignal | null): Promise<void> {
    // One signal may end many jobs: that is no leak to be warned of.
    if (signal !== null) setMaxListeners(0, signal);
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(waiting);
        signal?.removeEventListener('abort', waiting.refuse);
      };
      const waiting: Waiting = {
        begin: () => {
          leave();
          resolve();
        },
        refuse: () => {
          leave();
          reject(interrupted(name));
        },
      };
      this.#waiting.add(waiting);
      signal?.addEventListener('abort', waiting.refuse, { once: true });
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) this.#free++;
    else first.begin();
  }
}
