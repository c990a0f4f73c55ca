import { LedgerError } from '../shared/errors.ts';
import { GrowingMap } from '../shared/growing-map.ts';
import type { DeadLetterResolved, SleeveRunRejected } from './intake-events.ts';

/** The dead letters of one stream. */
export interface Letters {
  /** Every letter ever written, by its id. */
  readonly all: GrowingMap<SleeveRunRejected>;
  readonly resolved: GrowingMap<DeadLetterResolved>;
  /** Not resolved yet, in ledger order. */
  readonly open: readonly SleeveRunRejected[];
}

export type LetterEvent =
  | { readonly type: 'SleeveRunRejected'; readonly data: SleeveRunRejected }
  | { readonly type: 'DeadLetterResolved'; readonly data: DeadLetterResolved };

export const noLetters: Letters = { all: GrowingMap.empty(), resolved: GrowingMap.empty(), open: [] };

export function evolveLetters(letters: Letters, event: LetterEvent): Letters {
  if (event.type === 'SleeveRunRejected') {
    return { ...letters, all: letters.all.with(event.data.letterId, event.data), open: [...letters.open, event.data] };
  }
  const { letterId } = event.data;
  return { ...letters, resolved: letters.resolved.with(letterId, event.data), open: letters.open.filter((letter) => letter.letterId !== letterId) };
}

/** The same message again is the same letter, also after it was resolved. */
export function rejectOnce(letters: Letters, letter: SleeveRunRejected): readonly LetterEvent[] {
  return letters.all.has(letter.letterId) ? [] : [{ type: 'SleeveRunRejected', data: letter }];
}

/** Errors: LetterUnknown. */
export function resolveOnce(letters: Letters, resolution: DeadLetterResolved): readonly LetterEvent[] {
  const { letterId } = resolution;
  if (!letters.all.has(letterId)) throw new LedgerError('LetterUnknown', `no dead letter ${letterId} is recorded`, { at: { path: letterId } });
  return letters.resolved.has(letterId) ? [] : [{ type: 'DeadLetterResolved', data: resolution }];
}
