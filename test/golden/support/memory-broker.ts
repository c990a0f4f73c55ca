import type { MessageBroker, MessageSink, MessageSource, ReceivedMessage } from '../../../handlers/ports/ports.ts';

export interface SentMessage {
  readonly topic: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: unknown;
}

/** A broker in memory: it delivers the messages given, in their order, and keeps what is sent. */
export class MemoryBroker implements MessageBroker {
  readonly sent: SentMessage[] = [];
  readonly source: MessageSource;
  readonly sink: MessageSink;
  #handled = 0;

  constructor(messages: readonly ReceivedMessage[] = []) {
    this.source = {
      consume: async ({ signal, handle, flush }) => {
        for (const message of messages) {
          if (signal.aborted) return;
          await handle(message, async () => undefined);
          this.#handled += 1;
        }
        await flush?.();
        if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      },
    };
    this.sink = {
      send: async (topic, sent) => {
        for (const { key, headers, value } of sent)
          this.sent.push({ topic, key, headers, value: JSON.parse(new TextDecoder().decode(value)) as unknown });
      },
      close: async () => undefined,
    };
  }

  get handled(): number {
    return this.#handled;
  }

  async ensureTopics(): Promise<void> {}

  async close(): Promise<void> {}
}
