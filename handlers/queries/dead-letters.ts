import { byCodeUnits } from '../../domain/shared/order.ts';
import {
  deadLetters,
  type LetterCountRow,
  letterKey,
  letterNumberKey,
  type LetterRow,
  type NumberedLetterRow,
  openLetters,
  type WaitingRow,
} from '../../projections/dead-letters.ts';
import { idsOf, type IdsRow } from '../../projections/id-set.ts';
import type { Ports } from '../ports/ports.ts';
import { type View, viewOf } from '../read-models/views.ts';

export interface DeadLetterList {
  /** In the order in which they were written. */
  readonly letters: readonly LetterRow[];
  /** Results that wait, by sleeve. */
  readonly waiting: readonly WaitingRow[];
  readonly position: string | null;
}

export interface DeadLetterQuestion {
  readonly sleeve: string | null;
  /** Also those that were resolved. */
  readonly resolved: boolean;
  readonly knownAt: string | null;
}

function older(left: LetterRow, right: LetterRow): number {
  return (
    byCodeUnits(left.recordedAt, right.recordedAt) ||
    left.partition - right.partition ||
    Number(left.offset) - Number(right.offset) ||
    byCodeUnits(left.letterId, right.letterId)
  );
}

/** Every letter, in ledger order. Of those that were written later only the numbers are known: they end the range. */
async function* everyId(view: View): AsyncGenerator<string> {
  const count = (await view.row<LetterCountRow>('count'))?.letters ?? 0;
  if (count === 0) return;
  for await (const { letterId } of view.each<NumberedLetterRow>({ prefix: 'number/', to: letterNumberKey(count - 1) })) yield letterId;
}

/** Dead letters, now or as they were known. */
export async function listDeadLetters(ports: Ports, { sleeve, resolved, knownAt }: DeadLetterQuestion): Promise<DeadLetterList> {
  const view = await viewOf(ports, deadLetters, knownAt);
  const concerned = (of: string | null): boolean => sleeve === null || of === sleeve;
  const letters: LetterRow[] = [];
  for await (const letterId of resolved ? everyId(view) : idsOf((key) => view.row<IdsRow>(key), openLetters)) {
    const letter = await view.row<LetterRow>(letterKey(letterId));
    if (letter !== null && concerned(letter.sleeve)) letters.push(letter);
  }
  const waiting = (await view.rows<WaitingRow>('waiting/')).filter((row) => concerned(row.sleeve));
  return { letters: letters.toSorted(older), waiting, position: view.position };
}

/** A letter by its id, as the rows have it; null where they do not. */
export async function letterRow(ports: Ports, letterId: string): Promise<LetterRow | null> {
  return (await viewOf(ports, deadLetters, null)).row<LetterRow>(letterKey(letterId));
}
