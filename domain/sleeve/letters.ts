import { LedgerError } from '../shared/errors.ts';
import { GrowingMap } from '../shared/growing-map.ts';
import type { DeadLetterResolved, MessageOrigin, SleeveRunRejected } from './intake-events.ts';
import { draftLetter, type LetterDraft, type LetterEvent } from './letter-slice.ts';

/** What is kept of a letter while it is open. The rest is in its event. */
export interface OpenLetter {
  readonly letterId: string;
  readonly topic: string;
  /** Of the message's bytes. */
  readonly sha256: string;
}

/** The dead letters of one stream. */
export interface Letters {
  /** Where the message of every letter ever written came from, by the id of the letter. */
  readonly all: GrowingMap<string>;
  /** The run that a resolved letter became, by the id of the letter; null for none. */
  readonly resolved: GrowingMap<string | null>;
  /** Not resolved yet, in ledger order. */
  readonly open: readonly OpenLetter[];
}

export const emptyLetters: Letters = { all: GrowingMap.empty(), resolved: GrowingMap.empty(), open: [] };

/** The place of a message in its topic. */
export function placeOf({ topic, partition, offset }: MessageOrigin): string {
  return `${topic}/${partition}/${offset}`;
}

export function evolveLetters(letters: Letters, event: LetterEvent): Letters {
  const { letterId } = event.data;
  if (event.type === 'SleeveRunRejected') {
    const { source, payload } = event.data;
    return {
      ...letters,
      all: letters.all.with(letterId, placeOf(source)),
      open: [...letters.open, { letterId, topic: source.topic, sha256: payload.sha256 }],
    };
  }
  return {
    ...letters,
    resolved: letters.resolved.with(letterId, event.data.runId),
    open: letters.open.filter((letter) => letter.letterId !== letterId),
  };
}

/** The same message again is the same letter, also after it was resolved. */
export function rejectOnce(letters: Letters, letter: SleeveRunRejected): readonly LetterDraft[] {
  return letters.all.has(letter.letterId) ? [] : [draftLetter('SleeveRunRejected', letter)];
}

/** Errors: LetterUnknown. */
export function resolveOnce(letters: Letters, resolution: DeadLetterResolved): readonly LetterDraft[] {
  const { letterId } = resolution;
  if (!letters.all.has(letterId))
    throw new LedgerError('LetterUnknown', `no dead letter ${letterId} is recorded`, { at: { path: letterId } });
  return letters.resolved.has(letterId) ? [] : [draftLetter('DeadLetterResolved', resolution)];
}
