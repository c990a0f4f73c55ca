import { DateTime } from 'luxon';
import { locale } from '../../domain/shared/locale.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';

/** A position as a store writes it: digits, or two numbers with a stroke between them. */
const positionPattern = /^\d{1,20}(?:\/\d{1,20})?$/;
/** An instant to the minute at least, with its zone. */
const instantPattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** Whether a point of ledger time is a position rather than an instant. */
export function isPosition(knownAt: string): boolean {
  return positionPattern.test(knownAt);
}

/** Whether a position reads as those of the store whose newest event stands at `head`; any, where nothing is recorded. */
export function readsAsIn(head: string | null, position: string): boolean {
  return isPosition(position) && (head ?? position).includes('/') === position.includes('/');
}

function refuse(time: string, because: string, flag = '--known-at'): never {
  throw new LedgerError('Usage', `${flag} ${time}: ${because}`, { at: { path: flag } });
}

/**
 * Ledger time as a position, or as an instant in UTC to the millisecond. A date is refused: it has two ends and a zone, and which of them
 * was meant changes the answer. Errors: Usage.
 */
export function parseKnownAt(text: string): string {
  return isPosition(text) ? text : parseInstant(text, '--known-at', ', or a position');
}

/** An instant in UTC to the millisecond. Errors: Usage, naming the flag. */
export function parseInstant(text: string, flag: string, otherwise = ''): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) refuse(text, `a date is no instant; say which, such as ${text}T23:59:59.999Z`, flag);
  const instant = DateTime.fromISO(text, { zone: 'utc', locale });
  if (!instantPattern.test(text) || !instant.isValid)
    refuse(text, `give an instant with its zone such as 2026-11-21T08:00:00Z${otherwise}`, flag);
  return instant.toISO();
}

/** The instant of a question: now, or its ledger time; null for a position, which is no instant. Errors: Usage. */
export function instantOf({ clock }: Pick<Ports, 'clock'>, knownAt: string | null): string | null {
  if (knownAt === null) return clock.now();
  return isPosition(knownAt) ? null : parseKnownAt(knownAt);
}

/**
 * The same, where the ledger has come so far. What lies ahead is refused: the answer of today would not be the answer of then. Errors:
 * Usage, NotYetKnown.
 */
export async function reachedTime({ store, clock }: Pick<Ports, 'store' | 'clock'>, text: string): Promise<string> {
  const knownAt = parseKnownAt(text);
  const ahead = (than: string): never => {
    throw new LedgerError('NotYetKnown', `--known-at ${text} lies ahead: ${than}`, { at: { path: '--known-at' }, evidence: { knownAt } });
  };
  if (!isPosition(knownAt)) {
    const now = clock.now();
    return knownAt > now ? ahead(`it is ${now}`) : knownAt;
  }
  const head = await store.head();
  if (head === null) return ahead('nothing is recorded');
  if (!readsAsIn(head, knownAt)) refuse(text, `the positions of this store read as ${head}`);
  return store.comparePositions(knownAt, head) > 0 ? ahead(`the newest event stands at position ${head}`) : knownAt;
}
