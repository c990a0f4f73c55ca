import type { DomainEvent } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import type { SleeveRunAccepted } from '../domain/run/accepted-run.ts';
import { type CountingRun, countingAfter, dateRow } from './counting-runs.ts';
import type { Projection, Row, Rows } from './projection.ts';

/** `state/<sleeve>`: how many runs, the one that counts, and whether the sleeve is in use. */
export interface SleeveStateRow {
  readonly sleeve: string;
  readonly runs: number;
  readonly current: CountingRun | null;
  readonly quarantinedWhy: string | null;
}

/** `run/<sleeve>/<runId>`: an accepted run. */
export interface SleeveRunRow extends SleeveRunAccepted {
  readonly recordedAt: string;
}

export const sleeveRunKey = (sleeve: string, runId: string): string => `run/${sleeve}/${runId}`;

function sleeveOf(event: DomainEvent): string {
  return (event.data as { sleeve: string }).sleeve;
}

function apply(event: DomainEvent, rows: Rows): readonly Row[] {
  const sleeve = sleeveOf(event);
  const key = `state/${sleeve}`;
  const before: SleeveStateRow = (rows(key) as SleeveStateRow | null) ?? { sleeve, runs: 0, current: null, quarantinedWhy: null };
  switch (event.type) {
    case 'SleeveRunAccepted': {
      const run: SleeveRunRow = { ...event.data, recordedAt: event.envelope.recordedAt };
      return [
        { key, value: { ...before, runs: before.runs + 1, current: { ...countingAfter(before.current, run) } } },
        { key: sleeveRunKey(sleeve, run.runId), value: { ...run } },
        dateRow(sleeve, before.runs, run),
      ];
    }
    case 'SleeveQuarantined':
      return [{ key, value: { ...before, quarantinedWhy: event.data.why } as unknown as JsonObject }];
    case 'SleeveReinstated':
      return [{ key, value: { ...before, quarantinedWhy: null } as unknown as JsonObject }];
    default:
      return [];
  }
}

/** Which runs each sleeve has, which of them counts, and which sleeves are out of use. */
export const sleeveDirectory: Projection = {
  name: 'sleeve-directory',
  version: 2,
  types: ['SleeveRunAccepted', 'SleeveQuarantined', 'SleeveReinstated'],
  keysFor: (event) => [`state/${sleeveOf(event)}`],
  apply,
};
