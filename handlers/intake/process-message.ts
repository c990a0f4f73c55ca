import { isPoison } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { type AcceptedRun, sleeveDecider, type SleeveState } from '../../domain/sleeve/decider.ts';
import { sleeveRunStream } from '../../domain/sleeve-run/stream.ts';
import { recordOnce } from '../runtime/record-once.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { traceIdOf } from '../runtime/trace-id.ts';
import type { Incoming } from './incoming.ts';
import { assertDefined, judge, type Judged } from './judge.ts';
import type { Flood } from './flood.ts';
import { type DeadLetterTarget, reject } from './letters.ts';

/** Steps after which a process may die; tests make it stop there. */
export type IntakeStep =
  'run recorded' | 'run accepted' | 'letter recorded' | 'letter sent' | 'result held' | 'letter resolved' | 'held result processed';

export interface IntakeOptions extends DeadLetterTarget {
  readonly resultsTopic: string;
  /** `supersede`: a newer valid result frees its sleeve from its dead letters. */
  readonly onPoison: 'hold' | 'supersede';
  /** Takes refusals of a flood together; left out, each is a letter of its own. */
  readonly flood?: Flood;
  readonly failpoint?: (step: IntakeStep) => void;
  /** Told why the message itself is refused, and nothing of those that it lets go. */
  readonly onRefused?: (error: LedgerError) => void;
  /** Told of the letter that it becomes with others of a flood. */
  readonly onGathered?: (letterId: Promise<string>) => void;
}

export interface IntakeOutcome {
  /** `already`: recorded before, nothing new. `gathered`: one of a flood, recorded with the others of it by `flush`. */
  readonly outcome: 'accepted' | 'already' | 'held' | 'rejected' | 'gathered';
  readonly sleeve: string | null;
  readonly runId: string | null;
  readonly letterId: string | null;
  readonly code: string | null;
}

export const reachFailpoint = (options: IntakeOptions, step: IntakeStep): void => options.failpoint?.(step);

/** A judged result that the sleeve would accept. */
export interface Admitted {
  readonly run: AcceptedRun;
  readonly judged: Judged;
}

/**
 * Checks whether the sleeve would accept the message, before anything is recorded. Only an ineligible run is recorded here: that finding is
 * a fact too.
 * Errors: those of `judge`; SleeveUnknown, ResultIneligible, CorrectionTaken.
 */
export async function admit(session: Session, incoming: Incoming, state: SleeveState): Promise<Admitted> {
  const judged = await judge(session, incoming, state);
  const { already, acceptance: run, runId, reasons } = judged;
  assertDefined(incoming.source.key!, state);
  if (already !== null) return { run: already, judged };
  if (run === null) {
    await recordRun(session, judged);
    throw new LedgerError('ResultIneligible', `run ${runId} is not eligible: ${reasons.join('; ')}`, {
      evidence: { runId, reasons: [...reasons] },
    });
  }
  sleeveDecider.decide({ kind: 'AcceptSleeveRun', run, onlyOneOfItsCorrection: true }, state);
  return { run, judged };
}

/** Artifacts first, then the run's own stream in one append. */
export async function recordRun(session: Session, { computed, runId }: Judged): Promise<void> {
  if (computed === null) return;
  await recordOnce(
    session,
    { stream: sleeveRunStream.name(runId), drafts: computed.drafts, command: ['RecordSleeveRun', runId], correlation: runId },
    computed.staged,
  );
}

/** The run, then the line in its sleeve's stream that wakes the reaction: a crash in between is completed by the redelivery. */
export async function accept(session: Session, { judged }: Admitted, options: IntakeOptions): Promise<'accepted' | 'already'> {
  const { ids, tracer } = session.ports;
  const { acceptance: run } = judged;
  if (run === null) return 'already';
  const { sleeve, runId } = run;
  return tracer.span(
    'take a result in',
    { traceId: traceIdOf(ids, runId), link: judged.traceparent ?? undefined, attributes: { sleeve, runId } },
    async () => {
      await recordRun(session, judged);
      reachFailpoint(options, 'run recorded');
      const { appended } = await streams.sleeve.handle(session, sleeve, { kind: 'AcceptSleeveRun', run, onlyOneOfItsCorrection: true });
      reachFailpoint(options, 'run accepted');
      if (appended.length === 0) return 'already';
      session.ports.log.info({ runId, sleeve, grade: run.eligibility }, 'took a sleeve result in');
      return 'accepted';
    },
  );
}

/** Writes the dead letter of a refused message; one of a flood is gathered. */
export async function refuse(session: Session, incoming: Incoming, error: LedgerError, options: IntakeOptions): Promise<IntakeOutcome> {
  options.onRefused?.(error);
  if (options.flood !== undefined && (await options.flood.gathers(session, incoming, error, options.onGathered)))
    return { outcome: 'gathered', sleeve: incoming.source.key, runId: null, letterId: null, code: error.code };
  const { letterId, written } = await reject(session, incoming, error, options, () => reachFailpoint(options, 'letter recorded'));
  reachFailpoint(options, 'letter sent');
  return { outcome: written ? 'rejected' : 'already', sleeve: incoming.source.key, runId: null, letterId, code: error.code };
}

/** Processes a message for a sleeve that is free: it becomes a run, or a dead letter. */
export async function processMessage(
  session: Session,
  incoming: Incoming,
  state: SleeveState,
  options: IntakeOptions,
): Promise<IntakeOutcome> {
  const sleeve = incoming.source.key!;
  try {
    const admitted = await admit(session, incoming, state);
    const { runId } = admitted.run;
    const known = state.accepted.has(runId);
    return { outcome: known ? 'already' : await accept(session, admitted, options), sleeve, runId, letterId: null, code: null };
  } catch (error) {
    if (!isPoison(error)) throw error;
    return refuse(session, incoming, error, options);
  }
}
