import type { Decider } from '../shared/decider.ts';
import { invariant, LedgerError, unreachable } from '../shared/errors.ts';
import { GrowingIds } from '../shared/growing-ids.ts';
import { GrowingMap } from '../shared/growing-map.ts';
import { limits } from '../shared/limits.ts';
import type { SleeveCommand } from './commands.ts';
import type { SleeveRunAccepted } from '../run/accepted-run.ts';
import type { SleeveDefined, SleeveResultHeld } from './intake-events.ts';
import {
  evolveLetters,
  type Letters,
  emptyLetters,
  eraseOnce,
  firstOpenLetter,
  refuseTogetherOnce,
  rejectOnce,
  resolveOnce,
} from './letters.ts';
import { draftSleeve, type SleeveDraft, type SleeveEvent } from './slice.ts';

/** What is kept of an accepted run: what later decisions ask for. The rest is in its event. */
export type AcceptedRun = Pick<SleeveRunAccepted, 'runId' | 'asOf' | 'correction' | 'payloadHash'>;

export interface SleeveState {
  /** Null until the sleeve was made known by `manifest apply`. */
  readonly definition: SleeveDefined | null;
  /** By run id, in ledger order. */
  readonly accepted: GrowingMap<AcceptedRun>;
  /** The run that counts, of all accepted ones. */
  readonly current: AcceptedRun | null;
  /** Run id of the first accepted run of each date and correction. */
  readonly firstOfCorrection: GrowingMap<string>;
  /** Why the sleeve is out of use; null when it is in use. */
  readonly quarantinedWhy: string | null;
  readonly quarantines: number;
  readonly letters: Letters;
  /** Every result ever held. */
  readonly everHeld: GrowingIds;
  /** Results that wait, in ledger order. */
  readonly held: readonly SleeveResultHeld[];
  /** Sessions whose result was noted as missing. */
  readonly overdueSessions: GrowingMap<string>;
}

function correctionKey({ asOf, correction }: AcceptedRun): string {
  return `${asOf}/${correction}`;
}

/** Of two runs in ledger order the one that counts: the greater (as-of, correction), then the later. */
function newerRun<Run extends { readonly asOf: string; readonly correction: number }>(before: Run | null, after: Run): Run {
  if (before === null || after.asOf > before.asOf) return after;
  return after.asOf === before.asOf && after.correction >= before.correction ? after : before;
}

function evolve(state: SleeveState, event: SleeveEvent): SleeveState {
  switch (event.type) {
    case 'SleeveRunAccepted': {
      const { runId, asOf, correction, payloadHash } = event.data;
      const run = { runId, asOf, correction, payloadHash };
      return {
        ...state,
        accepted: state.accepted.with(runId, run),
        current: newerRun(state.current, run),
        firstOfCorrection: state.firstOfCorrection.with(correctionKey(run), runId),
      };
    }
    case 'SleeveQuarantined':
      return { ...state, quarantinedWhy: event.data.why, quarantines: event.data.number };
    case 'SleeveReinstated':
      return { ...state, quarantinedWhy: null };
    case 'SleeveDefined':
      return { ...state, definition: event.data };
    case 'SleeveRunRejected':
    case 'MessagesRefused':
    case 'DeadLetterResolved':
    case 'DeadLetterErased':
      return { ...state, letters: evolveLetters(state.letters, event) };
    case 'SleeveResultHeld':
      return { ...state, everHeld: state.everHeld.with(event.data.heldId), held: [...state.held, event.data] };
    case 'SleeveResultReleased':
      return { ...state, held: state.held.filter(({ heldId }) => heldId !== event.data.heldId) };
    case 'SleeveOverdue':
      return { ...state, overdueSessions: state.overdueSessions.with(event.data.session, event.data.expectedBy) };
    default:
      return unreachable(event);
  }
}

type CommandOf<Kind extends SleeveCommand['kind']> = Extract<SleeveCommand, { readonly kind: Kind }>;

