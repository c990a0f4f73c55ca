import type { AllocationPublished } from '../../domain/publication/events.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { factsOfType } from '../../domain/shared/facts.ts';
import type { StoredEvent } from '../ports/ports.ts';
import { positionKnownAt } from '../read-models/last-known.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';

export interface PublicationsQuestion {
  readonly meta: string;
  /** Market time: publications with later dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

export interface Publication extends AllocationPublished {
  readonly recordedAt: string;
  readonly eventId: string;
}

async function recorded(ports: TilePorts, stream: string, knownAt: string | null): Promise<readonly StoredEvent[]> {
  const { store } = ports;
  const events = await readWholeStream(store, stream);
  if (knownAt === null) return events;
  const until = await positionKnownAt(ports, knownAt);
  return until === null ? [] : events.filter(({ position }) => store.comparePositions(position, until) <= 0);
}

/** Every publication of a portfolio, by its number. */
export async function listPublications(ports: TilePorts, { meta, asOf, knownAt }: PublicationsQuestion): Promise<readonly Publication[]> {
  const events = toDomainEvents(await recorded(ports, metaPortfolioStream.name(meta), knownAt));
  const published = factsOfType(events, 'AllocationPublished').filter(({ data }) => asOf === null || data.asOf <= asOf);
  return published.map(({ data, envelope }) => ({ ...data, recordedAt: envelope.recordedAt, eventId: envelope.id }));
}
