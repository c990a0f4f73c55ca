import { LedgerError } from '../../domain/shared/errors.ts';
import { sleeveDecider } from '../../domain/sleeve/decider.ts';
import type { SleeveRunRejected } from '../../domain/sleeve/intake-events.ts';
import type { Letters } from '../../domain/sleeve/letters.ts';
import { letterRow } from '../queries/dead-letters.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { judge } from '../intake/judge.ts';
import { recordedLetter, resolveLetter, runOfResolved } from '../intake/letters.ts';
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
  const letters =
    row.sleeve === null ? await streams.intake.state(session, row.topic) : (await streams.sleeve.state(session, row.sleeve)).letters;
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
  if (letters.resolved.has(letterId)) return settledBefore(session, letter, options);
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
