import type { MessageBroker } from '../../../handlers/ports/ports.ts';

export interface AllocationSeen {
  readonly id: string;
  readonly subject: string;
  readonly sequence: number;
  readonly data: { readonly asOf: string; readonly runId: string; readonly weights: Readonly<Record<string, number>> };
  /** When it arrived, as `performance.now()` tells. */
  readonly at: number;
}

let readers = 0;

/** Reads the topic of allocations from its beginning, as a reader of publications does: what it has seen is known by its id. */
export class AllocationsRead {
  readonly seen: AllocationSeen[] = [];
  readonly ids = new Set<string>();
  /** Messages that had been seen before. */
  repeated = 0;
  /** Called at each new one. */
  onNew: (allocation: AllocationSeen) => void = () => undefined;
  readonly #stop = new AbortController();
  readonly #reading: Promise<void>;

  constructor(broker: MessageBroker, topic: string) {
    this.#reading = broker.source.consume({
      topic,
      group: `reader-${process.pid}-${++readers}`,
      signal: this.#stop.signal,
      handle: async ({ value }) => this.#take(value!),
    });
    // Whoever waits hears of a failure at `stop`.
    this.#reading.catch(() => undefined);
  }

  #take(value: Uint8Array): void {
    const event = JSON.parse(new TextDecoder().decode(value)) as Omit<AllocationSeen, 'at' | 'sequence'> & { sequence: string };
    const allocation = { ...event, sequence: Number(event.sequence), at: performance.now() };
    if (this.ids.has(event.id)) {
      this.repeated++;
      return;
    }
    this.ids.add(event.id);
    this.seen.push(allocation);
    this.onNew(allocation);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#reading;
  }
}
