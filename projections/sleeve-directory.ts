import type { DomainEvent } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import { type CountingRun, countingAfter } from './counting-runs.ts';
import type { Projection, Row, Rows } from './projection.ts';

/** `state/<sleeve>`: how many runs, the one that counts, and whether the sleeve is in use. */
export interface SleeveStateRow {
  readonly sleeve: string;
  readonly runs: number;
  readonly current: CountingRun | null;
  readonly quarantinedWhy: string | null;
}

function sleeveOf(event: DomainEvent): string {
  return (event.data as { sleeve: string }).sleeve;
}

function apply(event: DomainEvent, rows: Rows): readonly Row[] {
  const sleeve = sleeveOf(event);
  const key = `state/${sleeve}`;
  const before: SleeveStateRow = (rows(key) as SleeveStateRow | null) ?? { sleeve, runs: 0, current: null, quarantinedWhy: null };
  switch (event.type) {
    case 'SleeveRunAccepted':
      return [{ key, value: { ...before, runs: before.runs + 1, current: { ...countingAfter(before.current, event.data) } } }];
    case 'SleeveQuarantined':
      return [{ key, value: { ...before, quarantinedWhy: event.data.why } as unknown as JsonObject }];
    case 'SleeveReinstated':
      return [{ key, value: { ...before, quarantinedWhy: null } as unknown as JsonObject }];
    default:
      return [];
  }
}

/** How many runs each sleeve has, which of them counts, and which sleeves are out of use. Runs by date are asked of the sleeve's stream. */
export const sleeveDirectory: Projection = {
  name: 'sleeve-directory',
  version: 3,
  types: ['SleeveRunAccepted', 'SleeveQuarantined', 'SleeveReinstated'],
  keysFor: (event) => [`state/${sleeveOf(event)}`],
  apply,
};
