type NextOffsets = ReadonlyMap<number, string>;

/**
 * Commits behind the work: one commit is under way at a time, and the next carries all that was done meanwhile. Waiting for each would cost
 * a round trip, and on Kafka 4 some milliseconds more, per message; and what is delivered again after a crash is known by its identity.
 */
export class Commits {
  readonly #send: (offsets: NextOffsets) => Promise<void>;
  readonly #onFailure: (error: unknown) => void;
  readonly #done = new Map<number, string>();
  #underWay: Promise<void> | null = null;
  #messages = 0;
  #isOver = false;

  /** `send` commits for each partition the offset to go on from; after a failure nothing more is sent. */
  constructor(send: (offsets: NextOffsets) => Promise<void>, onFailure: (error: unknown) => void) {
    this.#send = send;
    this.#onFailure = onFailure;
  }

  /** Messages dealt with whose commit isn't confirmed. */
  get waiting(): number {
    return this.#messages;
  }

  /** Everything of the partition before `next` is dealt with. */
  done(partition: number, next: string): void {
    if (this.#isOver) return;
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
    this.#isOver = true;
    this.#done.clear();
    this.#messages = 0;
  }

  async #work(): Promise<void> {
    try {
      while (this.#done.size > 0) {
        const [offsets, messages] = [new Map(this.#done), this.#messages];
        this.#done.clear();
        await this.#send(offsets);
        if (!this.#isOver) this.#messages -= messages;
      }
    } catch (error) {
      this.end();
      this.#onFailure(error);
    } finally {
      this.#underWay = null;
    }
  }
}
