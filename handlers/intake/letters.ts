import { toBase64 } from '../../domain/audit/base64.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { DeadLetterResolved, MessagesRefused, SleeveRunRejected } from '../../domain/sleeve/intake-events.ts';
import type { Letters } from '../../domain/sleeve/letters.ts';
import { deadLetterMessage, type DeadLetter } from '../messages/dead-letter.ts';
import type { LetterKey, MessageSink, StoredEvent } from '../ports/ports.ts';
import { streamBackwards } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { idOf010, type Incoming, keyRequest } from './incoming.ts';
import { isKept, sealText } from './sealing.ts';

export interface DeadLetterTarget {
  /** Null where no broker is at hand: the letter is recorded, its message is not sent. */
  readonly deadLetters: MessageSink | null;
  readonly deadLettersTopic: string;
}

/** Text for a reader: well-formed, and no longer than a person reads. */
export function shortened(text: string, charsMax: number): string {
  return (text.length <= charsMax ? text : `${text.slice(0, charsMax - 3)}...`).toWellFormed();
}

/** Why a message was refused, in so many words. */
export function toldOf({ message, at }: LedgerError): { readonly reason: string; readonly path: string | null } {
  return {
    reason: shortened(message, limits.letterReasonCharsMax),
    path: at.path === undefined ? null : shortened(at.path, limits.letterPathCharsMax),
  };
}

async function letterOf(session: Session, incoming: Incoming, error: LedgerError, key: LetterKey): Promise<SleeveRunRejected> {
  const { source, value } = incoming;
  const whole = isKept(incoming);
  const text = { ...toldOf(error), headers: source.headers, value: whole ? value : null };
  return {
    letterId: key.keyId,
    sleeve: source.key,
    code: error.code,
    reason: null,
    path: null,
    source: { ...source, headers: {} },
    payload: { bytes: value?.length ?? 0, sha256: null, document: null, whole, sealed: await sealText(session, key, text) },
  };
}

/** In which stream a letter stands: that of its sleeve, or of its topic. */
export interface LetterPlace {
  readonly sleeve: string | null;
  readonly topic: string;
}

export async function lettersOf(session: Session, { sleeve, topic }: LetterPlace): Promise<Letters> {
  return sleeve === null ? streams.intake.state(session, topic) : (await streams.sleeve.state(session, sleeve)).letters;
}

async function recordLetter(session: Session, letter: SleeveRunRejected): Promise<readonly StoredEvent[]> {
  const command = { kind: 'RejectSleeveRun' as const, letter };
  const { sleeve, source } = letter;
  const handled =
    sleeve === null ? await streams.intake.handle(session, source.topic, command) : await streams.sleeve.handle(session, sleeve, command);
  return handled.appended;
}

export function letterStream({ sleeve, topic }: LetterPlace): string {
  return sleeve === null ? streams.intake.name(topic) : streams.sleeve.name(sleeve);
}

/** The run that a resolved letter became, read from its stream; null for none. */
export async function runOfResolved({ ports }: Session, letterId: string, place: LetterPlace): Promise<string | null> {
  for await (const event of streamBackwards(ports.store, letterStream(place)))
    if (event.type === 'DeadLetterResolved' && event.data.letterId === letterId) return event.data.runId;
  throw new LedgerError('Internal', `letter ${letterId} is resolved and its resolution is not in its stream`);
}

export interface RecordedLetter {
  readonly letter: SleeveRunRejected | MessagesRefused;
  readonly recordedAt: string;
}

/** A letter whole, read from its stream: from the end on, as it is asked for soon after it was written. Null when it is not there. */
export async function recordedLetter({ ports }: Session, letterId: string, place: LetterPlace): Promise<RecordedLetter | null> {
  for await (const event of streamBackwards(ports.store, letterStream(place))) {
    if ((event.type === 'SleeveRunRejected' || event.type === 'MessagesRefused') && event.data.letterId === letterId)
      return { letter: event.data, recordedAt: event.envelope.recordedAt };
  }
  return null;
}

/** What the dead-letter topic is told: the broker keeps it for as long as its own retention says. */
function dataOf(letterId: string, { source, value, sha256 }: Incoming, error: LedgerError): DeadLetter {
  const { topic, partition, offset, key } = source;
  const bytes = value ?? new Uint8Array();
  return {
    letterId,
    sleeve: key,
    code: error.code,
    ...toldOf(error),
    message: { topic, partition, offset, key },
    payload: {
      bytes: bytes.length,
      sha256,
      headBase64: toBase64(bytes.subarray(0, limits.messageHeadBytesMax)),
      kept: value !== null && bytes.length <= limits.messageBytesMax,
    },
  };
}

export interface Rejected {
  readonly letterId: string;
  /** False when the same letter had been written before. */
  readonly written: boolean;
}

interface Recorded extends Rejected {
  readonly recordedAt: string;
}

/**
 * Records the letter of a refused message, its key first; null when the message is one that was recorded before, and that this is no
 * redelivery of.
 */
async function recorded(session: Session, incoming: Incoming, error: LedgerError): Promise<Recorded | { readonly letterId: string }> {
  const place = { sleeve: incoming.source.key, topic: incoming.source.topic };
  const letters = await lettersOf(session, place);
  const before = idOf010(session, 'letter', incoming);
  if (letters.all.has(before)) return { letterId: before };
  const key = await session.ports.letterKeys.keyFor(keyRequest(session, 'letter', incoming));
  const letterId = key.keyId;
  if (!letters.all.has(letterId)) {
    const [event] = await recordLetter(session, await letterOf(session, incoming, error, key));
    if (event !== undefined) return { letterId, written: true, recordedAt: event.recordedAt };
  }
  if (key.place !== incoming.arrival) return { letterId };
  const found = await recordedLetter(session, letterId, place);
  invariant(found !== null, 'a letter that was folded is in its stream', { letterId });
  return { letterId, written: false, recordedAt: found.recordedAt };
}

/**
 * Refuses a message: its letter in the ledger first, then on the dead-letter topic. A redelivery after a crash in between sends what may be
 * missing; the same bytes sent once more by their producer are the same letter and nothing else.
 */
export async function reject(
  session: Session,
  incoming: Incoming,
  error: LedgerError,
  target: DeadLetterTarget,
  onRecorded: () => void,
): Promise<Rejected> {
  const letter = await recorded(session, incoming, error);
  onRecorded();
  const { letterId } = letter;
  if (!('recordedAt' in letter)) return { letterId, written: false };
  const { written, recordedAt: at } = letter;
  const { topic, partition, offset } = incoming.source;
  if (written) session.ports.log.warn({ topic, partition, offset, letterId, code: error.code }, 'refused a message');
  if (target.deadLetters !== null) {
    const message = deadLetterMessage(dataOf(letterId, incoming, error), { ledgerId: session.ledger.ledgerId, at });
    await target.deadLetters.send(target.deadLettersTopic, [message]);
  }
  return { letterId, written };
}

export async function resolveLetter(
  session: Session,
  topic: string,
  resolution: DeadLetterResolved,
): Promise<{ readonly already: boolean }> {
  const command = { kind: 'ResolveDeadLetter' as const, resolution };
  const { sleeve } = resolution;
  const { appended } =
    sleeve === null ? await streams.intake.handle(session, topic, command) : await streams.sleeve.handle(session, sleeve, command);
  return { already: appended.length === 0 };
}
