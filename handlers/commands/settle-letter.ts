import { LedgerError } from '../../domain/shared/errors.ts';
import { sleeveDecider } from '../../domain/sleeve/decider.ts';
import type { SleeveRunRejected } from '../../domain/sleeve/intake-events.ts';
import type { Letters } from '../../domain/sleeve/letters.ts';
import { letterRow } from '../queries/dead-letters.ts';
import { eventsUntil } from '../read-models/views.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { judge } from '../intake/judge.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import { type LetterPlace, recordedLetter, resolveLetter } from '../intake/letters.ts';
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

async function letterIn(session: Session, letterId: string, place: LetterPlace): Promise<Found | null> {
  const { sleeve, topic } = place;
  const letters = sleeve === null ? await streams.intake.state(session, topic) : (await streams.sleeve.state(session, sleeve)).letters;
  const recorded = letters.all.has(letterId) ? await recordedLetter(session, letterId, place) : null;
  return recorded === null ? null : { letter: recorded.letter, letters };
}

/** The place of a letter by one pass over all letters. */
async function placeInLog({ ports }: Session, letterId: string): Promise<LetterPlace | null> {
  for await (const stored of eventsUntil(ports.store, null, ['SleeveRunRejected'])) {
    const [event] = toDomainEvents([stored]);
    if (event?.type === 'SleeveRunRejected' && event.data.letterId === letterId)
      return { sleeve: event.data.sleeve, topic: event.data.source.topic };
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
  { letterId, sleeve }: SleeveRunRejected,
  runId: string | null,
  already: boolean,
  options: IntakeOptions,
): Promise<SettledLetter> {
  if (sleeve === null) return { letterId, sleeve, runId, already, released: 0, waiting: 0 };
  const released = await releaseHeld(session, sleeve, options);
  return { letterId, sleeve, runId, already, released, waiting: (await streams.sleeve.state(session, sleeve)).held.length };
}

/** The run that a kept message becomes now. Errors: LetterNotKept, and whatever is still wrong with the message. */
async function takenUp(
  session: Session,
  { letterId, sleeve, source, payload }: SleeveRunRejected,
  options: IntakeOptions,
): Promise<string> {
  if (payload.document === null)
    throw new LedgerError('LetterNotKept', `the message of letter ${letterId} had ${payload.bytes} bytes and was not kept`, {
      at: { path: letterId },
    });
  const incoming = { source, value: await session.ports.artifacts.get(payload.document.sha256), sha256: payload.sha256 };
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
  const before = letters.resolved.get(letterId);
  if (before !== undefined) return settled(session, letter, before, true, options);
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
  const before = letters.resolved.get(letterId);
  if (before !== undefined) return settled(session, letter, before, true, options);
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
