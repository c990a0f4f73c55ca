/** Dead letters of a stream: which are open, in ledger order, and behind which results wait. */
import { describe, expect, test } from '@jest/globals';
import {
  emptyLetters,
  eraseOnce,
  evolveLetters,
  firstOpenLetter,
  isOpen,
  type Letters,
  openCount,
  openLetters,
  refuseTogetherOnce,
  rejectOnce,
  requireLetter,
  resolveOnce,
} from '../../../domain/sleeve/letters.ts';
import type { LetterEvent } from '../../../domain/sleeve/letter-slice.ts';
import { sleeveFacts } from '../../support/portfolio-events.ts';
import { refusalOf } from '../../support/refusal.ts';

const { rejected, resolved, erased, refusedTogether } = sleeveFacts;
const idOf = (number: number): string => `c56a4180-65aa-42ec-a945-5fd21dec000${number}`;
const written = (number: number): LetterEvent => ({ type: 'SleeveRunRejected', data: { ...rejected('etfs'), letterId: idOf(number) } });
const together = (number: number): LetterEvent => ({
  type: 'MessagesRefused',
  data: { ...refusedTogether('etfs'), letterId: idOf(number) },
});
const closed = (number: number): LetterEvent => ({ type: 'DeadLetterResolved', data: { ...resolved('etfs'), letterId: idOf(number) } });
const burnt = (number: number): LetterEvent => ({ type: 'DeadLetterErased', data: { ...erased('etfs'), letterId: idOf(number) } });
const after = (...events: readonly LetterEvent[]): Letters => events.reduce(evolveLetters, emptyLetters);
const stand = (letters: Letters) => [openCount(letters), firstOpenLetter(letters), [...openLetters(letters)]];

describe('letters', () => {
  test('are none at first', () => {
    expect(stand(emptyLetters)).toEqual([0, null, []]);
    expect(isOpen(emptyLetters, idOf(1))).toBe(false);
  });

  test('are open from when they are written, one by one or together, until they are resolved in any order', () => {
    const three = after(written(1), together(2), written(3));
    expect(stand(three)).toEqual([3, idOf(1), [idOf(1), idOf(2), idOf(3)]]);
    const second = evolveLetters(three, closed(2));
    expect(stand(second)).toEqual([2, idOf(1), [idOf(1), idOf(3)]]);
    expect([1, 2, 3].map((number) => isOpen(second, idOf(number)))).toEqual([true, false, true]);
    const first = evolveLetters(second, closed(1));
    expect(stand(first)).toEqual([1, idOf(3), [idOf(3)]]);
    expect(stand(evolveLetters(first, closed(3)))).toEqual([0, null, []]);
    expect(stand(evolveLetters(evolveLetters(first, closed(3)), written(4)))).toEqual([1, idOf(4), [idOf(4)]]);
  });

  test('stay open where their key is destroyed, and one that is not theirs resolves nothing', () => {
    const letters = after(written(1), burnt(1), closed(9));
    expect(stand(letters)).toEqual([1, idOf(1), [idOf(1)]]);
    expect(isOpen(letters, idOf(9))).toBe(false);
  });
});

const of = (number: number) => ({ letterId: idOf(number) });

describe('each is told once', () => {
  const letters = after(written(1), written(2), closed(2), burnt(1));

  test('and refused once, alone or together', () => {
    const letter = { ...rejected('etfs'), ...of(3) };
    expect(rejectOnce(letters, letter)).toEqual([{ type: 'SleeveRunRejected', schemaVersion: 2, data: letter }]);
    expect(rejectOnce(letters, { ...letter, ...of(2) })).toEqual([]);
    const refused = { ...refusedTogether('etfs'), ...of(3) };
    expect(refuseTogetherOnce(letters, refused)).toEqual([{ type: 'MessagesRefused', schemaVersion: 1, data: refused }]);
    expect(refuseTogetherOnce(letters, { ...refused, ...of(1) })).toEqual([]);
  });

  test('and resolved and erased once', () => {
    const resolution = { ...resolved('etfs'), ...of(1) };
    expect(resolveOnce(letters, resolution)).toEqual([{ type: 'DeadLetterResolved', schemaVersion: 1, data: resolution }]);
    expect(resolveOnce(letters, { ...resolution, ...of(2) })).toEqual([]);
    const erasure = { ...erased('etfs'), ...of(2) };
    expect(eraseOnce(letters, erasure)).toEqual([{ type: 'DeadLetterErased', schemaVersion: 1, data: erasure }]);
    expect(eraseOnce(letters, { ...erasure, ...of(1) })).toEqual([]);
  });

  test('but not one that is unknown', () => {
    requireLetter(letters, idOf(1));
    for (const act of [
      () => requireLetter(letters, idOf(9)),
      () => resolveOnce(letters, { ...resolved('etfs'), ...of(9) }),
      () => eraseOnce(letters, { ...erased('etfs'), ...of(9) }),
    ]) {
      const { code, message, at } = refusalOf(act);
      expect([code, message, at]).toEqual(['LetterUnknown', `no dead letter ${idOf(9)} is recorded`, { path: idOf(9) }]);
    }
  });
});
