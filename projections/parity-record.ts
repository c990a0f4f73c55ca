import type { DomainEvent } from '../domain/catalogue.ts';
import type { ParityWaiverGranted } from '../domain/run/granted-waiver.ts';
import type { Projection, Row } from './projection.ts';

/** `waiver/<meta>/<waiverId>`: a waiver that stands. */
export interface WaiverRow extends ParityWaiverGranted {
  readonly recordedAt: string;
}

export const waiverPrefix = (meta: string): string => `waiver/${meta}/`;

function apply(event: DomainEvent): readonly Row[] {
  switch (event.type) {
    case 'ParityWaiverGranted':
      return [
        { key: `${waiverPrefix(event.data.meta)}${event.data.waiverId}`, value: { ...event.data, recordedAt: event.envelope.recordedAt } },
      ];
    case 'ParityWaiverRevoked':
      return [{ key: `${waiverPrefix(event.data.meta)}${event.data.waiverId}`, value: null }];
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
