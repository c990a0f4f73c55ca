import type { AllocationPublished } from '../../domain/publication/events.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { factsOfType } from '../../domain/shared/facts.ts';
import type { EventStore, Ports, StoredEvent } from '../ports/ports.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';
import { eventsUntil } from '../read-models/views.ts';

export interface PublicationsQuestion {
  readonly meta: string;
  /** Market time: publications that speak of later dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

export interface Publication extends AllocationPublished {
  readonly recordedAt: string;
  readonly eventId: string;
}

async function recorded(store: EventStore, stream: string, knownAt: string | null): Promise<readonly StoredEvent[]> {
  if (knownAt === null) return readWholeStream(store, stream);
  const known: StoredEvent[] = [];
  for await (const event of eventsUntil(store, knownAt, ['AllocationPublished'])) if (event.stream === stream) known.push(event);
  return known;
}

/** Every publication of a portfolio, by its number. */
export async function listPublications(
  { store }: Pick<Ports, 'store'>,
  { meta, asOf, knownAt }: PublicationsQuestion,
): Promise<readonly Publication[]> {
  const events = toDomainEvents(await recorded(store, metaPortfolioStream.name(meta), knownAt));
  const published = factsOfType(events, 'AllocationPublished').filter(({ data }) => asOf === null || data.asOf <= asOf);
  return published.map(({ data, envelope }) => ({ ...data, recordedAt: envelope.recordedAt, eventId: envelope.id }));
}
