import { nameSchema } from '../../domain/manifest/values.ts';
import { derivedUuid } from '../../domain/run/derived-uuid.ts';
import type { MessageOrigin } from '../../domain/sleeve/intake-events.ts';
import { headersOf, type IncomingEvent, readCloudEvent } from '../messages/cloud-event.ts';
import type { Crypto, LetterKeyRequest, ReceivedMessage } from '../ports/ports.ts';
import type { Session } from '../runtime/session.ts';

/** A message as the ledger sees it, fresh from the broker or kept before. */
export interface Incoming {
  readonly source: MessageOrigin;
  readonly value: Uint8Array | null;
  /** Of the value; of nothing where there is none. */
  readonly sha256: string;
  /** Where and when the broker took it; the id of the held result that it was. No other message of the broker has the same. */
  readonly arrival: string;
}

/** The key as a sleeve's name, which is short; null when it is none. */
function sleeveKey(key: Uint8Array | null): string | null {
  if (key === null) return null;
  const text = new TextDecoder().decode(key);
  return nameSchema.safeParse(text).success ? text : null;
}

export function incomingOf({ topic, partition, offset, key, value, headers, brokerTimeMs }: ReceivedMessage, crypto: Crypto): Incoming {
  return {
    source: { topic, partition, offset, key: sleeveKey(key), headers: headersOf(headers) },
    value,
    sha256: crypto.sha256Hex(value ?? new Uint8Array()),
    arrival: `${topic}/${partition}/${offset}/${brokerTimeMs}`,
  };
}

const read = new WeakMap<Incoming, IncomingEvent>();
const handedIn = new WeakMap<Uint8Array, IncomingEvent>();

/** What somebody who had to look into the bytes has read in them, under the headers that they come with. */
export function handInRead(value: Uint8Array, event: IncomingEvent): void {
  handedIn.set(value, event);
}

/** The message as a CloudEvent, parsed once however many ask. Errors: MessageInvalid. */
export function cloudEventOf(incoming: Incoming): IncomingEvent {
  const before = read.get(incoming);
  if (before !== undefined) return before;
  const { value } = incoming;
  const event = (value === null ? undefined : handedIn.get(value)) ?? readCloudEvent(value, incoming.source.headers);
  read.set(incoming, event);
  return event;
}

type Kind = 'letter' | 'held' | 'refused';

/** What makes two messages the same: the bytes and what the headers say that they are, for one sleeve. */
function sameness(ledgerId: string, kind: Kind, { source, sha256 }: Incoming): readonly string[] {
  const { key, topic, headers } = source;
  const said = ['content-type', 'ce_specversion', 'ce_type'].map((name) => headers[name] ?? '');
  return [ledgerId, kind, key === null ? `topic ${topic}` : `sleeve ${key}`, sha256, ...said];
}

/**
 * The id under which release 0.1.0 recorded a message: whoever has the ledger and guesses the message can confirm it by the id, so that no
 * new one is derived so. Letters of that release are known by it.
 */
export function idOf010({ ports, ledger }: Session, kind: Kind, incoming: Incoming): string {
  return derivedUuid(ports.ids.uuidV5, sameness(ledger.ledgerId, kind, incoming));
}

/** By what the file of keys knows the message when it comes again, and which id it is given when it does not: one of its place. */
export function keyRequest({ ports, ledger }: Session, kind: Kind, incoming: Incoming): LetterKeyRequest {
  return {
    recognisedBy: ports.crypto.sha256(new TextEncoder().encode(JSON.stringify(sameness(ledger.ledgerId, kind, incoming)))),
    place: incoming.arrival,
    idOf: (number) => derivedUuid(ports.ids.uuidV5, [ledger.ledgerId, kind, incoming.arrival, number]),
  };
}

/** The id under which a message was recorded or is about to be; null when it never came, or is not known any more. */
export async function knownId(session: Session, kind: Kind, incoming: Incoming, has: (id: string) => boolean): Promise<string | null> {
  const before = idOf010(session, kind, incoming);
  if (has(before)) return before;
  return (await session.ports.letterKeys.recognised(keyRequest(session, kind, incoming).recognisedBy))?.keyId ?? null;
}
