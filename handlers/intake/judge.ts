import { grossMaxOf } from '../../domain/manifest/gross-max.ts';
import { latestDateAt } from '../../domain/returns/future-dates.ts';
import { requireGross } from '../../domain/risk/gross.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { AcceptedRun, SleeveState } from '../../domain/sleeve/decider.ts';
import type { SleeveRunAccepted } from '../../domain/run/accepted-run.ts';
import { sleeveRunStream } from '../../domain/sleeve-run/stream.ts';
import { computeResultRun, identifyResultRun, referencesOf } from '../messages/reported-run.ts';
import type { ComputedSleeveRun } from '../../domain/sleeve-run/computed-run.ts';
import type { Names, SleeveRunName } from '../../domain/run/run-names.ts';
import { sleeveResultFamily, sleeveResultType } from '../messages/event-types.ts';
import { readSleeveResult } from '../messages/result-rules.ts';
import type { SleeveResult } from '../messages/sleeve-result.ts';
import { refuseMessage } from '../messages/strict-json.ts';
import { namesOfRecorded } from '../replay/recompute.ts';
import { toDomainEvents } from '../runtime/record.ts';
import { recordedSleeveRun } from '../../domain/sleeve-run/recorded.ts';
import { recordedUnder } from '../runs/recorded-run.ts';
import type { Session } from '../runtime/session.ts';
import { cloudEventOf, type Incoming } from './incoming.ts';

/** What a message asks for. */
export interface Judged {
  readonly runId: string;
  /** The run as the sleeve has accepted it before; null when it has not. */
  readonly already: AcceptedRun | null;
  /** What the sleeve's stream would say of the run; null when it is ineligible, or was accepted before. */
  readonly acceptance: SleeveRunAccepted | null;
  readonly reasons: readonly string[];
  /** What is to be recorded; null when the run is recorded already, whether it was reported before or computed in this ledger. */
  readonly computed: ComputedSleeveRun | null;
  readonly traceparent: string | null;
}

/** A fault of this program in reading one message stops only that message; the letter says so, and a later build may retry it. */
function contained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    const cause = error instanceof Error ? error : new Error(String(error));
    throw new LedgerError('Internal', `unexpected: ${cause.message}`, { cause });
  }
}

function readResult(incoming: Incoming): { readonly result: SleeveResult; readonly traceparent: string | null } {
  const { source, value } = incoming;
  if (value !== null && value.length > limits.messageBytesMax) {
    throw new LedgerError('LimitExceeded', `the message has ${value.length} bytes, at most ${limits.messageBytesMax} are read`, {
      evidence: { bytes: value.length, messageBytesMax: limits.messageBytesMax },
    });
  }
  const { type, subject, traceparent, data } = cloudEventOf(incoming);
  if (type !== sleeveResultType)
    refuseMessage(
      type.startsWith(sleeveResultFamily)
        ? `version ${type} is not known here, only ${sleeveResultType}`
        : `${type} is no ${sleeveResultType}`,
      'type',
    );
  const result = readSleeveResult(data);
  if (source.key === null) refuseMessage('the key of the message is missing, or no name of a sleeve', 'key');
  if (result.sleeve !== source.key) refuseMessage(`the key is ${source.key}, the result is of ${result.sleeve}`, 'sleeve');
  if (subject !== null && subject !== result.sleeve) refuseMessage(`the subject is not the sleeve ${result.sleeve}`, 'subject');
  return { result, traceparent };
}

/** A slip of the pen in the as-of date would keep every later result from counting. */
function assertNotOfTheFuture({ asOf }: SleeveResult, now: string): void {
  const tomorrow = latestDateAt(now);
  if (asOf > tomorrow) refuseMessage(`as of ${asOf}, which is after ${tomorrow}`, 'asOf');
}

/** By the bound that the sleeve is defined with here: what the message says of its own settings does not count. Errors: WeightsRefused. */
function admitGross({ profiles }: SleeveResult, { definition }: SleeveState): void {
  const grossMax = grossMaxOf(definition?.grossMax ?? null);
  for (const [index, { risk, weights }] of profiles.entries())
    if (weights !== null) requireGross(weights, grossMax, risk, { path: `profiles[${index}].weights` });
}

type Recorded = Omit<Judged, 'traceparent'>;

/** What was recorded of a run, and nothing computed. */
async function fromRecord({ ports }: Session, names: Names<SleeveRunName>, state: SleeveState): Promise<Recorded | null> {
  for (const { runId } of names) {
    const accepted = state.accepted.get(runId);
    if (accepted !== undefined) return { runId, already: accepted, acceptance: null, reasons: [], computed: null };
  }
  const recorded = await recordedUnder(ports.store, 'sleeveRun', names);
  if (recorded === null) return null;
  const { runId, acceptance, reasons } = recordedSleeveRun(recorded);
  return { runId, already: null, acceptance, reasons, computed: null };
}

/**
 * The run itself, when the message comes from this very ledger and the run is there. Errors: MessageInvalid when it is another sleeve's.
 */
async function ownRun(session: Session, { origin, sleeve }: SleeveResult, state: SleeveState): Promise<Recorded | null> {
  const { ports, ledger } = session;
  const { runId } = origin;
  if (origin.ledgerId !== ledger.ledgerId || runId === null || !/^[a-zA-Z0-9_-]{1,150}$/.test(runId)) return null;
  const accepted = state.accepted.get(runId);
  if (accepted !== undefined) return { runId, already: accepted, acceptance: null, reasons: [], computed: null };
  const [first] = toDomainEvents(
    await ports.store.readStream(sleeveRunStream.name(runId), { from: 0n, maxCount: 1, direction: 'forwards' }),
  );
  if (first?.type !== 'SleeveRunOpened') return null;
  if (first.data.sleeve !== sleeve) refuseMessage(`run ${runId} is one of ${first.data.sleeve}`, 'origin.runId');
  return fromRecord(session, await namesOfRecorded(ports, first.data), state);
}

/**
 * Reads a message and finds out what it is worth: from the record when the same was recorded before, else by computing. Records nothing.
 * Errors: poison, and those of the store.
 */
export async function judge(session: Session, incoming: Incoming, state: SleeveState): Promise<Judged> {
  const { ports } = session;
  const { sha256 } = ports.crypto;
  const { result, traceparent } = contained(() => readResult(incoming));
  assertNotOfTheFuture(result, ports.clock.now());
  const identified = identifyResultRun(result, sha256);
  const recorded = (await ownRun(session, result, state)) ?? (await fromRecord(session, identified.names, state));
  if (recorded !== null) return { ...recorded, traceparent };
  admitGross(result, state);
  const artifacts = new Map<string, Uint8Array>();
  for (const address of referencesOf(result)) artifacts.set(address, await ports.artifacts.get(address));
  const computed = contained(() => computeResultRun(result, artifacts, rulesInForce, sha256, identified));
  const { runId, acceptance, reasons } = computed;
  return { runId, already: null, acceptance, reasons, computed, traceparent };
}

/** Errors: SleeveUnknown. */
export function assertDefined(sleeve: string, { definition }: SleeveState): void {
  if (definition === null)
    throw new LedgerError('SleeveUnknown', `no sleeve ${sleeve} is defined`, { evidence: { sleeve }, at: { path: 'sleeve' } });
}
