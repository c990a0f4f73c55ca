import { setMaxListeners } from 'node:events';
import type { Log, MessageBroker } from '../../handlers/ports/ports.ts';
import type { KafkaConnection } from './connection.ts';
import { type KafkaSettings, parseKafkaConnection } from './connection-string.ts';
import { Outage } from './outage.ts';
import { KafkaSink } from './sink.ts';
import { KafkaSource } from './source.ts';
import { ensureTopics } from './topics.ts';
import { defaultTuning, type KafkaTuning } from './tuning.ts';

export { parseKafkaConnection };

export interface KafkaOptions {
  readonly log: Log;
  readonly tuning?: Partial<KafkaTuning>;
}

/** Connects lazily: the first call finds out whether the brokers are there. Closing ends what is being consumed as an abort does. */
export function openKafka(settings: KafkaSettings, options: KafkaOptions): MessageBroker {
  const closing = new AbortController();
  // Every call under way listens to it.
  setMaxListeners(0, closing.signal);
  const connection: KafkaConnection = {
    settings,
    tuning: { ...defaultTuning, ...options.tuning },
    log: options.log,
    outage: new Outage(options.log, settings.shown),
    closed: closing.signal,
  };
  const sink = new KafkaSink(connection);
  return {
    source: new KafkaSource(connection),
    sink,
    ensureTopics: (topics) => ensureTopics(connection, topics),
    close: async () => {
      await sink.close();
      closing.abort();
    },
  };
}
