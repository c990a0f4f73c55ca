import { toBase64 } from '../../domain/audit/base64.ts';
import type { DocumentReference } from '../../domain/shared/artifact-reference.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { DeadLetterResolved, MessageOrigin, SleeveRunRejected } from '../../domain/sleeve/intake-events.ts';
import { deadLetterMessage } from '../messages/dead-letter.ts';
import type { MessageSink, StoredEvent } from '../ports/ports.ts';
import { streamBackwards } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { type Incoming, incomingId } from './incoming.ts';

export interface DeadLetterTarget {
  /** Null where no broker is at hand: the letter is recorded, its message is not sent. */
  readonly deadLetters: MessageSink | null;
  readonly deadLettersTopic: string;
}

/** Text for an event: well-formed, and no longer than a person reads. */
function shortened(text: string, charsMax: number): string {
  return (text.length <= charsMax ? text : `${text.slice(0, charsMax - 3)}...`).toWellFormed();
}

/** Keeps the bytes of a message, to take it up later; null when there are none or too many. */
export async function keepBytes({ ports }: Session, { value, source }: Incoming): Promise<DocumentReference | null> {
  if (value === null || value.length > limits.messageBytesMax) return null;
  return {
    kind: 'document',
    ...(await ports.artifacts.put(value)),
    mediaType: shortened(source.headers['content-type'] ?? 'application/octet-stream', 200),
  };
}

function letterOf(session: Session, incoming: Incoming, error: LedgerError, document: DocumentReference | null): SleeveRunRejected {
  const value = incoming.value ?? new Uint8Array();
  return {
    letterId: incomingId(session, 'letter', incoming),
    sleeve: incoming.source.key,
    code: error.code,
    reason: shortened(error.message, 1_000),
    path: error.at.path === undefined ? null : shortened(error.at.path, 300),
    source: incoming.source,
    payload: {
      bytes: value.length,
      sha256: incoming.sha256,
      headBase64: toBase64(value.subarray(0, limits.messageHeadBytesMax)),
      document,
    },
  };
}

async function recordLetter(session: Session, letter: SleeveRunRejected): Promise<readonly StoredEvent[]> {
  const command = { kind: 'RejectSleeveRun' as const, letter };
  const { sleeve, source } = letter;
  const handled =
    sleeve === null ? await streams.intake.handle(session, source.topic, command) : await streams.sleeve.handle(session, sleeve, command);
  return handled.appended;
}

/** In which stream a letter stands: that of its sleeve, or of its topic. */
export interface LetterPlace {
  readonly sleeve: string | null;
  readonly topic: string;
}

function streamOf({ sleeve, topic }: LetterPlace): string {
  return sleeve === null ? streams.intake.name(topic) : streams.sleeve.name(sleeve);
}

/** The run that a resolved letter became, read from its stream; null for none. */
export async function runOfResolved({ ports }: Session, letterId: string, place: LetterPlace): Promise<string | null> {
  for await (const event of streamBackwards(ports.store, streamOf(place)))
    if (event.type === 'DeadLetterResolved' && event.data.letterId === letterId) return event.data.runId;
  throw new LedgerError('Internal', `letter ${letterId} is resolved and its resolution is not in its stream`);
}

function isSamePlace(left: MessageOrigin, right: MessageOrigin): boolean {
  return left.topic === right.topic && left.partition === right.partition && left.offset === right.offset;
}

export interface RecordedLetter {
  readonly letter: SleeveRunRejected;
  readonly recordedAt: string;
}

/** A letter whole, read from its stream: from the end on, as it is asked for soon after it was written. Null when it is not there. */
export async function recordedLetter({ ports }: Session, letterId: string, place: LetterPlace): Promise<RecordedLetter | null> {
  for await (const event of streamBackwards(ports.store, streamOf(place))) {
    if (event.type === 'SleeveRunRejected' && event.data.letterId === letterId)
      return { letter: event.data, recordedAt: event.envelope.recordedAt };
  }
  return null;
}

export interface Rejected {
  readonly letterId: string;
  /** False when the same letter had been written before. */
  readonly written: boolean;
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
  recorded: () => void,
): Promise<Rejected> {
  const letter = letterOf(session, incoming, error, await keepBytes(session, incoming));
  const { letterId } = letter;
  const appended = await recordLetter(session, letter);
  recorded();
  const written = appended.length > 0;
  if (written) session.ports.log.warn({ ...incoming.source, letterId, code: error.code, reason: letter.reason }, 'refused a message');
  if (target.deadLetters === null) return { letterId, written };
  const place = { sleeve: letter.sleeve, topic: letter.source.topic };
  const before = written ? { letter, recordedAt: appended[0]!.recordedAt } : await recordedLetter(session, letterId, place);
  invariant(before !== null, 'a letter that was folded is in its stream', { letterId });
  if (written || isSamePlace(before.letter.source, incoming.source)) {
    await target.deadLetters.send(target.deadLettersTopic, [
      deadLetterMessage(before.letter, { ledgerId: session.ledger.ledgerId, at: before.recordedAt }),
    ]);
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
