import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { deadLetters, type LetterRow, type WaitingRow } from '../../projections/dead-letters.ts';
import type { Ports } from '../ports.ts';
import { viewOf } from '../views.ts';

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
  return byCodeUnits(left.recordedAt, right.recordedAt) || left.partition - right.partition || Number(left.offset) - Number(right.offset) || byCodeUnits(left.letterId, right.letterId);
}

/** Dead letters, now or as they were known. */
export async function listDeadLetters(ports: Ports, { sleeve, resolved, knownAt }: DeadLetterQuestion): Promise<DeadLetterList> {
  const view = await viewOf(ports, deadLetters, knownAt);
  const all = await view.rows<LetterRow>('letter/');
  const waiting = (await view.rows<WaitingRow>('waiting/')).filter((row) => row.waiting > 0 && (sleeve === null || row.sleeve === sleeve));
  const letters = all.filter((letter) => (sleeve === null || letter.sleeve === sleeve) && (resolved || letter.resolved === null));
  return { letters: letters.toSorted(older), waiting, position: view.position };
}

/** A letter by its id. Errors: LetterUnknown. */
export async function letterRow(ports: Ports, letterId: string): Promise<LetterRow> {
  const row = await (await viewOf(ports, deadLetters, null)).row<LetterRow>(`letter/${letterId}`);
  if (row === null) throw new LedgerError('LetterUnknown', `no dead letter ${letterId} is recorded`, { at: { path: letterId } });
  return row;
}
