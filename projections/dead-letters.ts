import type { DomainEvent } from '../domain/catalogue.ts';
import type { DeadLetterResolved, SleeveRunRejected } from '../domain/sleeve/intake-events.ts';
import type { Projection, Row, Rows } from './projection.ts';

/** `open/<letterId>` until it is resolved, then `resolved/<letterId>`: a refused message and what became of it. */
export interface LetterRow {
  readonly letterId: string;
  readonly sleeve: string | null;
  readonly code: string;
  readonly reason: string;
  readonly path: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Whether the whole message is kept, so that it can be retried. */
  readonly kept: boolean;
  readonly recordedAt: string;
  /** Null while the letter is open. */
  readonly resolved: {
    readonly how: DeadLetterResolved['how'];
    readonly runId: string | null;
    readonly who: string;
    readonly why: string;
    readonly at: string;
  } | null;
}

/** `waiting/<sleeve>`: how many results wait behind the letters of a sleeve; no row where none does. */
export interface WaitingRow {
  readonly sleeve: string;
  readonly waiting: number;
}

export const openKey = (letterId: string): string => `open/${letterId}`;
export const resolvedKey = (letterId: string): string => `resolved/${letterId}`;

function letterRow({ letterId, sleeve, code, reason, path, source, payload }: SleeveRunRejected, recordedAt: string): LetterRow {
  const { topic, partition, offset } = source;
  return {
    letterId,
    sleeve,
    code,
    reason,
    path,
    topic,
    partition,
    offset,
    bytes: payload.bytes,
    sha256: payload.sha256,
    kept: payload.document !== null,
    recordedAt,
    resolved: null,
  };
}

function waitingRow(sleeve: string, change: number, rows: Rows): Row {
  const key = `waiting/${sleeve}`;
  const before = rows(key) as WaitingRow | null;
  const waiting = (before?.waiting ?? 0) + change;
  return { key, value: waiting === 0 ? null : { sleeve, waiting } };
}

function apply(event: DomainEvent, rows: Rows): readonly Row[] {
  const { recordedAt } = event.envelope;
  switch (event.type) {
    case 'SleeveRunRejected':
      return [{ key: openKey(event.data.letterId), value: { ...letterRow(event.data, recordedAt) } }];
    case 'DeadLetterResolved': {
      const { letterId, how, runId, who, why } = event.data;
      const letter = rows(openKey(letterId));
      return [
        { key: openKey(letterId), value: null },
        { key: resolvedKey(letterId), value: { ...letter, resolved: { how, runId, who, why, at: recordedAt } } },
      ];
    }
    case 'SleeveResultHeld':
      return [waitingRow(event.data.sleeve, 1, rows)];
    case 'SleeveResultReleased':
      return [waitingRow(event.data.sleeve, -1, rows)];
    default:
      return [];
  }
}

function keysFor({ type, data }: DomainEvent): readonly string[] {
  switch (type) {
    case 'DeadLetterResolved':
      return [openKey(data.letterId)];
    case 'SleeveResultHeld':
    case 'SleeveResultReleased':
      return [`waiting/${data.sleeve}`];
    default:
      return [];
  }
}

/** Messages that were refused, and what waits behind them. */
export const deadLetters: Projection = {
  name: 'dead-letters',
  version: 2,
  types: ['SleeveRunRejected', 'DeadLetterResolved', 'SleeveResultHeld', 'SleeveResultReleased'],
  keysFor,
  apply,
};
