import { isPoison } from '../../domain/shared/error-kinds.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import type { SleeveState } from '../../domain/sleeve/decider.ts';
import type { DeadLetterResolved, SleeveResultHeld } from '../../domain/sleeve/intake-events.ts';
import { openCount, openLetters } from '../../domain/sleeve/letters.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import type { Incoming } from './incoming.ts';
import { resolveLetter } from './letters.ts';
import {
  type IntakeOptions,
  type IntakeOutcome,
  reachFailpoint,
  recordRun,
  refuse,
  processMessage,
  type Admitted,
  admit,
} from './process-message.ts';
import { unsealText } from './sealing.ts';

/** A held result as the message that it was. Errors: LetterKeyMissing, ArtifactMissing, ArtifactDamaged. */
export async function heldMessage({ ports }: Session, { heldId, source, payload, sealed }: SleeveResultHeld): Promise<Incoming> {
  const arrival = `held ${heldId}`;
  if (payload !== null) return { source, value: await ports.artifacts.get(payload.sha256), sha256: payload.sha256, arrival };
  invariant(sealed !== null, 'a held result is kept in one way or the other', { heldId });
  const { headers, value } = await unsealText(ports, sealed);
  return { source: { ...source, headers }, value, sha256: ports.crypto.sha256Hex(value ?? new Uint8Array()), arrival };
}

/** What it becomes: a run, or a letter; a letter without its bytes where the key that it was sealed under is gone. */
async function takenUp(session: Session, held: SleeveResultHeld, state: SleeveState, options: IntakeOptions): Promise<IntakeOutcome> {
  // Each is a letter of its own: it is let go at once, and nothing that is only gathered may be.
  const { flood: _flood, onRefused: _onRefused, onGathered: _onGathered, ...alone } = options;
  const { heldId, sleeve, source } = held;
  let incoming: Incoming;
  try {
    incoming = await heldMessage(session, held);
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'LetterKeyMissing') throw error;
    const sha256 = session.ports.crypto.sha256Hex(new TextEncoder().encode(heldId));
    return refuse(session, { source, value: null, sha256, arrival: `held ${heldId}` }, error, alone);
  }
  invariant(incoming.source.key === sleeve, 'a held result has its sleeve for a key', { heldId });
  return processMessage(session, incoming, state, alone);
}

/** Resolves letters of a sleeve, in their order. */
export async function resolveLetters(
  session: Session,
  sleeve: string,
  letters: Iterable<string>,
  resolution: Pick<DeadLetterResolved, 'how' | 'runId' | 'why'>,
  options: IntakeOptions,
): Promise<void> {
  for (const letterId of letters) {
    await resolveLetter(session, options.resultsTopic, { letterId, sleeve, who: session.actor, ...resolution });
    reachFailpoint(options, 'letter resolved');
  }
}

/** A result that the policy lets free its sleeve: valid, and as of a later session than every accepted one; null for any other. */
async function superseding(session: Session, incoming: Incoming, state: SleeveState): Promise<Admitted | null> {
  try {
    const admitted = await admit(session, incoming, state);
    return state.current === null || admitted.run.asOf > state.current.asOf ? admitted : null;
  } catch (error) {
    if (!isPoison(error)) throw error;
    return null;
  }
}

/** Resolves the open letters of a sleeve by a newer result. Its run is recorded first, so that the resolution names a run that exists. */
export async function supersede(session: Session, incoming: Incoming, state: SleeveState, options: IntakeOptions): Promise<boolean> {
  const admitted = options.onPoison === 'supersede' ? await superseding(session, incoming, state) : null;
  if (admitted === null) return false;
  const { runId, asOf } = admitted.run;
  await recordRun(session, admitted.judged);
  reachFailpoint(options, 'run recorded');
  await resolveLetters(
    session,
    incoming.source.key!,
    openLetters(state.letters),
    { how: 'superseded', runId, why: `a result as of ${asOf} arrived` },
    options,
  );
  return true;
}

async function freedByHeld(session: Session, state: SleeveState, options: IntakeOptions): Promise<boolean> {
  if (options.onPoison !== 'supersede') return false;
  for (const held of state.held) {
    if (held.sealed !== null && (await session.ports.letterKeys.key(held.sealed.keyId)) === null) continue;
    if (await supersede(session, await heldMessage(session, held), state, options)) return true;
  }
  return false;
}

/**
 * Takes up what a sleeve holds, in its order, until nothing is left or one becomes a letter itself, behind which the rest stays. A crash
 * between any two steps is completed by the next call: the intake calls it at the sleeve's next message, a worker's sweep whenever it
 * likes. Answers how many were let go.
 */
export async function releaseHeld(
  session: Session,
  sleeve: string,
  options: IntakeOptions,
  beat: () => Promise<void> = async () => undefined,
): Promise<number> {
  for (let released = 0; ;) {
    const state = await streams.sleeve.state(session, sleeve);
    const [next] = state.held;
    if (next === undefined) return released;
    if (openCount(state.letters) > 0) {
      if (await freedByHeld(session, state, options)) continue;
      return released;
    }
    const { heldId } = next;
    const { runId, letterId } = await takenUp(session, next, state, options);
    reachFailpoint(options, 'held result processed');
    const { appended } = await streams.sleeve.handle(session, sleeve, {
      kind: 'ReleaseSleeveResult',
      released: { heldId, sleeve, runId, letterId },
    });
    // Its letter has a key of its own: what was sealed under this one is not needed any more.
    if (letterId !== null && next.sealed !== null) await session.ports.letterKeys.destroy([next.sealed.keyId]);
    if (appended.length > 0) {
      released += 1;
      session.ports.metrics.count('sleeve_ledger_results_total', 1, { outcome: 'released' });
    }
    await beat();
  }
}
