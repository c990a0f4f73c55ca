import type { Deliveries, Delivery, DeliveryOptions, EventStore, StoredEvent } from '../ports/ports.ts';

const retryPauseMsDefault = 200;

/**
 * Deliveries of a store without groups, a file or memory: every event appended after the call of `join` goes to every member. Nothing
 * is kept between two lives of a process, for the log is there to be read.
 */
export function createDeliveries(store: EventStore, retryPauseMs = retryPauseMsDefault): Deliveries {
  return {
    join: (_group, options) => {
      const head = store.head();
      const joined = head.then(() => undefined);
      // A caller that only iterates gets the failure there.
      joined.catch(() => undefined);
      return { joined, [Symbol.asyncIterator]: () => deliveriesAfter(store, head, options, retryPauseMs) };
    },
  };
}

/** Events to be delivered again, each after a pause. */
class Retries {
  readonly #due: StoredEvent[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  #wake: () => void = () => undefined;

  add(event: StoredEvent, pauseMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#due.push(event);
      this.#wake();
    }, pauseMs);
    this.#timers.add(timer);
  }

  take(): StoredEvent | undefined {
    return this.#due.shift();
  }

  /** Settles when the next one is due. */
  async next(): Promise<null> {
    return new Promise((resolve) => {
      this.#wake = () => resolve(null);
    });
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

async function* deliveriesAfter(
  store: EventStore,
  head: Promise<string | null>,
  { types, signal }: DeliveryOptions,
  retryPauseMs: number,
): AsyncGenerator<Delivery, void, undefined> {
  const after = await head;
  const left = new AbortController();
  const retries = new Retries();
  const events = store.subscribeAll({ after, types, signal: AbortSignal.any([signal, left.signal]) })[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<StoredEvent>> | null = null;
  try {
    for (;;) {
      const again = retries.take();
      if (again !== undefined) {
        yield deliveryOf(again, retries, retryPauseMs);
        if (signal.aborted) return;
        continue;
      }
      next ??= events.next();
      const arrived = await Promise.race([next, retries.next()]);
      if (arrived === null) continue;
      if (arrived.done === true) return;
      next = null;
      yield deliveryOf(arrived.value, retries, retryPauseMs);
    }
  } finally {
    retries.stop();
    left.abort();
    await events.return?.();
  }
}

function deliveryOf(event: StoredEvent, retries: Retries, retryPauseMs: number): Delivery {
  let open = true;
  return {
    event,
    settle: async () => {
      open = false;
    },
    retry: async () => {
      if (open) retries.add(event, retryPauseMs);
      open = false;
    },
  };
}
