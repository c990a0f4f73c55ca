/** Messages that come and go. */

export interface ReceivedMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  /** By name; a repeated header keeps its last value. */
  readonly headers: Readonly<Record<string, Uint8Array>>;
  /** When the broker took it, milliseconds since 1970. */
  readonly brokerTimeMs: number;
}

export interface MessageToSend {
  readonly key: string | null;
  readonly value: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

export interface MessageSink {
  /**
   * Resolves when all in-sync replicas have the messages, in the order given within a key. Errors: BrokerUnavailable, BrokerRefused,
   * TopicMissing.
   */
  send(topic: string, messages: readonly MessageToSend[]): Promise<void>;
  close(): Promise<void>;
}

export interface ConsumeOptions {
  readonly topic: string;
  readonly group: string;
  readonly signal: AbortSignal;
  /**
   * Called for the messages of a partition one after the other, or for `inFlightMax` of them at once, in their order; offset + 1 is
   * committed after it has resolved for a message and for all before it. `beat` keeps the membership
   * during long work. A rejection ends the consumption without the commit. One that is `gathered` is durable only when `flush` resolves,
   * and is not committed before.
   */
  readonly handle: (message: ReceivedMessage, beat: () => Promise<void>) => Promise<'gathered' | void>;
  /** Messages given to `handle` before the first of them has resolved, over all partitions; each has one at least. One when left out. */
  readonly inFlightMax?: number;
  /** Called behind the last message of each batch, and before anything is committed that stands behind gathered messages. */
  readonly flush?: () => Promise<void>;
  /** Messages behind the end of each partition, reported after each batch. */
  readonly onLag?: (partition: number, messages: number) => void;
}

export interface MessageSource {
  /**
   * Resolves when the signal aborts and what was under way is committed. Errors: BrokerUnavailable, BrokerRefused, TopicMissing: the end of
   * the process.
   */
  consume(options: ConsumeOptions): Promise<void>;
}

export interface TopicToEnsure {
  readonly topic: string;
  readonly partitions: number;
  readonly replicas: number;
  readonly messageBytesMax: number;
}

export interface MessageBroker {
  readonly source: MessageSource;
  readonly sink: MessageSink;
  /** Makes the topics that are missing; leaves the others as they are. */
  ensureTopics(topics: readonly TopicToEnsure[]): Promise<void>;
  close(): Promise<void>;
}
