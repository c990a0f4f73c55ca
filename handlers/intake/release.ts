import { isPoison } from '../../domain/shared/error-kinds.ts';
import { invariant } from '../../domain/shared/errors.ts';
import type { SleeveState } from '../../domain/sleeve/decider.ts';
import type { DeadLetterResolved, SleeveResultHeld } from '../../domain/sleeve/intake-events.ts';
import { openCount, openLetters } from '../../domain/sleeve/letters.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import type { Incoming } from './incoming.ts';
import { resolveLetter } from './letters.ts';
import { type IntakeOptions, reachFailpoint, recordRun, processMessage, type Admitted, admit } from './process-message.ts';

/** A held result as the message that it was. Errors: ArtifactMissing, ArtifactDamaged. */
export async function heldMessage({ ports }: Session, { source, payload }: SleeveResultHeld): Promise<Incoming> {
  return { source, value: await ports.artifacts.get(payload.sha256), sha256: payload.sha256 };
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
  for (const held of state.held) if (await supersede(session, await heldMessage(session, held), state, options)) return true;
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
    const incoming = await heldMessage(session, next);
    invariant(incoming.source.key === sleeve, 'a held result has its sleeve for a key', { heldId });
    const { runId, letterId } = await processMessage(session, incoming, state, options);
    reachFailpoint(options, 'held result processed');
    const { appended } = await streams.sleeve.handle(session, sleeve, {
      kind: 'ReleaseSleeveResult',
      released: { heldId, sleeve, runId, letterId },
    });
    if (appended.length > 0) {
      released += 1;
      session.ports.metrics.count('sleeve_ledger_results_total', 1, { outcome: 'released' });
    }
    await beat();
  }
}
