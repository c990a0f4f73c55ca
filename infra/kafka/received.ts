import type { IHeaders, KafkaMessage } from 'kafkajs';
import type { ReceivedMessage } from '../../handlers/ports/ports.ts';

/** The last of a repeated header; one that has no value is left out. */
function headerValue(value: IHeaders[string]): Uint8Array | null {
  const last = Array.isArray(value) ? value.at(-1) : value;
  if (last === undefined || last === null) return null;
  return typeof last === 'string' ? Buffer.from(last, 'utf8') : last;
}

/** A message of the library as a message of the port. */
export function receivedMessage(topic: string, partition: number, message: KafkaMessage): ReceivedMessage {
  const headers = Object.entries(message.headers ?? {}).flatMap(([name, value]) => {
    const bytes = headerValue(value);
    return bytes === null ? [] : [[name, bytes] as const];
  });
  // `fromEntries` makes members of its own: a header may be named __proto__.
  return {
    topic,
    partition,
    offset: message.offset,
    key: message.key,
    value: message.value,
    headers: Object.fromEntries(headers),
    brokerTimeMs: Number(message.timestamp),
  };
}
