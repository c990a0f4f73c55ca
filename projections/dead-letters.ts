import type { DomainEvent } from '../domain/catalogue.ts';
import type {
  DeadLetterErased,
  DeadLetterResolved,
  MessagesRefused,
  SealedText,
  SleeveRunRejected,
} from '../domain/sleeve/intake-events.ts';
import { idSetKeys, withId, withoutId } from './id-set.ts';
import { type Projection, type Row, type Rows, sortable } from './projection.ts';

/** `letter/<letterId>`: a refused message and what became of it. Which letters are open is a set of ids, `open/...`. */
export interface LetterRow {
  readonly letterId: string;
  /** Its place among all letters, in ledger order, from 0. */
  readonly number: number;
  readonly sleeve: string | null;
  /** How many messages it stands for. */
  readonly messages: number;
  /** Of most of them. */
  readonly code: string;
  /** Null where it is sealed with the message. */
  readonly reason: string | null;
  readonly path: string | null;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly bytes: number;
  /** Null where the message is sealed. */
  readonly sha256: string | null;
  readonly sealed: SealedText | null;
  /** Whether the whole message is kept, so that it can be retried. */
  readonly kept: boolean;
  readonly recordedAt: string;
  /** Null while the letter can be read. */
  readonly erased: { readonly who: string; readonly why: string; readonly at: string } | null;
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
  readonly open: number;
}

/** `blocking/<sleeve>`: how many letters of a sleeve are open; no row where none is. Letters of no sleeve block nobody. */
export interface BlockingRow {
  readonly sleeve: string;
  readonly open: number;
}

/** `number/<number>`: which letter it is, in ledger order. */
export interface NumberedLetterRow {
  readonly letterId: string;
}

export const letterKey = (letterId: string): string => `letter/${letterId}`;
export const blockingKey = (sleeve: string): string => `blocking/${sleeve}`;
export const letterNumberKey = (number: number): string => `number/${sortable(number)}`;
/** The set of the letters that are open. */
export const openLetters = 'open';

function letterRow(
  { letterId, sleeve, code, reason, path, source, payload }: SleeveRunRejected,
  number: number,
  recordedAt: string,
): LetterRow {
  const { topic, partition, offset } = source;
  return {
    letterId,
    number,
    sleeve,
    messages: 1,
    code,
    reason,
    path,
    topic,
    partition,
    offset,
    bytes: payload.bytes,
    sha256: payload.sha256,
    sealed: payload.sealed,
    kept: payload.whole,
    recordedAt,
    erased: null,
    resolved: null,
  };
}

function rowOfMany({ letterId, sleeve, count, reasons, first, payload }: MessagesRefused, number: number, recordedAt: string): LetterRow {
  const commonest = reasons.toSorted((left, right) => right.count - left.count)[0]!;
  return {
    letterId,
    number,
    sleeve,
    messages: count,
    code: commonest.code,
    reason: null,
    path: null,
    ...first,
    bytes: payload.bytes,
    sha256: null,
    sealed: payload.sealed,
    kept: payload.whole,
    recordedAt,
    erased: null,
    resolved: null,
  };
}

function counts(rows: Rows): LetterCountRow {
  return (rows('count') as LetterCountRow | null) ?? { letters: 0, open: 0 };
}

function blockingRow(sleeve: string | null, change: number, rows: Rows): Row[] {
  if (sleeve === null) return [];
  const key = blockingKey(sleeve);
  const open = ((rows(key) as BlockingRow | null)?.open ?? 0) + change;
  return [{ key, value: open === 0 ? null : { sleeve, open } }];
}

/** Two topics may have letters of one id, as it derives from the message: the newer takes the place of the other. */
function rejected(letter: SleeveRunRejected | MessagesRefused, recordedAt: string, rows: Rows): Row[] {
  const { letterId, sleeve } = letter;
  const before = rows(letterKey(letterId)) as LetterRow | null;
  const { letters, open } = counts(rows);
  const number = before?.number ?? letters;
  const comes = before !== null && before.resolved === null ? 0 : 1;
  return [
    {
      key: letterKey(letterId),
      value: { ...('reasons' in letter ? rowOfMany(letter, number, recordedAt) : letterRow(letter, number, recordedAt)) },
    },
    { key: 'count', value: { letters: Math.max(letters, number + 1), open: open + comes } },
    { key: letterNumberKey(number), value: { letterId } },
    ...blockingRow(sleeve, comes, rows),
    ...withId(openLetters, letterId, rows),
  ];
}

function resolved({ letterId, sleeve, how, runId, who, why }: DeadLetterResolved, at: string, rows: Rows): Row[] {
  const letter = rows(letterKey(letterId)) as LetterRow | null;
  const { letters, open } = counts(rows);
  const goes = letter === null || letter.resolved !== null ? 0 : 1;
  return [
    { key: letterKey(letterId), value: { ...letter, resolved: { how, runId, who, why, at } } },
    { key: 'count', value: { letters, open: open - goes } },
    ...blockingRow(sleeve, -goes, rows),
    ...withoutId(openLetters, letterId, rows),
  ];
}

function waitingRow(sleeve: string, change: number, rows: Rows): Row {
  const key = `waiting/${sleeve}`;
  const before = rows(key) as WaitingRow | null;
  const waiting = (before?.waiting ?? 0) + change;
  return { key, value: waiting === 0 ? null : { sleeve, waiting } };
}

function erased({ letterId, who, why }: DeadLetterErased, at: string, rows: Rows): Row[] {
  return [{ key: letterKey(letterId), value: { ...rows(letterKey(letterId)), kept: false, erased: { who, why, at } } }];
}

function apply(event: DomainEvent, rows: Rows): readonly Row[] {
  const { recordedAt } = event.envelope;
  switch (event.type) {
    case 'SleeveRunRejected':
    case 'MessagesRefused':
      return rejected(event.data, recordedAt, rows);
    case 'DeadLetterResolved':
      return resolved(event.data, recordedAt, rows);
    case 'DeadLetterErased':
      return erased(event.data, recordedAt, rows);
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
    case 'MessagesRefused':
    case 'DeadLetterResolved': {
      const blocking = data.sleeve === null ? [] : [blockingKey(data.sleeve)];
      return ['count', letterKey(data.letterId), ...blocking, ...idSetKeys(openLetters, data.letterId)];
    }
    case 'DeadLetterErased':
      return [letterKey(data.letterId)];
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
  version: 4,
  types: ['SleeveRunRejected', 'MessagesRefused', 'DeadLetterResolved', 'DeadLetterErased', 'SleeveResultHeld', 'SleeveResultReleased'],
  keysFor,
  apply,
};
