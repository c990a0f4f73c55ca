import type { DomainEvent } from '../domain/catalogue.ts';
import type { Projection, Row } from './projection.ts';

function apply(event: DomainEvent): readonly Row[] {
  switch (event.type) {
    case 'ParityWaiverGranted':
      return [{ key: `waiver/${event.data.meta}/${event.data.waiverId}`, value: { ...event.data, recordedAt: event.envelope.recordedAt } }];
    case 'ParityWaiverRevoked':
      return [{ key: `waiver/${event.data.meta}/${event.data.waiverId}`, value: null }];
    default:
      return [];
  }
}

/** Which waivers of parity stand. */
export const parityRecord: Projection = {
  name: 'parity-record',
  version: 2,
  types: ['ParityWaiverGranted', 'ParityWaiverRevoked'],
  keysFor: () => [],
  apply,
};
