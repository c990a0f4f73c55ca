import type { Admin } from 'kafkajs';
import type { TopicToEnsure } from '../../handlers/ports/ports.ts';
import { singlePass, openClient } from './client.ts';
import type { KafkaConnection } from './connection.ts';
import { withRetries } from './retry.ts';

/** What an administrator's client does, on a connection of its own that is cut afterwards; again while the brokers are not available. */
async function administer<T>(
  connection: KafkaConnection,
  msMax: number,
  topic: string | null,
  work: (admin: Admin) => Promise<T>,
): Promise<T> {
  const { settings, tuning, closed, outage } = connection;
  const open = { cut: (): void => undefined };
  const at = topic === null ? { brokers: settings.shown } : { brokers: settings.shown, topic };
  try {
    return await withRetries(
      async () => {
        const client = openClient(connection, singlePass(settings, tuning));
        open.cut = () => client.cut();
        const admin = client.kafka.admin();
        await admin.connect();
        const done = await work(admin);
        outage.back();
        return done;
      },
      { tuning, deadline: performance.now() + msMax, closed, at, onFailure: () => open.cut() },
    );
  } finally {
    open.cut();
  }
}

/** Errors: TopicMissing, BrokerUnavailable, BrokerRefused. */
export async function requireTopic(connection: KafkaConnection, topic: string, msMax: number): Promise<void> {
  await administer(connection, msMax, topic, async (admin) => void (await admin.fetchTopicMetadata({ topics: [topic] })));
}

/**
 * Makes the topics that are missing. The brokers date the messages themselves, for a producer's clock proves nothing, and store them
 * without compression whatever a producer chose, for snappy, lz4 and zstd are not read here.
 *
 * Errors: BrokerUnavailable, BrokerRefused.
 */
export async function ensureTopics(connection: KafkaConnection, topics: readonly TopicToEnsure[]): Promise<void> {
  await administer(connection, connection.tuning.sendMsMax, null, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const missing = topics.filter(({ topic }) => !existing.has(topic));
    if (missing.length === 0) return;
    // Somebody else may make the same ones meanwhile: the library takes that for success.
    await admin.createTopics({
      waitForLeaders: true,
      timeout: connection.tuning.requestMsMax,
      topics: missing.map(({ topic, partitions, replicas, messageBytesMax }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: replicas,
        configEntries: [
          { name: 'max.message.bytes', value: String(messageBytesMax) },
          { name: 'message.timestamp.type', value: 'LogAppendTime' },
          { name: 'compression.type', value: 'uncompressed' },
        ],
      })),
    });
  });
}
