import { LedgerError } from '../../domain/shared/errors.ts';
import { sleeveDecider } from '../../domain/sleeve/decider.ts';
import type { SleeveRunRejected } from '../../domain/sleeve/intake-events.ts';
import { isOpen, type Letters } from '../../domain/sleeve/letters.ts';
import { letterRow } from '../queries/dead-letters.ts';
import { type ForeignText, unsealText } from '../intake/sealing.ts';
import { streamBackwards } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { judge } from '../intake/judge.ts';
import { letterStream, lettersOf, recordedLetter, resolveLetter, runOfResolved } from '../intake/letters.ts';
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

interface Found {
  readonly letter: SleeveRunRejected;
  readonly letters: Letters;
}

/** A letter by its id: its row says in which stream it stands, the stream decides. Errors: LetterUnknown. */
async function findLetter(session: Session, letterId: string): Promise<Found> {
  const row = await letterRow(session.ports, letterId);
  const letters = await lettersOf(session, row);
  const recorded = letters.all.has(letterId) ? await recordedLetter(session, letterId, row) : null;
  if (recorded === null) throw new LedgerError('LetterUnknown', `no dead letter ${letterId} is recorded`, { at: { path: letterId } });
  return { letter: recorded.letter, letters };
}

async function settled(
  session: Session,
  { letterId, sleeve }: SleeveRunRejected,
  runId: string | null,
  already: boolean,
  options: IntakeOptions,
): Promise<SettledLetter> {
  if (sleeve === null) return { letterId, sleeve, runId, already, released: 0, waiting: 0 };
  const released = await releaseHeld(session, sleeve, options);
  return { letterId, sleeve, runId, already, released, waiting: (await streams.sleeve.state(session, sleeve)).held.length };
}

async function settledBefore(session: Session, letter: SleeveRunRejected, options: IntakeOptions): Promise<SettledLetter> {
  const place = { sleeve: letter.sleeve, topic: letter.source.topic };
  return settled(session, letter, await runOfResolved(session, letter.letterId, place), true, options);
}

/** What is kept of a message. Errors: LetterKeyMissing. */
async function keptText({ ports }: Session, { reason, path, source, payload }: SleeveRunRejected): Promise<ForeignText> {
  const { document, sealed } = payload;
  if (sealed !== null) return unsealText(ports, sealed);
  return { reason, path, headers: source.headers, value: document === null ? null : await ports.artifacts.get(document.sha256) };
}

/** The run that a kept message becomes now. Errors: LetterNotKept, LetterKeyMissing, and whatever is still wrong with the message. */
async function takenUp(session: Session, letter: SleeveRunRejected, options: IntakeOptions): Promise<string> {
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
  const { already } = await resolveLetter(session, letter.source.topic, {
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
  const { already } = await resolveLetter(session, letter.source.topic, {
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
 * Erases what a letter said: the fact first, then its key on the disk, so that a key is never gone without a reason on record. Done again, it
 * completes what a crash left. Errors: LetterUnknown; LetterNotSealed for a letter of release 0.1.0.
 */
export async function eraseLetter(session: Session, letterId: string, why: string): Promise<ErasedLetter> {
  const { letter, letters } = await findLetter(session, letterId);
  const { sleeve, source, payload } = letter;
  if (payload.sealed === null) {
    throw new LedgerError('LetterNotSealed', `letter ${letterId} was recorded for everybody to read, and no key of it can be destroyed`, {
      at: { path: letterId },
    });
  }
  const command = { kind: 'EraseDeadLetter' as const, erasure: { letterId, sleeve, who: session.actor, why } };
  const { appended } =
    sleeve === null ? await streams.intake.handle(session, source.topic, command) : await streams.sleeve.handle(session, sleeve, command);
  const before = await heldBefore(session, letterId, letterStream({ sleeve, topic: source.topic }));
  await session.ports.letterKeys.destroy([payload.sealed.keyId, ...before]);
  return { letterId, sleeve, already: appended.length === 0, open: isOpen(letters, letterId) };
}
