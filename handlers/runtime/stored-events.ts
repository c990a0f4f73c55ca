import { domainEvent, type DomainEvent } from '../../domain/catalogue.ts';
import { decodeEnvelope, emptyTail, type StreamTail } from '../../domain/shared/envelope.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { StoredEvent } from '../ports/ports.ts';
import { RecentlyDecoded } from './recently-decoded.ts';

/** Every projection reads an event, and a server or a worker reads the newest of a stream again and again. */
const decoded = new RecentlyDecoded<DomainEvent>(limits.decodedEventsBytesMax);

/** A stored event as a domain event. Errors: UnknownEventType, SchemaViolation. */
export function toDomainEvent({ bytes, position }: Pick<StoredEvent, 'bytes' | 'position'>): DomainEvent {
  return decoded.value(position, bytes, () => domainEvent(decodeEnvelope(bytes), position));
}

/** Stored events as domain events, for folding. */
export function toDomainEvents(stored: readonly StoredEvent[]): DomainEvent[] {
  return stored.map(toDomainEvent);
}

export function tailOf(events: readonly StoredEvent[]): StreamTail {
  const last = events.at(-1);
  return last === undefined ? emptyTail : { revision: Number(last.revision), hash: last.hash, recordedAt: last.recordedAt };
}
