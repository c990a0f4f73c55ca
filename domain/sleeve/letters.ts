import { LedgerError } from '../shared/errors.ts';
import { GrowingMap } from '../shared/growing-map.ts';
import type { DeadLetterResolved, SleeveRunRejected } from './intake-events.ts';
import { draftLetter, type LetterDraft, type LetterEvent } from './letter-slice.ts';

/** The dead letters of one stream. */
export interface Letters {
  /** Every letter ever written, by its id. */
  readonly all: GrowingMap<SleeveRunRejected>;
  readonly resolved: GrowingMap<DeadLetterResolved>;
  /** Not resolved yet, in ledger order. */
  readonly open: readonly SleeveRunRejected[];
}

export const noLetters: Letters = { all: GrowingMap.empty(), resolved: GrowingMap.empty(), open: [] };

export function evolveLetters(letters: Letters, event: LetterEvent): Letters {
  if (event.type === 'SleeveRunRejected') {
    return { ...letters, all: letters.all.with(event.data.letterId, event.data), open: [...letters.open, event.data] };
  }
  const { letterId } = event.data;
  return { ...letters, resolved: letters.resolved.with(letterId, event.data), open: letters.open.filter((letter) => letter.letterId !== letterId) };
}

/** The same message again is the same letter, also after it was resolved. */
export function rejectOnce(letters: Letters, letter: SleeveRunRejected): readonly LetterDraft[] {
  return letters.all.has(letter.letterId) ? [] : [draftLetter('SleeveRunRejected', letter)];
}

/** Errors: LetterUnknown. */
export function resolveOnce(letters: Letters, resolution: DeadLetterResolved): readonly LetterDraft[] {
  const { letterId } = resolution;
  if (!letters.all.has(letterId)) throw new LedgerError('LetterUnknown', `no dead letter ${letterId} is recorded`, { at: { path: letterId } });
  return letters.resolved.has(letterId) ? [] : [draftLetter('DeadLetterResolved', resolution)];
}
