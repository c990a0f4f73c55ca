import { domainEvent } from '../../domain/catalogue.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { decodeEnvelope } from '../../domain/shared/envelope.ts';
import { allProjections } from '../../projections/all.ts';
import type { Projection } from '../../projections/projection.ts';
import type { Ports } from '../ports.ts';
import { eventsUntil, FoldedRows } from '../views.ts';
import type { Fault } from './fault.ts';

/** The stored rows of a projection against a fresh fold of the events up to its checkpoint. */
async function faultsOf(ports: Ports, projection: Projection): Promise<Fault[]> {
  const checkpoint = await ports.readModels.checkpoint(projection.name);
  if (checkpoint === null || checkpoint.projectionVersion !== projection.version) return [];
  const fresh = new FoldedRows();
  for await (const stored of eventsUntil(ports.store, checkpoint.position, projection.types)) {
    fresh.apply(projection, domainEvent(decodeEnvelope(stored.bytes), stored.position));
  }
  const faults: Fault[] = [];
  const fault = (key: string, expected: string, actual: string): void => {
    faults.push({ kind: 'read_model_differs', stream: `${projection.name}:${key}`, revision: null, position: checkpoint.position, expected, actual });
  };
  const seen = new Set<string>();
  for (const { key, value } of await ports.readModels.rows(projection.name, '')) {
    seen.add(key);
    const expected = fresh.rows.get(key);
    if (expected === undefined) fault(key, 'no row', canonicalJson(value));
    else if (canonicalJson(expected) !== canonicalJson(value)) fault(key, canonicalJson(expected), canonicalJson(value));
  }
  for (const [key, value] of fresh.rows) if (!seen.has(key)) fault(key, canonicalJson(value), 'no row');
  return faults;
}

export async function readModelFaults(ports: Ports): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const projection of allProjections) faults.push(...(await faultsOf(ports, projection)));
  return faults;
}
