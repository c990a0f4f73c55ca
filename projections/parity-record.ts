import type { DomainEvent } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import { type Projection, type Row, runIdOf } from './projection.ts';

function apply(event: DomainEvent): readonly Row[] {
  switch (event.type) {
    case 'ParityAccepted':
    case 'ParityRejected':
    case 'ParityWaived':
      return [{ key: `parity/${runIdOf(event.envelope.stream)}`, value: { decision: event.type, ...event.data } as unknown as JsonObject }];
    case 'ParityWaiverGranted':
      return [{ key: `waiver/${event.data.meta}/${event.data.waiverId}`, value: { ...event.data, recordedAt: event.envelope.recordedAt } }];
    case 'ParityWaiverRevoked':
      return [{ key: `waiver/${event.data.meta}/${event.data.waiverId}`, value: null }];
    default:
      return [];
  }
}

/** What was decided about the comparability of sleeves, and which waivers stand. */
export const parityRecord: Projection = {
  name: 'parity-record',
  version: 1,
  types: ['ParityAccepted', 'ParityRejected', 'ParityWaived', 'ParityWaiverGranted', 'ParityWaiverRevoked'],
  keysFor: () => [],
  apply,
};
