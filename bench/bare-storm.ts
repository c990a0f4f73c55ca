/** What a disk and a broker allow when nothing is decided: the limits that storms are held against, measured in their run. */
import Database from 'better-sqlite3';
import kafkajs, { type EachBatchPayload } from 'kafkajs';
import { parseKafkaConnection } from '../infra/kafka/connection-string.ts';
import { defaultTuning } from '../infra/kafka/tuning.ts';
import { until } from '../test/support/kafka/ready.ts';

const appends = 2_000;
const eventBytes = 1_000;

/** A table of events in a file that flushes each commit, as the store's does. */
class BareStore {
  readonly #database: Database.Database;
  readonly #insert: Database.Statement;

  constructor(file: string) {
    this.#database = new Database(file);
    for (const setting of ['journal_mode = WAL', 'synchronous = FULL']) this.#database.pragma(setting);
    this.#database.exec('CREATE TABLE events (position INTEGER PRIMARY KEY, stream TEXT NOT NULL, bytes BLOB NOT NULL) STRICT');
    this.#insert = this.#database.prepare('INSERT INTO events (stream, bytes) VALUES (?, ?)');
  }

  append(stream: string, bytes: Uint8Array): void {
    this.#insert.run(stream, bytes);
  }

  close(): void {
    this.#database.close();
  }
}

/** Events of 1 kB a second, each flushed by itself. */
export function bareAppendsPerSecond(file: string): number {
  const store = new BareStore(file);
  const bytes = Buffer.alloc(eventBytes, 'x');
  const started = performance.now();
  for (let index = 0; index < appends; index++) store.append(`sleeveRun-${index}`, bytes);
  const seconds = (performance.now() - started) / 1_000;
  store.close();
  return appends / seconds;
}

/**
 * Messages of a topic a second, read by a kafkajs consumer of its own group with the adapter's settings, each appended whole and flushed
 * before the next, offsets committed behind each batch.
 */
export async function bareConsumedPerSecond(connection: string, topic: string, messages: number, file: string): Promise<number> {
  const { brokers } = parseKafkaConnection(connection);
  const tuning = defaultTuning;
  const consumer = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).consumer({
    groupId: `${topic}-bare`,
    sessionTimeout: tuning.sessionMs,
    heartbeatInterval: tuning.heartbeatMs,
    minBytes: 1,
    maxBytes: tuning.fetchBytesMax,
    maxBytesPerPartition: tuning.partitionBytesMax,
    maxWaitTimeInMs: tuning.fetchMs,
  });
  const store = new BareStore(file);
  let [taken, started, ended] = [0, 0, 0];
  const eachBatch = async ({ batch, resolveOffset, heartbeat, commitOffsetsIfNecessary }: EachBatchPayload): Promise<void> => {
    if (taken === 0) started = performance.now();
    for (const { key, value, offset } of batch.messages) {
      store.append(key?.toString() ?? '', value!);
      resolveOffset(offset);
      taken++;
      ended = performance.now();
      if (taken % 50 === 0) await heartbeat();
    }
    await commitOffsetsIfNecessary();
  };
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ partitionsConsumedConcurrently: tuning.partitionsAtOnce, eachBatch });
  await until('every message is appended', () => taken >= messages, 600_000);
  await consumer.disconnect();
  store.close();
  return (taken / (ended - started)) * 1_000;
}
