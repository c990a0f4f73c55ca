import type { DomainEvent } from '../domain/catalogue.ts';
import type { DeadLetterResolved, SleeveRunRejected } from '../domain/sleeve/intake-events.ts';
import { idSetKeys, withId, withoutId } from './id-set.ts';
import { type Projection, type Row, type Rows, sortable } from './projection.ts';

/** `letter/<letterId>`: a refused message and what became of it. Which letters are open is a set of ids, `open/...`. */
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

/** `count` */
export interface LetterCountRow {
  readonly letters: number;
}

/** `number/<number>`: which letter it is, in ledger order. */
export interface NumberedLetterRow {
  readonly letterId: string;
}

export const letterKey = (letterId: string): string => `letter/${letterId}`;
export const letterNumberKey = (number: number): string => `number/${sortable(number)}`;
/** The set of the letters that are open. */
export const openLetters = 'open';

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

/** Two topics may have letters of one id, as it derives from the message. */
function numbered(letterId: string, rows: Rows): Row[] {
  if (rows(letterKey(letterId)) !== null) return [];
  const number = (rows('count') as LetterCountRow | null)?.letters ?? 0;
  return [
    { key: 'count', value: { letters: number + 1 } },
    { key: letterNumberKey(number), value: { letterId } },
  ];
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
      return [
        { key: letterKey(event.data.letterId), value: { ...letterRow(event.data, recordedAt) } },
        ...numbered(event.data.letterId, rows),
        ...withId(openLetters, event.data.letterId, rows),
      ];
    case 'DeadLetterResolved': {
      const { letterId, how, runId, who, why } = event.data;
      const letter = rows(letterKey(letterId));
      return [
        { key: letterKey(letterId), value: { ...letter, resolved: { how, runId, who, why, at: recordedAt } } },
        ...withoutId(openLetters, letterId, rows),
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
    case 'SleeveRunRejected':
      return ['count', letterKey(data.letterId), ...idSetKeys(openLetters, data.letterId)];
    case 'DeadLetterResolved':
      return [letterKey(data.letterId), ...idSetKeys(openLetters, data.letterId)];
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
  version: 3,
  types: ['SleeveRunRejected', 'DeadLetterResolved', 'SleeveResultHeld', 'SleeveResultReleased'],
  keysFor,
  apply,
};
