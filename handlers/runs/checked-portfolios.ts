import type { MetaPortfolioDefined } from '../../domain/publication/events.ts';
import { dataOf } from '../../domain/shared/facts.ts';
import type { EventStore } from '../ports/ports.ts';
import { eventsUntil } from '../read-models/views.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';

/**
 * The definitions in force that ask for a second person, of all portfolios; from the events, because rows can be edited and this decides
 * what may be recorded.
 */
export async function checkedPortfolios(store: EventStore): Promise<readonly MetaPortfolioDefined[]> {
  const inForce = new Map<string, MetaPortfolioDefined>();
  for await (const stored of eventsUntil(store, null, ['MetaPortfolioDefined'])) {
    for (const definition of dataOf(toDomainEvents([stored]), 'MetaPortfolioDefined')) inForce.set(definition.meta, definition);
  }
  return [...inForce.values()].filter(({ policy }) => policy.maker_checker);
}

export function consumes({ sleeves }: MetaPortfolioDefined, sleeve: string): boolean {
  return sleeves.some((one) => one.sleeve === sleeve);
}
