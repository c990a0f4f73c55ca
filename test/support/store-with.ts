import type { EventStore } from '../../handlers/ports/ports.ts';

/** A store of which a test takes some methods over; the others are its own. */
export function storeWith(store: EventStore, taken: Partial<EventStore>): EventStore {
  return new Proxy(store, {
    get: (target, name) => {
      const own: unknown = Reflect.get(taken, name) ?? Reflect.get(target, name, target);
      return typeof own === 'function' ? (own.bind(target) as unknown) : own;
    },
  });
}
