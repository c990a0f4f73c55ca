import { isPoison } from '../../domain/shared/error-kinds.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { sleeveDecider } from '../../domain/sleeve/decider.ts';
import type { MessagesRefused, SleeveRunRejected } from '../../domain/sleeve/intake-events.ts';
import { isOpen, type Letters } from '../../domain/sleeve/letters.ts';
import { letterRow } from '../queries/dead-letters.ts';
import { type ForeignText, unsealMany, unsealText } from '../intake/sealing.ts';
import { eventsUntil } from '../read-models/views.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { judge } from '../intake/judge.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import { type LetterPlace, letterStream, lettersOf, recordedLetter, resolveLetter, runOfResolved } from '../intake/letters.ts';
import { streamBackwards } from '../runtime/record.ts';
import { releaseHeld } from '../intake/release.ts';
import { accept, type IntakeOptions, reachFailpoint, admit } from '../intake/process-message.ts';

export interface SettledLetter {
  readonly letterId: string;
  readonly sleeve: string | null;
  /** The run that the message became; null when discarded. */
  readonly runId: string | null;
  /** True when the letter had been resolved before. */
  readonly already: boolean;
  /** Results of the sleeve that were waiting and were processed. */
  readonly released: number;
  /** Results that still wait, behind another letter. */
  readonly waiting: number;
}

type Letter = SleeveRunRejected | MessagesRefused;

/** The topic that a letter came by. */
const topicOf = (letter: Letter): string => ('first' in letter ? letter.first : letter.source).topic;

interface Found {
  readonly letter: Letter;
  readonly letters: Letters;
}

async function letterIn(session: Session, letterId: string, place: LetterPlace): Promise<Found | null> {
  const letters = await lettersOf(session, place);
  const recorded = letters.all.has(letterId) ? await recordedLetter(session, letterId, place) : null;
  return recorded === null ? null : { letter: recorded.letter, letters };
}

/** The place of a letter by one pass over all letters. */
async function placeInLog({ ports }: Session, letterId: string): Promise<LetterPlace | null> {
  for await (const stored of eventsUntil(ports.store, null, ['SleeveRunRejected', 'MessagesRefused'])) {
    const [event] = toDomainEvents([stored]);
    if (event?.type !== 'SleeveRunRejected' && event?.type !== 'MessagesRefused') continue;
    if (event.data.letterId === letterId) return { sleeve: event.data.sleeve, topic: topicOf(event.data) };
  }
  return null;
}

/**
 * A letter by its id: its row says in which stream it stands, the stream decides. Where the row is not there, or leads to no such letter,
 * the log is looked through. Errors: LetterUnknown.
 */
async function findLetter(session: Session, letterId: string): Promise<Found> {
  const row = await letterRow(session.ports, letterId);
  const found = row === null ? null : await letterIn(session, letterId, row);
  if (found !== null) return found;
  const place = await placeInLog(session, letterId);
  const sought = place === null ? null : await letterIn(session, letterId, place);
  if (sought === null) throw new LedgerError('LetterUnknown', `no dead letter ${letterId} is recorded`, { at: { path: letterId } });
  return sought;
}

async function settled(
  session: Session,
  { letterId, sleeve }: Letter,
  runId: string | null,
  already: boolean,
  options: IntakeOptions,
): Promise<SettledLetter> {
  if (sleeve === null) return { letterId, sleeve, runId, already, released: 0, waiting: 0 };
  const released = await releaseHeld(session, sleeve, options);
  return { letterId, sleeve, runId, already, released, waiting: (await streams.sleeve.state(session, sleeve)).held.length };
}

async function settledBefore(session: Session, letter: Letter, options: IntakeOptions): Promise<SettledLetter> {
  const place = { sleeve: letter.sleeve, topic: topicOf(letter) };
  return settled(session, letter, await runOfResolved(session, letter.letterId, place), true, options);
}

/** What is kept of a message. Errors: LetterKeyMissing. */
async function keptText({ ports }: Session, { reason, path, source, payload }: SleeveRunRejected): Promise<ForeignText> {
  const { document, sealed } = payload;
  if (sealed !== null) return unsealText(ports, sealed);
  return { reason, path, headers: source.headers, value: document === null ? null : await ports.artifacts.get(document.sha256) };
}

/**
 * The last of the runs that the messages of a flood become now, if all of them do. Those that do stay accepted where another is still
 * wrong; taken up again, they are known. Errors: LetterNotKept, LetterKeyMissing, and what is wrong with the first that is still wrong.
 */
async function allTakenUp(session: Session, { letterId, payload }: MessagesRefused, options: IntakeOptions): Promise<string> {
  if (!payload.whole)
    throw new LedgerError('LetterNotKept', `some messages of letter ${letterId} were not kept`, { at: { path: letterId } });
  let runId: string | null = null;
  let wrong: unknown = null;
  for (const { source, value, sha256 } of await unsealMany(session.ports, payload.sealed)) {
    const incoming = { source, value, sha256, arrival: `letter ${letterId}` };
    try {
      if (source.key === null) throw new LedgerError('MessageInvalid', 'key: the key of the message is missing, or no name of a sleeve');
      const admitted = await admit(session, incoming, await streams.sleeve.state(session, source.key));
      await accept(session, admitted, options);
      ({ runId } = admitted.run);
    } catch (error) {
      if (!isPoison(error)) throw error;
      wrong ??= error;
    }
  }
  if (wrong !== null) throw wrong;
  invariant(runId !== null, 'a letter of a flood has messages', { letterId });
  return runId;
}

