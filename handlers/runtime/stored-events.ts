import { domainEvent, type DomainEvent } from '../../domain/catalogue.ts';
import { decodeEnvelope, emptyTail, type StreamTail } from '../../domain/shared/envelope.ts';
import type { StoredEvent } from '../ports/ports.ts';

/** Stored events as domain events, for folding. */
export function toDomainEvents(stored: readonly StoredEvent[]): DomainEvent[] {
  return stored.map((event) => domainEvent(decodeEnvelope(event.bytes), event.position));
}

export function tailOf(events: readonly StoredEvent[]): StreamTail {
  const last = events.at(-1);
  return last === undefined ? emptyTail : { revision: Number(last.revision), hash: last.hash, recordedAt: last.recordedAt };
}
