import type { EventStore, EventToAppend, Metrics, Ports } from '../../../handlers/ports/ports.ts';

/** How long a publication took since the newest of its results was accepted, and where the time went, in milliseconds. */
export interface WatchedPublication {
  readonly meta: string;
  readonly lagMs: number;
  /**
   * Until a worker began to look; then reading streams, runs and their returns; the mathematics; recording the run; measuring the trade and
   * publishing.
   */
  readonly phases: {
    readonly notice: number;
    readonly load: number;
    readonly solve: number;
    readonly record: number;
    readonly publish: number;
  };
  /** When it was durable, as `performance.now()` tells. */
  readonly publishedAt: number;
}

const dataOf = ({ bytes }: EventToAppend): Record<string, unknown> =>
  (JSON.parse(new TextDecoder().decode(bytes)) as { data: Record<string, unknown> }).data;

/**
 * Watches a session from outside, through its ports, and stops times by its appends, reads and metrics. Phases are those of the look that
 * was under way last: they hold while portfolios are looked at one by one.
 */
export class DecisionWatch {
  readonly publications: WatchedPublication[] = [];
  /** When the acceptance of a run was durable, by run id. */
  readonly acceptedAt = new Map<string, number>();
  /** Called at each publication. */
  onPublication: () => void = () => undefined;
  #lookAt = 0;
  #solveFrom = 0;
  #solvedAt = 0;
  #recordedAt = 0;

  readonly around = ({ store, metrics }: Ports): Partial<Ports> => ({ store: this.#store(store), metrics: this.#metrics(metrics) });

  #store(store: EventStore): EventStore {
    return {
      append: async (stream, events, options) => {
        const result = await store.append(stream, events, options);
        if (!result.already) this.#appended(stream, events, performance.now());
        return result;
      },
      readStream: (stream, options) => {
        if (stream.startsWith('metaPortfolio-')) this.#lookAt = performance.now();
        return store.readStream(stream, options);
      },
      readAll: (options) => store.readAll(options),
      subscribeAll: (options) => store.subscribeAll(options),
      head: () => store.head(),
      newest: () => store.newest(),
      comparePositions: (left, right) => store.comparePositions(left, right),
      close: () => store.close(),
    };
  }

  #metrics(metrics: Metrics): Metrics {
    return {
      count: (name, by, labels) => metrics.count(name, by, labels),
      set: (name, value, labels) => metrics.set(name, value, labels),
      observe: (name, value, labels) => {
        if (name === 'sleeve_ledger_solve_seconds') {
          this.#solvedAt = performance.now();
          this.#solveFrom = this.#solvedAt - 1_000 * value;
        }
        metrics.observe(name, value, labels);
      },
    };
  }

  #appended(stream: string, events: readonly EventToAppend[], now: number): void {
    if (stream.startsWith('metaRun-')) this.#recordedAt = now;
    for (const event of events) {
      if (event.type === 'SleeveRunAccepted') this.acceptedAt.set(dataOf(event)['runId'] as string, now);
      if (event.type === 'AllocationPublished') this.#published(event, now);
    }
  }

  #published(event: EventToAppend, publishedAt: number): void {
    const { meta, inputs } = dataOf(event) as { meta: string; inputs: { runId: string }[] };
    const accepted = Math.max(...inputs.map(({ runId }) => this.acceptedAt.get(runId) ?? Number.NEGATIVE_INFINITY));
    const phases = {
      notice: this.#lookAt - accepted,
      load: this.#solveFrom - this.#lookAt,
      solve: this.#solvedAt - this.#solveFrom,
      record: this.#recordedAt - this.#solvedAt,
      publish: publishedAt - this.#recordedAt,
    };
    this.publications.push({ meta, lagMs: publishedAt - accepted, phases, publishedAt });
    this.onPublication();
  }
}
