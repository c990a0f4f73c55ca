import { nameSchema } from '../../domain/manifest/values.ts';
import type { MessageOrigin } from '../../domain/sleeve/intake-events.ts';
import { derivedUuid } from '../../domain/run/derived-uuid.ts';
import { headersOf } from '../messages/cloud-event.ts';
import type { Crypto, ReceivedMessage } from '../ports/ports.ts';
import type { Session } from '../runtime/session.ts';

/** A message as the ledger sees it, fresh from the broker or kept before. */
export interface Incoming {
  readonly source: MessageOrigin;
  readonly value: Uint8Array | null;
  /** Of the value; of nothing where there is none. */
  readonly sha256: string;
}

/** The key as a sleeve's name; null when it is none. */
function sleeveKey(key: Uint8Array | null): string | null {
  if (key === null || key.length > 80) return null;
  const text = new TextDecoder().decode(key);
  return nameSchema.safeParse(text).success ? text : null;
}

export function incomingOf({ topic, partition, offset, key, value, headers }: ReceivedMessage, crypto: Crypto): Incoming {
  return {
    source: { topic, partition, offset, key: sleeveKey(key), headers: headersOf(headers) },
    value,
    sha256: crypto.sha256Hex(value ?? new Uint8Array()),
  };
}

/** Id of what is recorded of a message: the same bytes with the same message id for the same sleeve are the same letter or held result. */
export function incomingId({ ports, ledger }: Session, kind: 'letter' | 'held', { source, sha256 }: Incoming): string {
  const { key, topic, headers } = source;
  const said = ['content-type', 'ce_specversion', 'ce_type'].map((name) => headers[name] ?? '');
  return derivedUuid(ports.ids.uuidV5, [ledger.ledgerId, kind, key === null ? `topic ${topic}` : `sleeve ${key}`, sha256, ...said]);
}
