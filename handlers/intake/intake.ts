import { isPoison } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { requireRoom, sleeveDecider, type SleeveState } from '../../domain/sleeve/decider.ts';
import { isOpen, openCount } from '../../domain/sleeve/letters.ts';
import type { ReceivedMessage } from '../ports/ports.ts';
import { InOrder } from '../runtime/in-order.ts';
import { yieldToEventLoop } from '../runtime/interruption.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { type Incoming, incomingOf, keyRequest, knownId } from './incoming.ts';
import { judge } from './judge.ts';
import { ownLetterIn } from './own-letter.ts';
import { releaseHeld, resolveLetters, supersede } from './release.ts';
import { Flood } from './flood.ts';
import { isKept, sealText } from './sealing.ts';
import { accept, type IntakeOptions, type IntakeOutcome, reachFailpoint, refuse, processMessage, admit } from './process-message.ts';

export type { IntakeOptions, IntakeOutcome, IntakeStep } from './process-message.ts';
export { releaseHeld } from './release.ts';

type Beat = () => Promise<void>;

/** Messages without a sleeve keep their order too; no name of a sleeve is empty. */
const withoutKey = '';

/** Of one message: who hands it in, where that is not the process itself, and who hears what becomes of it. */
export interface Handing extends Pick<IntakeOptions, 'onRefused' | 'onGathered'> {
  readonly session?: Session;
}

export interface Intake {
  /**
   * Deals with one message, behind those of its sleeve that were given before it, and with those of other sleeves at once: everything that
   * it leads to is durable when this resolves, and the offset may be committed, unless the outcome is `gathered`. Any message may be
   * delivered again, at any time. Rejects only for what is not a fault of the message: the store or the broker failed.
   */
  handle(message: ReceivedMessage, beat: Beat, handing?: Handing): Promise<IntakeOutcome>;
  /** Records what was gathered of a flood: durable when this resolves, and not before. */
  flush(): Promise<void>;
}

/** A message without a sleeve's name for a key blocks nobody: whatever it says, it is a letter of its topic. */
async function withoutSleeve(session: Session, incoming: Incoming, options: IntakeOptions): Promise<IntakeOutcome> {
  try {
    await judge(session, incoming, sleeveDecider.initialState);
    throw new LedgerError('Internal', 'a message without a key was found valid');
  } catch (error) {
    if (!isPoison(error)) throw error;
    return refuse(session, incoming, error, options);
  }
}

/** The bytes of an open letter again: the cause may be fixed now. */
async function redelivered(
  session: Session,
  incoming: Incoming,
  letterId: string,
  state: SleeveState,
  options: IntakeOptions,
  beat: Beat,
): Promise<IntakeOutcome> {
  const sleeve = incoming.source.key!;
  try {
    const admitted = await admit(session, incoming, state);
    const { runId } = admitted.run;
    const outcome = await accept(session, admitted, options);
    await resolveLetters(
      session,
      sleeve,
      [letterId],
      { how: 'redelivered', runId, why: 'the same message arrived again, and nothing is wrong with it any more' },
      options,
    );
    await releaseHeld(session, sleeve, options, beat);
    return { outcome, sleeve, runId, letterId: null, code: null };
  } catch (error) {
    if (!isPoison(error)) throw error;
    return refuse(session, incoming, error, options);
  }
}

/** Keeps a result behind the letter of its sleeve; null when the sleeve has become free meanwhile. */
async function hold(session: Session, incoming: Incoming, state: SleeveState, options: IntakeOptions): Promise<IntakeOutcome | null> {
  const sleeve = incoming.source.key!;
  const known = await knownId(session, 'held', incoming, (id) => state.everHeld.has(id));
  const held = (outcome: 'held' | 'already'): IntakeOutcome => ({ outcome, sleeve, runId: null, letterId: null, code: null });
  if (known !== null && state.everHeld.has(known)) return held('already');
  if (!isKept(incoming)) {
    const value = incoming.value === null ? 'no value' : `${incoming.value.length} bytes`;
    return refuse(
      session,
      incoming,
      new LedgerError(incoming.value === null ? 'MessageInvalid' : 'LimitExceeded', `the message has ${value} and cannot be kept`),
      options,
    );
  }
  try {
    // Whether it may be held is known before anything is stored of it: one that may not is a letter, under a key of its own.
    requireRoom(sleeve, state);
    const key = await session.ports.letterKeys.keyFor(keyRequest(session, 'held', incoming));
    const { source, value } = incoming;
    const { appended } = await streams.sleeve.handle(session, sleeve, {
      kind: 'HoldSleeveResult',
      heldId: key.keyId,
      sleeve,
      source: { ...source, headers: {} },
      sealed: await sealText(session, key, { reason: null, path: null, headers: source.headers, value }),
    });
    reachFailpoint(options, 'result held');
    return appended.length === 0 ? null : held('held');
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'LimitExceeded') throw error;
    return refuse(session, incoming, error, options);
  }
}

async function ofSleeve(session: Session, incoming: Incoming, options: IntakeOptions, beat: Beat): Promise<IntakeOutcome> {
  const sleeve = incoming.source.key!;
  for (;;) {
    const state = await streams.sleeve.state(session, sleeve);
    if (openCount(state.letters) === 0) {
      if (state.held.length === 0) return processMessage(session, incoming, state, options);
      // A process died while it let results go: they were here before this one.
      await releaseHeld(session, sleeve, options, beat);
      continue;
    }
    const letterId = await knownId(session, 'letter', incoming, (id) => isOpen(state.letters, id));
    if (letterId !== null && isOpen(state.letters, letterId)) return redelivered(session, incoming, letterId, state, options, beat);
    if (await supersede(session, incoming, state, options)) continue;
    const held = await hold(session, incoming, state, options);
    if (held !== null) return held;
    await beat();
  }
}

/** A dead letter of this ledger that came back is known: nothing is recorded or sent. */
async function returned(session: Session, incoming: Incoming): Promise<IntakeOutcome | null> {
  const letterId = await ownLetterIn(session, incoming);
  if (letterId === null) return null;
  session.ports.log.warn({ ...incoming.source, letterId }, 'a dead letter of this ledger came back on the results topic');
  return { outcome: 'already', sleeve: incoming.source.key, runId: null, letterId, code: null };
}

function judged(session: Session, incoming: Incoming, options: IntakeOptions, beat: Beat): Promise<IntakeOutcome> {
  return incoming.source.key === null ? withoutSleeve(session, incoming, options) : ofSleeve(session, incoming, options, beat);
}

/**
 * Takes sleeve results in: those of one sleeve one after the other, those of several at once. The key of a message is its sleeve. A valid
 * one becomes a run and then a line in its sleeve's stream; a poisonous one becomes a dead letter, behind which later results of the same
 * sleeve wait as events while the partition flows on.
 */
export function createIntake(session: Session, given: IntakeOptions): Intake {
  streams.intake.name(given.resultsTopic);
  const flood = new Flood(given);
  const options = { ...given, flood };
  const inOrder = new InOrder();
  return {
    handle: async (message, beat, { session: acting = session, ...heard } = {}) => {
      const incoming = incomingOf(message, session.ports.crypto);
      const outcome = await inOrder.run(incoming.source.key ?? withoutKey, async () => {
        await yieldToEventLoop('intake');
        return (await returned(acting, incoming)) ?? judged(acting, incoming, { ...options, ...heard }, beat);
      });
      session.ports.metrics.count('sleeve_ledger_results_total', 1, { outcome: outcome.outcome });
      return outcome;
    },
    flush: () => flood.flush(),
  };
}
