import type { StagedArtifacts } from '../../domain/documents/staged-artifacts.ts';
import type { Artifacts, EventStore, StoredEvent } from '../ports/ports.ts';

/** What it takes to read a recorded run. */
export interface RunReader {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly artifacts: Pick<Artifacts, 'get'>;
}

const bytesMax = 64 * 1024 * 1024;

interface Kept {
  readonly stream: string;
  readonly events: readonly StoredEvent[];
  readonly addresses: readonly string[];
  readonly bytes: number;
}

/**
 * Runs that this process has recorded itself of late, events and artifacts as they were stored: a portfolio is mostly allocated from
 * results that the same process took in a moment before, and a store on a server would be asked for each piece. A run is recorded whole and
 * never changes. The oldest are forgotten first.
 */
export class RecentRecords {
  readonly #runs = new Map<string, Kept>();
  readonly #artifacts = new Map<string, Uint8Array>();
  #bytes = 0;

  /** `events`: the whole stream of a run. */
  remember(stream: string, events: readonly StoredEvent[], staged: StagedArtifacts): void {
    if (this.#runs.has(stream)) return;
    const contents = staged.entries().filter(([address]) => !this.#artifacts.has(address));
    for (const [address, content] of contents) this.#artifacts.set(address, content);
    const bytes = [...events.map((event) => event.bytes), ...contents.map(([, content]) => content)].reduce(
      (sum, { length }) => sum + length,
      0,
    );
    this.#runs.set(stream, { stream, events, addresses: contents.map(([address]) => address), bytes });
    this.#bytes += bytes;
    while (this.#bytes > bytesMax) this.#forget(this.#runs.values().next().value!);
  }

  /** Reads here what is here, and the rest where it is stored. */
  reading({ store, artifacts }: RunReader): RunReader {
    return {
      store: {
        readStream: async (stream, options) => {
          const kept = options.direction === 'forwards' ? this.#runs.get(stream) : undefined;
          if (kept === undefined) return store.readStream(stream, options);
          const from = Number(options.from);
          return kept.events.slice(from, from + options.maxCount);
        },
      },
      artifacts: { get: async (address) => this.#artifacts.get(address) ?? artifacts.get(address) },
    };
  }

  #forget({ stream, addresses, bytes }: Kept): void {
    this.#runs.delete(stream);
    for (const address of addresses) this.#artifacts.delete(address);
    this.#bytes -= bytes;
  }
}
