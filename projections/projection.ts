import type { DomainEvent, EventType } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import { metaRunStream } from '../domain/meta/run-stream.ts';
import { sleeveRunStream } from '../domain/sleeve/run-stream.ts';
import { invariant } from '../domain/shared/errors.ts';

/** A row to write; null deletes it. */
export interface Row {
  readonly key: string;
  readonly value: JsonObject | null;
}

/** The rows that a fold has asked for. */
export type Rows = (key: string) => JsonObject | null;

/**
 * A pure fold of domain events into keyed rows. `keysFor` names the rows that the fold reads for an event, so that a store can
 * fetch them first; `apply` answers with the rows that change. Raise `version` when either changes: the rows are then rebuilt.
 */
export interface Projection {
  readonly name: string;
  readonly version: number;
  readonly types: readonly EventType[];
  readonly keysFor: (event: DomainEvent) => readonly string[];
  readonly apply: (event: DomainEvent, rows: Rows) => readonly Row[];
}

/** A number that sorts as text. */
export function sortable(value: number): string {
  return String(value).padStart(12, '0');
}

/** The run that a stream tells of. */
export function runIdOf(stream: string): string {
  const runId = sleeveRunStream.idOf(stream) ?? metaRunStream.idOf(stream);
  invariant(runId !== null, 'a stream that tells of no run', { stream });
  return runId;
}
