import { LedgerError } from '../shared/errors.ts';
import { GrowingIds } from '../shared/growing-ids.ts';
import type { DeadLetterErased, DeadLetterResolved, MessagesRefused, SleeveRunRejected } from './intake-events.ts';
import { draftLetter, type LetterDraft, type LetterEvent } from './letter-slice.ts';

/** The dead letters of one stream: ids alone, for there may be as many as somebody cares to send. The rest is in their events. */
export interface Letters {
  /** Every letter ever written, in ledger order. */
  readonly all: GrowingIds;
  /** Those of them that are not open any more. */
  readonly resolved: GrowingIds;
  /** Those whose key was destroyed, open or not. */
  readonly erased: GrowingIds;
  /** Place in `all` of the first open letter; its size where none is. */
  readonly firstOpen: number;
}

export const emptyLetters: Letters = { all: GrowingIds.empty(), resolved: GrowingIds.empty(), erased: GrowingIds.empty(), firstOpen: 0 };

export function openCount({ all, resolved }: Letters): number {
  return all.size - resolved.size;
}

export function isOpen({ all, resolved }: Letters, letterId: string): boolean {
  return all.has(letterId) && !resolved.has(letterId);
}

/** The letter behind which results wait; null where none is open. */
export function firstOpenLetter({ all, firstOpen }: Letters): string | null {
  return firstOpen < all.size ? all.at(firstOpen) : null;
}

/** In ledger order. */
export function* openLetters({ all, resolved, firstOpen }: Letters): Generator<string, void> {
  for (let place = firstOpen; place < all.size; place++) {
    const letterId = all.at(place);
    if (!resolved.has(letterId)) yield letterId;
  }
}

function withResolved(letters: Letters, letterId: string): Letters {
  const resolved = letters.resolved.with(letterId);
  let { firstOpen } = letters;
  while (firstOpen < letters.all.size && resolved.has(letters.all.at(firstOpen))) firstOpen++;
  return { ...letters, resolved, firstOpen };
}

export function evolveLetters(letters: Letters, event: LetterEvent): Letters {
  const { letterId } = event.data;
  if (event.type === 'SleeveRunRejected' || event.type === 'MessagesRefused') return { ...letters, all: letters.all.with(letterId) };
  if (event.type === 'DeadLetterErased') return { ...letters, erased: letters.erased.with(letterId) };
  return letters.all.has(letterId) ? withResolved(letters, letterId) : letters;
}

/** The same message again is the same letter, also after it was resolved. */
export function rejectOnce(letters: Letters, letter: SleeveRunRejected): readonly LetterDraft[] {
  return letters.all.has(letter.letterId) ? [] : [draftLetter('SleeveRunRejected', letter)];
}

export function refuseTogetherOnce(letters: Letters, refused: MessagesRefused): readonly LetterDraft[] {
  return letters.all.has(refused.letterId) ? [] : [draftLetter('MessagesRefused', refused)];
}

/** Errors: LetterUnknown. */
export function requireLetter({ all }: Letters, letterId: string): void {
  if (!all.has(letterId)) throw new LedgerError('LetterUnknown', `no dead letter ${letterId} is recorded`, { at: { path: letterId } });
}

/** Errors: LetterUnknown. */
export function eraseOnce(letters: Letters, erasure: DeadLetterErased): readonly LetterDraft[] {
  requireLetter(letters, erasure.letterId);
  return letters.erased.has(erasure.letterId) ? [] : [draftLetter('DeadLetterErased', erasure)];
}

/** Errors: LetterUnknown. */
export function resolveOnce(letters: Letters, resolution: DeadLetterResolved): readonly LetterDraft[] {
  const { letterId } = resolution;
  requireLetter(letters, letterId);
  return letters.resolved.has(letterId) ? [] : [draftLetter('DeadLetterResolved', resolution)];
}
