import type { ConsumeOptions, MessageBroker, MessageToSend, ReceivedMessage } from '../../../handlers/ports/ports.ts';

/** One group on one topic: the first message that nobody has dealt with goes to whoever is free. */
class Group {
  readonly #log: readonly ReceivedMessage[];
  readonly #again: ReceivedMessage[] = [];
  #next = 0;

  constructor(log: readonly ReceivedMessage[]) {
    this.#log = log;
  }

  take(): ReceivedMessage | null {
    return this.#again.shift() ?? this.#log[this.#next++] ?? (this.#next--, null);
  }

  /** It was not dealt with. */
  giveBack(message: ReceivedMessage): void {
    this.#again.push(message);
  }
}

/** Topics in this process: a group reads from the beginning, each message by one member, and again where that failed. */
export class MemoryTopics {
  readonly #logs = new Map<string, ReceivedMessage[]>();
  readonly #groups = new Map<string, Group>();
  readonly #arrivals = new Set<() => void>();
  /** Thrown by the next send. */
  failure: Error | null = null;

  /** Everything that was sent to a topic, read as JSON. */
  sent(topic: string): Record<string, unknown>[] {
    return this.#log(topic).map(
      ({ value }) => (JSON.parse(Buffer.from(value!).toString('utf8')) as { data: Record<string, unknown> }).data,
    );
  }

  send(topic: string, { key, value, headers }: MessageToSend): void {
    const log = this.#log(topic);
    const named = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)]));
    log.push({
      topic,
      partition: 0,
      offset: String(log.length),
      key: key === null ? null : Buffer.from(key),
      value,
      headers: named,
      brokerTimeMs: 0,
    });
    for (const arrive of this.#arrivals) arrive();
  }

  /** A connection of one process. */
  broker(): MessageBroker {
    const closing = new AbortController();
    return {
      source: { consume: (options) => this.#consume({ ...options, signal: AbortSignal.any([options.signal, closing.signal]) }) },
      sink: {
        send: async (topic, messages) => {
          if (this.failure !== null) throw this.failure;
          for (const message of messages) this.send(topic, message);
        },
        close: async () => undefined,
      },
      ensureTopics: async () => undefined,
      close: async () => closing.abort(),
    };
  }

  #log(topic: string): ReceivedMessage[] {
    const log = this.#logs.get(topic) ?? [];
    this.#logs.set(topic, log);
    return log;
  }

  async #consume({ topic, group, signal, handle }: ConsumeOptions): Promise<void> {
    const name = `${group} ${topic}`;
    const shared = this.#groups.get(name) ?? new Group(this.#log(topic));
    this.#groups.set(name, shared);
    while (!signal.aborted) {
      const message = shared.take();
      if (message === null) {
        await this.#arrival(signal);
        continue;
      }
      try {
        await handle(message, async () => undefined);
      } catch (error) {
        shared.giveBack(message);
        for (const arrive of this.#arrivals) arrive();
        if (!signal.aborted) throw error;
      }
    }
  }

  #arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#arrivals.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#arrivals.add(done);
      signal.addEventListener('abort', done, { once: true });
      if (signal.aborted) done();
    });
  }
}
