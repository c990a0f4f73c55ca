import type { DomainEvent } from '../../domain/catalogue.ts';
import { FoldedRows } from '../../handlers/read-models/views.ts';
import type { Projection } from '../../projections/projection.ts';

/** The rows of a projection after some facts, on top of those that are there already; facts that it does not read are passed over. */
export function folded(projection: Projection, facts: readonly DomainEvent[], into = new FoldedRows()): FoldedRows {
  for (const event of facts) if (projection.types.includes(event.type)) into.apply(projection, event);
  return into;
}