/** The greatest correction of a date that was accepted; -1 where none was. */
function newestCorrection(state: SleeveState, asOf: string): number {
  let newest = -1;
  for (const run of state.accepted) if (run.asOf === asOf) newest = Math.max(newest, run.correction);
  return newest;
}

/**
 * A number far ahead would stand for ever above every honest one. 0 never outranks another number, and needs no look at the others. Errors:
 * CorrectionOutOfOrder.
 */
function requireNextCorrection({ sleeve, asOf, correction, runId }: SleeveRunAccepted, aheadMax: number, state: SleeveState): void {
  if (correction === 0) return;
  const expected = newestCorrection(state, asOf) + 1;
  const isBehind = aheadMax === 0 && correction < expected;
  if (!isBehind && correction <= expected + aheadMax) return;
  const newest = expected === 0 ? 'no result is recorded' : `the newest recorded is ${expected - 1}`;
  throw new LedgerError(
    'CorrectionOutOfOrder',
    `correction ${correction} of sleeve ${sleeve} for ${asOf} is out of order: ${newest}, so ${expected} is expected`,
    { at: { path: 'correction' }, evidence: { sleeve, asOf, correction, expected, runId } },
  );
}

function accept({ run, onlyOneOfItsCorrection }: CommandOf<'AcceptSleeveRun'>, state: SleeveState): readonly SleeveDraft[] {
  const before = state.accepted.get(run.runId);
  if (before !== undefined) {
    if (before.payloadHash === run.payloadHash) return [];
    throw new LedgerError('EventContentConflict', `run ${run.runId} was accepted with another payload`, {
      evidence: { recorded: before.payloadHash, offered: run.payloadHash },
    });
  }
  const first = state.firstOfCorrection.get(correctionKey(run));
  if (onlyOneOfItsCorrection === true && first !== undefined) {
    throw new LedgerError(
      'CorrectionTaken',
      `sleeve ${run.sleeve} has another result for ${run.asOf}, correction ${run.correction}: run ${first}`,
      {
        evidence: { recorded: first, offered: run.runId },
        at: { path: 'correction' },
      },
    );
  }
  requireNextCorrection(run, onlyOneOfItsCorrection === true ? limits.correctionsAheadMax : 0, state);
  return [draftSleeve('SleeveRunAccepted', run)];
}

function define(command: CommandOf<'DefineSleeve'>, { definition }: SleeveState): readonly SleeveDraft[] {
  const { sleeve, profile, number, expectedBy, grossMax } = command;
  const numbered = (given: number): readonly SleeveDraft[] => [
    draftSleeve('SleeveDefined', { sleeve, profile, number: given, expectedBy, grossMax }),
  ];
  if (definition === null) return numbered(1);
  const same = definition.profile === profile && definition.grossMax === grossMax && sameExpectation(definition.expectedBy, expectedBy);
  return same || number <= definition.number ? [] : numbered(definition.number + 1);
}

function sameExpectation(left: SleeveDefined['expectedBy'], right: SleeveDefined['expectedBy']): boolean {
  if (left === null || right === null) return left === right;
  return (
    left.time === right.time &&
    left.zone === right.zone &&
    left.calendar === right.calendar &&
    (left.days_after ?? 0) === (right.days_after ?? 0)
  );
}

/** Errors: LimitExceeded when as many results of a sleeve wait as are held. */
export function requireRoom(sleeve: string, { held }: SleeveState): void {
  if (held.length < limits.heldResultsPerSleeveMax) return;
  throw new LedgerError('LimitExceeded', `sleeve ${sleeve} has ${held.length} results waiting, no more are held`, {
    evidence: { held: held.length, heldResultsPerSleeveMax: limits.heldResultsPerSleeveMax },
  });
}

