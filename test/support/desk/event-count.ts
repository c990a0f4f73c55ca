import type { EventType } from '../../../domain/catalogue.ts';
import type { EventStore, StoredEvent } from '../../../handlers/ports/ports.ts';

/** Counts the events of a type as they appear, each read once. */
export class EventCount {
  count = 0;
  readonly #store: EventStore;
  readonly #type: EventType;
  readonly #each: (event: StoredEvent) => void;
  #after: string | null = null;

  constructor(store: EventStore, type: EventType, each: (event: StoredEvent) => void = () => undefined) {
    this.#store = store;
    this.#type = type;
    this.#each = each;
  }

  async now(): Promise<number> {
    for (;;) {
      const page = await this.#store.readAll({ after: this.#after, maxCount: 1_000, types: [this.#type] });
      this.#after = page.at(-1)?.position ?? this.#after;
      this.count += page.length;
      page.forEach(this.#each);
      if (page.length < 1_000) return this.count;
    }
  }
}
