import { LedgerError } from '../../domain/shared/errors.ts';

export interface TurnBounds {
  readonly atOnceMax: number;
  readonly waitingMax: number;
  readonly waitingOfOneMax: number;
}

interface Waiting {
  readonly who: string;
  readonly begin: () => void;
}

const interrupted = (): LedgerError => new LedgerError('Interrupted', 'whoever asked has left');

/**
 * Who may compute when: one piece of work at a time for each identity, and few at once for all, so that nobody's questions slow down those
 * of others. In order of arrival, past whoever has one under way.
 */
export class Turns {
  readonly #bounds: TurnBounds;
  readonly #running = new Set<string>();
  #waiting: readonly Waiting[] = [];

  constructor(bounds: TurnBounds) {
    this.#bounds = bounds;
  }

  /**
   * Waits for a turn, and works. Errors: TooManyRequests where too many wait; Interrupted by the signal before it began; those of the work.
   */
  async take<Result>(who: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    await this.#turn(who, signal);
    try {
      return await work();
    } finally {
      this.#running.delete(who);
      this.#next();
    }
  }

  async #turn(who: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw interrupted();
    if (this.#mayBegin(who)) {
      this.#running.add(who);
      return;
    }
    const { waitingMax, waitingOfOneMax } = this.#bounds;
    if (this.#waiting.length >= waitingMax || this.#waiting.filter((one) => one.who === who).length >= waitingOfOneMax)
      throw new LedgerError('TooManyRequests', 'too many questions that compute wait for their turn', {
        evidence: { retryAfterSeconds: 1 },
      });
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        this.#waiting = this.#waiting.filter((one) => one !== waiting);
        reject(interrupted());
      };
      const waiting: Waiting = {
        who,
        begin: () => {
          signal.removeEventListener('abort', leave);
          resolve();
        },
      };
      this.#waiting = [...this.#waiting, waiting];
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  #mayBegin(who: string): boolean {
    return !this.#running.has(who) && this.#running.size < this.#bounds.atOnceMax;
  }

  #next(): void {
    const next = this.#waiting.find(({ who }) => this.#mayBegin(who));
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((one) => one !== next);
    this.#running.add(next.who);
    next.begin();
  }
}