/** Nothing is held once the sleeve is free: the caller looks at the state and takes the result up afresh. */
function hold({ heldId, sleeve, source, sealed }: CommandOf<'HoldSleeveResult'>, state: SleeveState): readonly SleeveDraft[] {
  const behind = firstOpenLetter(state.letters);
  if (behind === null || state.everHeld.has(heldId)) return [];
  requireRoom(sleeve, state);
  return [draftSleeve('SleeveResultHeld', { heldId, sleeve, behind, source, payload: null, sealed })];
}

function release({ released }: CommandOf<'ReleaseSleeveResult'>, state: SleeveState): readonly SleeveDraft[] {
  invariant(state.everHeld.has(released.heldId), 'a result is released that was never held', { heldId: released.heldId });
  return state.held.some(({ heldId }) => heldId === released.heldId) ? [draftSleeve('SleeveResultReleased', released)] : [];
}

/** A result that arrived meanwhile, or a sleeve that is no longer expected, is not overdue. */
function noteOverdue({ sleeve, session, expectedBy }: CommandOf<'NoteSleeveOverdue'>, state: SleeveState): readonly SleeveDraft[] {
  const latestAsOf = state.current?.asOf ?? null;
  const expected = state.definition !== null && state.definition.expectedBy !== null;
  if (!expected || state.overdueSessions.has(session) || (latestAsOf !== null && latestAsOf >= session)) return [];
  return [draftSleeve('SleeveOverdue', { sleeve, session, expectedBy, latestAsOf })];
}

/** A command already folded is answered with no new fact: redelivery is a no-op, whatever followed. */
function decide(command: SleeveCommand, state: SleeveState): readonly SleeveDraft[] {
  switch (command.kind) {
    case 'AcceptSleeveRun':
      return accept(command, state);
    case 'QuarantineSleeve':
      if (state.quarantinedWhy !== null || command.number <= state.quarantines) return [];
      return [draftSleeve('SleeveQuarantined', { sleeve: command.sleeve, number: state.quarantines + 1, why: command.why })];
    case 'ReinstateSleeve':
      if (state.quarantinedWhy === null || command.number !== state.quarantines) return [];
      return [draftSleeve('SleeveReinstated', { sleeve: command.sleeve, number: state.quarantines, why: command.why })];
    case 'DefineSleeve':
      return define(command, state);
    case 'RejectSleeveRun':
      return rejectOnce(state.letters, command.letter);
    case 'HoldSleeveResult':
      return hold(command, state);
    case 'ReleaseSleeveResult':
      return release(command, state);
    case 'ResolveDeadLetter':
      return resolveOnce(state.letters, command.resolution);
    case 'RefuseMessages':
      return refuseTogetherOnce(state.letters, command.refused);
    case 'EraseDeadLetter':
      return eraseOnce(state.letters, command.erasure);
    case 'NoteSleeveOverdue':
      return noteOverdue(command, state);
    default:
      return unreachable(command);
  }
}

export const sleeveDecider: Decider<SleeveCommand, SleeveState, SleeveEvent, SleeveDraft> = {
  initialState: {
    definition: null,
    accepted: GrowingMap.empty(),
    current: null,
    firstOfCorrection: GrowingMap.empty(),
    quarantinedWhy: null,
    quarantines: 0,
    letters: emptyLetters,
    everHeld: GrowingIds.empty(),
    held: [],
    overdueSessions: GrowingMap.empty(),
  },
  evolve,
  decide,
};

/**
 * The run that counts: the greatest (as-of, correction), then the later in the ledger. A late result for an older date is
 * recorded and never becomes current. `asOfMax` cuts off runs with later as-of dates.
 */
export function latestRun<Run extends { readonly asOf: string; readonly correction: number }>(
  runsInLedgerOrder: Iterable<Run>,
  asOfMax: string | null,
): Run | null {
  let latest: Run | null = null;
  for (const run of runsInLedgerOrder) if (asOfMax === null || run.asOf <= asOfMax) latest = newerRun(latest, run);
  return latest;
}
