import { limits } from '../../domain/shared/limits.ts';
import type { Log } from '../../handlers/ports/ports.ts';

/**
 * Brokers that are away are said to be so once a minute, however often the connections fail, and once that they are back: the library and
 * every part of this adapter would each say it at every try.
 */
export class Outage {
  readonly #log: Log;
  readonly #brokers: string;
  readonly #now: () => number;
  #sinceMs: number | null = null;
  #saidMs: number | null = null;
  /** Whether this outage was said, so that its end is. */
  #wasSaid = false;
  #unsaid = 0;

  constructor(log: Log, brokers: string, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#brokers = brokers;
    this.#now = now;
  }

  get isOn(): boolean {
    return this.#sinceMs !== null;
  }

  /** A try failed because the brokers do not answer. */
  away(error: string): void {
    const now = this.#now();
    this.#sinceMs ??= now;
    if (this.#saidMs !== null && now - this.#saidMs < limits.repeatedLogMsMin) {
      this.#unsaid++;
      return;
    }
    const awaySeconds = Math.round((now - this.#sinceMs) / 1000);
    this.#log.warn({ brokers: this.#brokers, error, awaySeconds, alsoFailed: this.#unsaid }, 'the Kafka brokers are away, trying on');
    this.#saidMs = now;
    this.#wasSaid = true;
    this.#unsaid = 0;
  }

  /** The brokers answered. */
  back(): void {
    if (this.#sinceMs === null) return;
    const awaySeconds = Math.round((this.#now() - this.#sinceMs) / 1000);
    if (this.#wasSaid) this.#log.warn({ brokers: this.#brokers, awaySeconds, alsoFailed: this.#unsaid }, 'the Kafka brokers are back');
    this.#sinceMs = null;
    this.#wasSaid = false;
    this.#unsaid = 0;
  }
}
