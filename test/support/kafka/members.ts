import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import type { Admin } from 'kafkajs';
import type { ConsumeOptions, Log, MessageBroker, MessageToSend, ReceivedMessage } from '../../../handlers/ports/ports.ts';
import { parseKafkaConnection } from '../../../infra/kafka/connection-string.ts';
import { openKafka } from '../../../infra/kafka/open.ts';
import type { KafkaTuning } from '../../../infra/kafka/tuning.ts';

export interface LogLine {
  readonly level: keyof Log;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Keeps what is logged. */
export function recordingLog(): { readonly log: Log; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: keyof Log) => (fields: Record<string, unknown>, message: string) => void lines.push({ level, message, fields });
  return { log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }, lines };
}

/** What a member says when it has joined, with its partitions. */
export const joined = 'joined the consumer group';

/** How often a member joined its group: once, and again after each rebalance. */
export const joinCount = (lines: readonly LogLine[]): number => lines.filter(({ message }) => message === joined).length;

export interface Member {
  readonly received: ReceivedMessage[];
  readonly lines: readonly LogLine[];
  /** Of `consume`; a rejection is kept as such. */
  readonly ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** One consumer on a connection of its own; what its handler took is in `received`. */
export function startMember(
  connection: string,
  options: Pick<ConsumeOptions, 'topic' | 'group'> & Partial<Pick<ConsumeOptions, 'handle' | 'flush' | 'onLag' | 'inFlightMax'>>,
  tuning: Partial<KafkaTuning> = {},
): Member {
  const { log, lines } = recordingLog();
  const broker = openKafka(parseKafkaConnection(connection), { log, tuning });
  const leaving = new AbortController();
  const received: ReceivedMessage[] = [];
  const consumed = broker.source.consume({
    ...options,
    signal: leaving.signal,
    handle: async (message, beat) => {
      const outcome = await options.handle?.(message, beat);
      received.push(message);
      return outcome;
    },
  });
  const ended = consumed.then(
    () => null,
    (error: unknown) => error,
  );
  const stop = async (): Promise<void> => {
    leaving.abort();
    await ended;
    await broker.close();
  };
  return { received, lines, ended, stop };
}

export const textOf = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString('utf8'));

/** Messages numbered from `first`, round and round over the keys. */
export function numbered(count: number, keys: number, first = 0): MessageToSend[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `key-${(first + index) % keys}`,
    value: Buffer.from(String(first + index)),
    headers: {},
  }));
}

export const numbersOf = (messages: readonly ReceivedMessage[]): number[] => messages.map(({ value }) => Number(textOf(value)));

/** The numbers each key received, in their order. */
export function byKey(messages: readonly ReceivedMessage[]): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const message of messages)
    found.set(textOf(message.key) ?? '', [...(found.get(textOf(message.key) ?? '') ?? []), Number(textOf(message.value))]);
  return found;
}

/** A topic of this name and nobody else's. */
export async function newTopic(broker: MessageBroker, partitions: number, replicas = 1, messageBytesMax = 16_000_000): Promise<string> {
  const topic = `topic-${randomUUID()}`;
  await broker.ensureTopics([{ topic, partitions, replicas, messageBytesMax }]);
  return topic;
}

/** What the broker itself says, asked with the library alone. */
export async function ask<T>(brokers: readonly string[], question: (admin: Admin) => Promise<T>, retries = 5): Promise<T> {
  const admin = new kafkajs.Kafka({
    brokers: [...brokers],
    logLevel: kafkajs.logLevel.NOTHING,
    requestTimeout: 3_000,
    retry: { retries },
  }).admin();
  try {
    await admin.connect();
    return await question(admin);
  } finally {
    await admin.disconnect();
  }
}

/**
 * Whether every replica of every partition is in sync, those of the committed offsets too. A node that comes back takes its time: until it
 * has caught up, the death of another may leave a partition without a leader, which no client can help.
 */
export async function areInSync(brokers: readonly string[]): Promise<boolean> {
  const { topics } = await ask(brokers, (admin) => admin.fetchTopicMetadata());
  return topics.every(({ partitions }) => partitions.every(({ isr, replicas }) => isr.length === replicas.length));
}

/** Sum over the partitions of what the group has committed. */
export async function committed(brokers: readonly string[], group: string, topic: string): Promise<number> {
  const [answer] = await ask(brokers, (admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }));
  return answer!.partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
}
