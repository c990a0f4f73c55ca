import type { RecordedKind } from '../../domain/run/run-kind.ts';
import type { Code, Envelope } from '../../domain/shared/envelope.ts';
import { domainEvent, type DomainEvent } from '../../domain/catalogue.ts';
import { isFactOfRun } from '../../domain/run/cache-used.ts';
import { rulesThatMoved } from '../../domain/run/rules.ts';
import { canonicalJson, type Json } from '../../domain/shared/canonical-json.ts';
import { concernsTheRun } from '../../domain/shared/error-kinds.ts';
import { invariant, type LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import { requireFinished } from '../runs/backtest-runs.ts';
import { throwIfInterrupted } from '../runtime/interruption.ts';
import { readWholeStream } from '../runtime/record.ts';
import { compareEvents, type Comparison, type EventDifference } from '../replay/compare-events.ts';
import { isDiagnostic, isWithinTolerance } from '../replay/json-difference.ts';
import { LeafRuns } from '../replay/rebuild-meta-run.ts';
import { recomputeScans } from '../replay/recompute-scans.ts';
import { recompute, rulesFor } from '../replay/recompute.ts';
import { envelopeOf, recordedRuns, type RunSelection, type RunToReplay } from '../replay/recorded-runs.ts';

/** Rows that a differing run contributes to the table: the rest is counted. */
export const differencesShownMax = 50;

/** `explained`: recomputed under later rules, and their changes explain every difference. */
export type ReplayOutcome = 'identical' | 'withinTolerance' | 'explained' | 'different' | 'notRecomputed';

export interface ReplayedRun {
  readonly runId: string;
  readonly kind: RecordedKind;
  readonly name: string;
  readonly asOf: string | null;
  readonly outcome: ReplayOutcome;
  readonly events: number;
  /** Places at which recorded and recomputed part. */
  readonly differences: number;
  /** Of two numbers, absolute; null without any. */
  readonly largestDifference: number | null;
  /** Versions of the rules that the run was recorded and recomputed under; null where it could not be read. */
  readonly rules: { readonly recorded: number; readonly recomputed: number } | null;
  /** Paths that the run did not record, because its events are older than they are. */
  readonly notComparable: readonly string[];
  /** Why the run could not be recomputed. */
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface DifferenceRow {
  readonly runId: string;
  readonly path: string;
  readonly recorded: Json;
  readonly recomputed: Json;
  readonly difference: number | null;
  /** What a later version of the rules changed, when it moves this place; null when nothing explains the difference. */
  readonly explainedBy: string | null;
}

export interface ReplayReport {
  readonly checked: number;
  readonly identical: number;
  readonly withinTolerance: number;
  readonly explained: number;
  readonly different: readonly DifferenceRow[];
  /** The builds that recorded the runs, in ledger order, and the one at work. */
  readonly code: { readonly then: readonly Code[]; readonly now: Code };
  readonly runs: readonly ReplayedRun[];
}

interface Checked {
  readonly run: ReplayedRun;
  readonly rows: readonly DifferenceRow[];
  readonly code: Code;
}

interface Compared extends Comparison {
  readonly rules: { readonly recorded: number; readonly recomputed: number };
}

function isOfScans(first: DomainEvent): first is Extract<DomainEvent, { readonly type: 'ScanRecorded' | 'ScanAudited' }> {
  return first.type === 'ScanRecorded' || first.type === 'ScanAudited';
}

function rulesOf(first: DomainEvent): number {
  const { type } = first;
  if (type === 'PositionsCombined' || type === 'CombinationRefused' || isOfScans(first)) return first.data.rules;
  const opens = type === 'SleeveRunOpened' || type === 'MetaRunOpened' || type === 'BacktestStarted' || type === 'TournamentStarted';
  invariant(opens, 'a run begins with its opening', { type });
  return first.data.rules;
}

/** A run as it is recorded, without what only says how it came about. */
interface Recorded {
  readonly envelopes: readonly Envelope[];
  readonly position: string;
}

/** What every run of one replay is checked with. */
interface Replaying {
  readonly ports: Ports;
  readonly leafRuns: LeafRuns;
  readonly signal: AbortSignal;
  /** True where one run was asked for. */
  readonly named: boolean;
}

async function compared({ ports, leafRuns, signal }: Replaying, { envelopes: recorded, position }: Recorded): Promise<Compared> {
  const first = domainEvent(recorded[0]!, position);
  const { drafts, staged } = isOfScans(first)
    ? await recomputeScans(
        ports,
        recorded.map((envelope) => domainEvent(envelope, position)),
        signal,
      )
    : await recompute(ports, first, leafRuns, signal);
  const rules = { recorded: rulesOf(first), recomputed: rulesFor(rulesOf(first)) };
  const comparison = await compareEvents(ports.crypto.sha256, recorded, drafts, {
    recorded: (address) => ports.artifacts.get(address),
    recomputed: async (address) => staged.get(address)!,
  });
  return { ...comparison, rules };
}

/** Which change of the rules moves the place of a difference. The version itself is recorded beside it and explains itself. */
function explanationOf({ type, revision, path }: EventDifference, { recorded, recomputed }: Compared['rules']): string | null {
  const inside = path.slice(`events[${revision}].data.`.length);
  if (recorded === recomputed) return null;
  if (inside === 'rules') return `recomputed under rules ${recomputed}`;
  const moved = rulesThatMoved(`${type}.data.${inside}`, recorded, recomputed);
  return moved === null ? null : `rules ${moved.version}: ${moved.changes}`;
}

function outcomeOf(differences: readonly EventDifference[], rules: Compared['rules']): ReplayOutcome {
  if (differences.length === 0) return 'identical';
  if (differences.every(isWithinTolerance)) return 'withinTolerance';
  return differences.every((difference) => isWithinTolerance(difference) || explanationOf(difference, rules) !== null)
    ? 'explained'
    : 'different';
}

function judge(run: RunToReplay, events: number, { differences, notComparable, rules }: Compared): Omit<Checked, 'code'> {
  const numbers = differences.flatMap(({ path, difference }) => (difference === null || isDiagnostic(path) ? [] : [difference]));
  const largestDifference = numbers.length === 0 ? null : numbers.reduce((largest, value) => Math.max(largest, value), 0);
  const { runId, kind, name, asOf } = run;
  const gravest = differences
    .filter((difference) => !isWithinTolerance(difference))
    .toSorted((left, right) => (right.difference ?? Infinity) - (left.difference ?? Infinity) || 0);
  return {
    run: {
      runId,
      kind,
      name,
      asOf,
      outcome: outcomeOf(differences, rules),
      events,
      differences: differences.length,
      largestDifference,
      rules,
      notComparable,
      error: null,
    },
    rows: gravest.slice(0, differencesShownMax).map((difference) => {
      const { path, recorded, recomputed, difference: apart } = difference;
      return { runId, path, recorded, recomputed, difference: apart, explainedBy: explanationOf(difference, rules) };
    }),
  };
}

function failed(run: RunToReplay, events: number, error: LedgerError): Omit<Checked, 'code'> {
  const { runId, kind, name, asOf } = run;
  const artifact = error.evidence['sha256'];
  const row = {
    runId,
    path: 'inputs',
    recorded: typeof artifact === 'string' ? artifact : null,
    recomputed: `${error.code}: ${error.message}`,
    difference: null,
    explainedBy: null,
  };
  return {
    run: {
      runId,
      kind,
      name,
      asOf,
      outcome: 'notRecomputed',
      events,
      differences: 1,
      largestDifference: null,
      rules: null,
      notComparable: [],
      error: { code: error.code, message: error.message },
    },
    rows: [row],
  };
}

/** Errors: BacktestUnfinished where one run was asked for, and is not recorded to its end. */
async function check(replaying: Replaying, run: RunToReplay): Promise<Checked> {
  const stored = (await readWholeStream(replaying.ports.store, run.stream)).filter(isFactOfRun);
  const envelopes = stored.map(envelopeOf);
  const { code } = envelopes[0]!;
  try {
    if (run.kind === 'backtest') requireFinished(run.runId, envelopes);
    return { ...judge(run, envelopes.length, await compared(replaying, { envelopes, position: stored[0]!.position })), code };
  } catch (error) {
    if (!concernsTheRun(error) || (replaying.named && error.code === 'BacktestUnfinished')) throw error;
    return { ...failed(run, envelopes.length, error), code };
  }
}

/**
 * Recomputes recorded runs from the ledger alone, each under its own rules where this build keeps them, and compares them with what was
 * recorded: by content hash, then, where hashes part, number by number. Reads only. Errors: RunUnknown, NothingRecorded, Interrupted,
 * BacktestUnfinished for a run that was asked for.
 */
export async function replayRuns(ports: Ports, selection: RunSelection, signal: AbortSignal): Promise<ReplayReport> {
  const runs = await recordedRuns(ports, selection);
  const replaying = { ports, leafRuns: new LeafRuns(ports), signal, named: selection.runId !== null };
  const checked: Checked[] = [];
  const builds = new Map<string, Code>();
  ports.progress.start('replay', runs.length);
  try {
    for (const run of runs) {
      const done = checked.length;
      await throwIfInterrupted(signal, `replay was interrupted after ${done} of ${runs.length} runs`, { done, total: runs.length });
      const one = await check(replaying, run);
      builds.set(canonicalJson(one.code), one.code);
      checked.push(one);
      ports.progress.advance(checked.length);
    }
  } finally {
    ports.progress.stop();
  }
  const countOf = (outcome: ReplayOutcome): number => checked.filter(({ run }) => run.outcome === outcome).length;
  return {
    checked: checked.length,
    identical: countOf('identical'),
    withinTolerance: countOf('withinTolerance'),
    explained: countOf('explained'),
    different: checked.flatMap(({ rows }) => rows),
    // oxlint-disable-next-line unicorn/no-thenable -- the word of the command-line contract; a list, which nobody can call
    code: { then: [...builds.values()], now: ports.code },
    runs: checked.map(({ run }) => run),
  };
}