/** The run that a kept message becomes now. Errors: LetterNotKept, LetterKeyMissing, and whatever is still wrong with the message. */
async function takenUp(session: Session, letter: Letter, options: IntakeOptions): Promise<string> {
  if ('first' in letter) return allTakenUp(session, letter, options);
  const { letterId, sleeve, source, payload } = letter;
  if (!payload.whole)
    throw new LedgerError('LetterNotKept', `the message of letter ${letterId} had ${payload.bytes} bytes and was not kept`, {
      at: { path: letterId },
    });
  const { headers, value } = await keptText(session, letter);
  const sha256 = session.ports.crypto.sha256Hex(value ?? new Uint8Array());
  const incoming = { source: { ...source, headers }, value, sha256, arrival: `letter ${letterId}` };
  // Without a sleeve's name for a key a message is refused for that, if for nothing else.
  if (sleeve === null) return (await judge(session, incoming, sleeveDecider.initialState)).runId;
  const admitted = await admit(session, incoming, await streams.sleeve.state(session, sleeve));
  await accept(session, admitted, options);
  return admitted.run.runId;
}

/**
 * Takes the message of a letter up again, then what waited behind it. Errors: LetterUnknown, LetterNotKept, and whatever is still wrong
 * with the message.
 */
export async function retryLetter(session: Session, letterId: string, why: string, options: IntakeOptions): Promise<SettledLetter> {
  const { letter, letters } = await findLetter(session, letterId);
  if (letters.resolved.has(letterId)) return settledBefore(session, letter, options);
  if (letters.erased.has(letterId))
    throw new LedgerError('LetterErased', `the message of letter ${letterId} was erased`, { at: { path: letterId } });
  const runId = await takenUp(session, letter, options);
  const { already } = await resolveLetter(session, topicOf(letter), {
    letterId,
    sleeve: letter.sleeve,
    how: 'retried',
    runId,
    who: session.actor,
    why,
  });
  reachFailpoint(options, 'letter resolved');
  return settled(session, letter, runId, already, options);
}

/** Discards a letter for good and processes what waited behind it. Errors: LetterUnknown. */
export async function discardLetter(session: Session, letterId: string, why: string, options: IntakeOptions): Promise<SettledLetter> {
  const { letter, letters } = await findLetter(session, letterId);
  if (letters.resolved.has(letterId)) return settledBefore(session, letter, options);
  const { already } = await resolveLetter(session, topicOf(letter), {
    letterId,
    sleeve: letter.sleeve,
    how: 'discarded',
    runId: null,
    who: session.actor,
    why,
  });
  reachFailpoint(options, 'letter resolved');
  return settled(session, letter, null, already, options);
}

export interface ErasedLetter {
  readonly letterId: string;
  readonly sleeve: string | null;
  /** True when the letter had been erased before. */
  readonly already: boolean;
  /** True while it is open: an erased letter still holds its sleeve until it is discarded. */
  readonly open: boolean;
}

/** Held results that became a letter: what they said was sealed under keys of their own. */
async function heldBefore({ ports }: Session, letterId: string, stream: string): Promise<readonly string[]> {
  const held: string[] = [];
  for await (const event of streamBackwards(ports.store, stream))
    if (event.type === 'SleeveResultReleased' && event.data.letterId === letterId) held.push(event.data.heldId);
  return held;
}

/**
 * Erases what a letter said: the fact first, then its key on the disk, so that a key is never gone without a reason on record. Done
 * again, it completes what a crash left. Errors: LetterUnknown; LetterNotSealed for a letter of release 0.1.0.
 */
export async function eraseLetter(session: Session, letterId: string, why: string): Promise<ErasedLetter> {
  const { letter, letters } = await findLetter(session, letterId);
  const { sleeve, payload } = letter;
  const topic = topicOf(letter);
  if (payload.sealed === null) {
    throw new LedgerError('LetterNotSealed', `letter ${letterId} was recorded for everybody to read, and no key of it can be destroyed`, {
      at: { path: letterId },
    });
  }
  const command = { kind: 'EraseDeadLetter' as const, erasure: { letterId, sleeve, who: session.actor, why } };
  const { appended } =
    sleeve === null ? await streams.intake.handle(session, topic, command) : await streams.sleeve.handle(session, sleeve, command);
  const before = await heldBefore(session, letterId, letterStream({ sleeve, topic }));
  await session.ports.letterKeys.destroy([payload.sealed.keyId, ...before]);
  return { letterId, sleeve, already: appended.length === 0, open: isOpen(letters, letterId) };
}
