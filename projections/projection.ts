import type { DomainEvent, EventType } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import { backtestStream } from '../domain/backtest-run/stream.ts';
import { combinationStream } from '../domain/combination/stream.ts';
import { metaRunStream } from '../domain/meta-run/stream.ts';
import { sleeveRunStream } from '../domain/sleeve-run/stream.ts';
import { tournamentStream } from '../domain/tournament-run/stream.ts';
import { invariant } from '../domain/shared/errors.ts';
import type { Sha256 } from '../domain/shared/hashing.ts';

/** A row to write; null deletes it. */
export interface Row {
  readonly key: string;
  readonly value: JsonObject | null;
}

/** The rows that a fold has asked for. */
export type Rows = (key: string) => JsonObject | null;

/**
 * A pure fold of domain events into keyed rows. `keysFor` names the rows that the fold reads for an event, so that a store can
 * fetch them first; `apply` answers with the rows that change. Raise `version` when either changes: rows are kept by name and version, so
 * that two builds on one file do not disturb each other.
 */
export interface Projection {
  readonly name: string;
  readonly version: number;
  readonly types: readonly EventType[];
  readonly keysFor: (event: DomainEvent) => readonly string[];
  readonly apply: (event: DomainEvent, rows: Rows) => readonly Row[];
}

/** An event as the Merkle tree sees it, whatever its type: nothing of it is parsed. */
export interface Leaf {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  readonly recordedAt: string;
  /** SHA-256 of the stored bytes, hexadecimal. */
  readonly hash: string;
}

/**
 * A pure fold of the leaves in global order: of every event, also of types that this build does not know. Nobody asks for its rows as they
 * were.
 */
export interface LeafProjection {
  readonly kind: 'leaves';
  readonly name: string;
  readonly version: number;
  readonly keysFor: (leaf: Leaf) => readonly string[];
  readonly apply: (leaf: Leaf, rows: Rows, sha256: Sha256) => readonly Row[];
}

/** A number that sorts as text. */
export function sortable(value: number): string {
  return String(value).padStart(12, '0');
}

/** The run that a stream belongs to. */
export function runIdOf(stream: string): string {
  const runId =
    sleeveRunStream.idOf(stream) ??
    metaRunStream.idOf(stream) ??
    backtestStream.idOf(stream) ??
    combinationStream.idOf(stream) ??
    tournamentStream.idOf(stream);
  invariant(runId !== null, 'a stream that belongs to no run', { stream });
  return runId;
}
