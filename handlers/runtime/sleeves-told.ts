import { limits } from '../../domain/shared/limits.ts';
import type { EventType } from '../../domain/catalogue.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import type { EventStore } from '../ports/ports.ts';
import { toDomainEvents } from './stored-events.ts';

/**
 * The sleeves of which some event of a type tells, by the log itself: a list of rows could lack one. Each event is read once, in a process
 * that keeps this object.
 */
export class SleevesTold {
  readonly #store: EventStore;
  readonly #types: readonly string[];
  readonly #sleeves = new Set<string>();
  #after: string | null = null;

  constructor(store: EventStore, type: Extract<EventType, 'SleeveDefined' | 'SleeveResultHeld'>) {
    this.#store = store;
    this.#types = [type];
  }

  /** Reads on; answers the sleeves of the events that were read now. */
  async since(): Promise<ReadonlySet<string>> {
    const told = new Set<string>();
    for (;;) {
      const page = await this.#store.readAll({ after: this.#after, maxCount: limits.readPageEventsMax, types: this.#types });
      for (const { data } of toDomainEvents(page)) told.add((data as { readonly sleeve: string }).sleeve);
      this.#after = page.at(-1)?.position ?? this.#after;
      if (page.length < limits.readPageEventsMax) break;
    }
    for (const sleeve of told) this.#sleeves.add(sleeve);
    return told;
  }

  /** Every sleeve that was told of, in the order of their names. */
  all(): readonly string[] {
    return [...this.#sleeves].toSorted(byCodeUnits);
  }
}
