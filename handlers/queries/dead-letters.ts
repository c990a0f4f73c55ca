import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import {
  blockingKey,
  type BlockingRow,
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
import { unsealText } from '../intake/sealing.ts';
import type { Ports } from '../ports/ports.ts';
import { type View, viewOf } from '../read-models/views.ts';

/** A letter as a person is shown it: unsealed where its key is here. */
export interface ListedLetter extends LetterRow {
  /** `plain`: recorded for everybody by release 0.1.0. `many`, `long`: not unsealed for a list. */
  readonly text: 'plain' | 'sealed' | 'many' | 'long' | 'erased' | 'key missing' | 'damaged';
}

export interface DeadLetterList {
  /** A page of letters: within it in the order in which they were written. */
  readonly letters: readonly ListedLetter[];
  /** What the next page is asked for by; null on the last one. */
  readonly next: string | null;
  /** Open letters in all, on whatever page. */
  readonly open: number;
  /** Results that wait, by sleeve. */
  readonly waiting: readonly WaitingRow[];
  readonly position: string | null;
}

export interface DeadLetterQuestion {
  readonly sleeve: string | null;
  /** Also those that were resolved. */
  readonly resolved: boolean;
  readonly knownAt: string | null;
  /** The page behind this letter, as an answer names it; null for the first. */
  readonly after: string | null;
  /** Letters on a page. */
  readonly maxCount: number;
}

/** A page that a person reads to the end; whoever wants more asks for more. */
export const lettersPerPage = 500;

function older(left: LetterRow, right: LetterRow): number {
  return (
    byCodeUnits(left.recordedAt, right.recordedAt) ||
    left.partition - right.partition ||
    Number(left.offset) - Number(right.offset) ||
    byCodeUnits(left.letterId, right.letterId)
  );
}

async function listed(ports: Ports, row: LetterRow): Promise<ListedLetter> {
  const { sealed, erased } = row;
  if (sealed === null) return { ...row, text: 'plain' };
  if (erased !== null) return { ...row, text: 'erased' };
  if (row.messages > 1) return { ...row, text: 'many' };
  if (sealed.document.bytes > limits.inlineDataBytesMax) return { ...row, text: 'long' };
  try {
    const { reason, path } = await unsealText(ports, sealed);
    return { ...row, reason, path, text: 'sealed' };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { ...row, text: error.code === 'LetterKeyMissing' ? 'key missing' : 'damaged' };
  }
}

/** Every letter, in ledger order. Of those that were written later only the numbers are known: they end the range. */
async function* everyId(view: View, after: string | null): AsyncGenerator<string> {
  const count = (await view.row<LetterCountRow>('count'))?.letters ?? 0;
  const from = after === null ? 0 : ((await view.row<LetterRow>(letterKey(after)))?.number ?? -1) + 1;
  if (from >= count) return;
  const range = { prefix: 'number/', from: letterNumberKey(from), to: letterNumberKey(count - 1) };
  for await (const { letterId } of view.each<NumberedLetterRow>(range)) yield letterId;
}

async function openOf(view: View, sleeve: string | null): Promise<number> {
  if (sleeve !== null) return (await view.row<BlockingRow>(blockingKey(sleeve)))?.open ?? 0;
  return (await view.row<LetterCountRow>('count'))?.open ?? 0;
}

/** A page of dead letters, now or as they were known: open ones by their ids, every one by its number. */
export async function listDeadLetters(ports: Ports, question: DeadLetterQuestion): Promise<DeadLetterList> {
  const { sleeve, resolved, knownAt, after, maxCount } = question;
  const view = await viewOf(ports, deadLetters, knownAt);
  const concerned = (of: string | null): boolean => sleeve === null || of === sleeve;
  const letters: LetterRow[] = [];
  let next: string | null = null;
  const ids = resolved ? everyId(view, after) : idsOf((key) => view.row<IdsRow>(key), openLetters, { after: after ?? '' });
  for await (const letterId of ids) {
    const letter = await view.row<LetterRow>(letterKey(letterId));
    if (letter === null || !concerned(letter.sleeve)) continue;
    if (letters.length === maxCount) {
      next = letters.at(-1)!.letterId;
      break;
    }
    letters.push(letter);
  }
  const waiting = (await view.rows<WaitingRow>('waiting/')).filter((row) => concerned(row.sleeve));
  const shown: ListedLetter[] = [];
  for (const letter of letters.toSorted(older)) shown.push(await listed(ports, letter));
  return { letters: shown, next, open: await openOf(view, sleeve), waiting, position: view.position };
}

/** A letter by its id, as the rows have it; null where they do not. */
export async function letterRow(ports: Ports, letterId: string): Promise<LetterRow | null> {
  return (await viewOf(ports, deadLetters, null)).row<LetterRow>(letterKey(letterId));
}
