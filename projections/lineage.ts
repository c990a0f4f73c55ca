import type { DomainEvent } from '../domain/catalogue.ts';
import { type Projection, type Row, runIdOf } from './projection.ts';

function apply(event: DomainEvent): readonly Row[] {
  if (event.type !== 'MetaRunOpened') return [];
  const metaRunId = runIdOf(event.envelope.stream);
  return event.data.consumed.map((run) => ({
    key: `used-by/${run.runId}/${metaRunId}/${run.path.join('/')}`,
    value: { metaRunId, meta: event.data.meta, sleeveRunId: run.runId, path: run.path, asOf: event.data.asOf },
  }));
}

/** Which meta runs rest on a sleeve run. */
export const lineage: Projection = { name: 'lineage', version: 1, types: ['MetaRunOpened'], keysFor: () => [], apply };
