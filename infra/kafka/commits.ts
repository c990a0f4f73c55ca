import { backoffMs, pause } from './retry.ts';
import type { KafkaTuning } from './tuning.ts';

/**
 * Commits behind the work: one commit is under way at a time, and the next carries all that was done meanwhile. Waiting for each would cost
 * a round trip, and on Kafka 4 some milliseconds more, per message; and what is delivered again after a crash is known by its identity.
 */
export class Commits {
  readonly #send: (nextOffsets: ReadonlyMap<number, string>) => Promise<void>;
  readonly #isWorthRepeating: (error: unknown) => boolean;
  readonly #tuning: KafkaTuning;
  readonly #over = new AbortController();
  /** By partition, the offset to go on from. */
  readonly #done = new Map<number, string>();
  #underWay: Promise<void> | null = null;
  #messages = 0;

  /** A commit that fails is repeated, with what was done since, unless it isn't worth it: then nothing more is sent. */
  constructor(
    send: (nextOffsets: ReadonlyMap<number, string>) => Promise<void>,
    isWorthRepeating: (error: unknown) => boolean,
    tuning: KafkaTuning,
  ) {
    this.#send = send;
    this.#isWorthRepeating = isWorthRepeating;
    this.#tuning = tuning;
  }

  /** Messages dealt with whose commit isn't confirmed. */
  get waiting(): number {
    return this.#messages;
  }

  /** Everything of the partition before `next` is dealt with. */
  done(partition: number, next: string): void {
    if (this.#over.signal.aborted) return;
    this.#done.set(partition, next);
    this.#messages++;
    this.#underWay ??= this.#work();
  }

  /** Resolves when nothing waits any more, committed or given up; never rejects. */
  async settled(): Promise<void> {
    while (this.#underWay !== null) await this.#underWay;
  }

  /** Nothing more is sent: the partitions may be another member's. */
  end(): void {
    this.#over.abort();
    this.#done.clear();
    this.#messages = 0;
  }

  async #work(): Promise<void> {
    for (let failures = 0; this.#done.size > 0;) {
      const [offsets, messages] = [new Map(this.#done), this.#messages];
      this.#done.clear();
      try {
        await this.#send(offsets);
        failures = 0;
        if (!this.#over.signal.aborted) this.#messages -= messages;
      } catch (error) {
        if (!this.#isWorthRepeating(error)) this.end();
        if (this.#over.signal.aborted) break;
        for (const [partition, next] of offsets) if (!this.#done.has(partition)) this.#done.set(partition, next);
        await pause(backoffMs(failures++, this.#tuning), this.#over.signal);
      }
    }
    this.#underWay = null;
  }
}
