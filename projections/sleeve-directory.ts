import type { DomainEvent } from '../domain/catalogue.ts';
import type { SleeveRunAccepted } from '../domain/sleeve/events.ts';
import { type Projection, type Row, type Rows, sortable } from './projection.ts';

/** `state/<sleeve>`: how many runs, and whether the sleeve is in use. */
export interface SleeveStateRow {
  readonly sleeve: string;
  readonly runs: number;
  readonly quarantinedWhy: string | null;
}

/** `run/<sleeve>/<number>`: an accepted run; numbers follow the ledger's order. */
export interface SleeveRunRow extends SleeveRunAccepted {
  readonly recordedAt: string;
}

function sleeveOf(event: DomainEvent): string {
  return (event.data as { sleeve: string }).sleeve;
}

function apply(event: DomainEvent, rows: Rows): readonly Row[] {
  const sleeve = sleeveOf(event);
  const key = `state/${sleeve}`;
  const before = (rows(key) as SleeveStateRow | null) ?? { sleeve, runs: 0, quarantinedWhy: null };
  switch (event.type) {
    case 'SleeveRunAccepted': {
      const run: SleeveRunRow = { ...event.data, recordedAt: event.envelope.recordedAt };
      return [
        { key, value: { ...before, runs: before.runs + 1 } },
        { key: `run/${sleeve}/${sortable(before.runs)}`, value: { ...run } },
      ];
    }
    case 'SleeveQuarantined':
      return [{ key, value: { ...before, quarantinedWhy: event.data.why } }];
    case 'SleeveReinstated':
      return [{ key, value: { ...before, quarantinedWhy: null } }];
    default:
      return [];
  }
}

/** Which runs each sleeve has, in ledger order, and which sleeves are out of use. */
export const sleeveDirectory: Projection = {
  name: 'sleeve-directory',
  version: 1,
  types: ['SleeveRunAccepted', 'SleeveQuarantined', 'SleeveReinstated'],
  keysFor: (event) => [`state/${sleeveOf(event)}`],
  apply,
};
