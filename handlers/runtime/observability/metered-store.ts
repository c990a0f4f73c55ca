import type { EventStore, Metrics } from '../../ports/ports.ts';

/** The same store, whose appends are measured. */
export function meteredStore(store: EventStore, metrics: Metrics): EventStore {
  return {
    append: async (stream, events, options) => {
      const started = performance.now();
      try {
        return await store.append(stream, events, options);
      } finally {
        metrics.observe('sleeve_ledger_append_seconds', (performance.now() - started) / 1000);
      }
    },
    readStream: (stream, options) => store.readStream(stream, options),
    readAll: (options) => store.readAll(options),
    subscribeAll: (options) => store.subscribeAll(options),
    head: () => store.head(),
    newest: () => store.newest(),
    comparePositions: (left, right) => store.comparePositions(left, right),
    close: () => store.close(),
  };
}
