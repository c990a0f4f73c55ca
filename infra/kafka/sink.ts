import kafkajs from 'kafkajs';
import type { Producer } from 'kafkajs';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { MessageSink, MessageToSend } from '../../handlers/ports/ports.ts';
import { singlePass, openClient, type KafkaClient } from './client.ts';
import type { KafkaConnection } from './connection.ts';
import { pause, withRetries, type RetryContext } from './retry.ts';

interface ProducerConnection {
  readonly client: KafkaClient;
  readonly producer: Producer;
}

const toKafkaMessage = ({
  key,
  value,
  headers,
}: MessageToSend): { key: string | null; value: Buffer; headers: Record<string, string> } => ({
  key,
  value: Buffer.from(value.buffer, value.byteOffset, value.byteLength),
  headers: { ...headers },
});

/**
 * Sends to Kafka, each call after the one before it, so that order holds within a key and beyond. A call that fails for lack of a broker
 * is made again on a new connection until it is `sendMsMax` old.
 *
 * What was sent may therefore arrive twice, and an old copy even behind newer messages when a frozen broker wakes: readers go by
 * identities and sequence numbers. The library's idempotent producer would spare them some of that, but it insists on repeating by itself,
 * which loses messages (tulios/kafkajs#1303), and after one OUT_OF_ORDER_SEQUENCE_NUMBER it never sends again (tulios/kafkajs#598).
 */
export class KafkaSink implements MessageSink {
  readonly #connection: KafkaConnection;
  #producerConnection: Promise<ProducerConnection> | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(connection: KafkaConnection) {
    this.#connection = connection;
  }

  async send(topic: string, messages: readonly MessageToSend[]): Promise<void> {
    if (messages.length === 0) return;
    const { tuning, closed, settings } = this.#connection;
    // The time spent behind earlier calls counts: every caller is answered in the time stated.
    const retry = {
      tuning,
      deadline: performance.now() + tuning.sendMsMax,
      closed,
      at: { brokers: settings.shown, topic },
      onFailure: () => this.#disconnect(),
    };
    const sent = this.#last.then(() => this.#deliver(topic, messages, retry));
    this.#last = sent.catch(() => undefined);
    await sent;
  }

  async close(): Promise<void> {
    const { tuning, closed } = this.#connection;
    this.#isClosed = true;
    await Promise.race([this.#last, pause(tuning.closeMsMax, closed)]);
    this.#disconnect();
  }

  async #deliver(topic: string, messages: readonly MessageToSend[], retry: RetryContext): Promise<void> {
    await withRetries(async () => {
      const { producer } = await (this.#producerConnection ??= this.#open());
      await producer.send({ topic, messages: messages.map(toKafkaMessage), acks: -1, timeout: this.#connection.tuning.requestMsMax });
      this.#connection.outage.back();
    }, retry);
  }

  async #open(): Promise<ProducerConnection> {
    const { settings, tuning, closed } = this.#connection;
    if (this.#isClosed || closed.aborted) throw new LedgerError('BrokerUnavailable', 'the connection to Kafka is closed');
    const client = openClient(this.#connection, singlePass(settings, tuning));
    const producer = client.kafka.producer({
      // Explicitly the one that the Java clients use: a key must not move to another partition with the language of its producer.
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      allowAutoTopicCreation: false,
      idempotent: false,
      // None: when a leader moves to a broker that has answered already, a repetition by the library leaves its messages out and succeeds.
      retry: { retries: 0 },
      maxInFlightRequests: 1,
      metadataMaxAge: 300_000,
    });
    try {
      await producer.connect();
      return { client, producer };
    } catch (error) {
      client.cut();
      throw error;
    }
  }

  /** Cutting rather than disconnecting: a request that was given up must not be written after the next one. */
  #disconnect(): void {
    const connection = this.#producerConnection;
    this.#producerConnection = null;
    connection?.then(({ client }) => client.cut()).catch(() => undefined);
  }
}
