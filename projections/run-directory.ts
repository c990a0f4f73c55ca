import type { DomainEvent } from '../domain/catalogue.ts';
import { refusalSentence } from '../domain/combine/refusal.ts';
import { gridEnd, streamEnd } from '../domain/run/data-end.ts';
import type { DataEnd } from '../domain/run/delivered-run.ts';
import type { RunKind } from '../domain/run/run-kind.ts';
import { type Projection, type Row, type Rows, runIdOf, sortable } from './projection.ts';

/** A backtest or a tournament is `unfinished` until its last fact is recorded. */
export type RunStatus =
  | 'opened'
  | 'accepted'
  | 'integrity_failed'
  | 'ineligible'
  | 'parity_rejected'
  | 'allocated'
  | 'not_allocated'
  | 'unfinished'
  | 'tested'
  | 'failed'
  | 'combined'
  | 'refused'
  | 'ranked';

/** `id/<runId>`. */
export interface RunRow {
  readonly number: number;
  readonly runId: string;
  readonly kind: RunKind;
  /** Sleeve, meta portfolio, or the book whose positions were combined. */
  readonly name: string;
  /** Null for a combination whose positions bear no date. */
  readonly asOf: string | null;
  readonly recordedAt: string;
  readonly status: RunStatus;
  readonly grade: string | null;
  readonly risks: readonly string[];
  readonly failed: readonly string[];
  /** Sleeve runs: that a meta run allocates over, or whose prices a backtest or a tournament read. */
  readonly consumed: readonly string[];
  readonly supersedes: string | null;
  /** Why it was made again, or why profiles could not be tested or positions not be combined. */
  readonly why: string | null;
  /** What a sleeve run selected last, winners of candidates; its windows, and how many aborted. Left out where it selects nothing. */
  readonly selection?: { readonly won: number; readonly of: number; readonly windows: number; readonly aborted: number };
}

/** Whether a run counts at a date of the market; one without a date counts where no date is asked for. */
export function isAsOf(run: Pick<RunRow, 'asOf'>, asOf: string | null): boolean {
  return asOf === null || (run.asOf !== null && run.asOf <= asOf);
}

/** `end/<runId>`: where the data of a sleeve run end. */
export interface DataEndRow extends DataEnd {
  /** Of the profile that speaks for an import or a message; null for a run with a grid. */
  readonly risk: string | null;
}

/** `count` */
export interface RunCountRow {
  readonly runs: number;
}

/** Which runs: of a kind, of a name, of both, or all. */
export interface RunsOf {
  readonly kind: RunKind | null;
  readonly name: string | null;
}

/** `number/<number>` and below the other prefixes of `numberedPrefix`: which run it is, in ledger order. */
export interface NumberedRunRow {
  readonly runId: string;
}

/** `newest/<kind>/<name>`: the run of a kind and a name that was recorded last. */
export interface NewestRunRow {
  readonly kind: RunKind;
  readonly name: string;
  readonly runId: string;
}

export const runKey = (runId: string): string => `id/${runId}`;
export const dataEndKey = (runId: string): string => `end/${runId}`;
export const newestPrefix = (kind: RunKind): string => `newest/${kind}/`;

/** Runs in ledger order. */
export function numberedPrefix({ kind, name }: RunsOf): string {
  if (name === null) return kind === null ? 'number/' : `kind/${kind}/`;
  return kind === null ? `name/${name}/` : `of/${kind}/${name}/`;
}

export const numberedKey = (of: RunsOf, number: number): string => `${numberedPrefix(of)}${sortable(number)}`;

export type Opened = Pick<RunRow, 'kind' | 'name' | 'asOf' | 'status' | 'consumed' | 'supersedes' | 'why'>;

const nothingBefore = { consumed: [], supersedes: null, why: null } as const;

/** What the first event of a run says of it; null for any other event. */
export function openedBy(event: DomainEvent): Opened | null {
  switch (event.type) {
    case 'SleeveRunOpened':
      return { kind: 'sleeve', name: event.data.sleeve, asOf: event.data.asOf, status: 'opened', ...nothingBefore };
    case 'MetaRunOpened': {
      const { meta, asOf, consumed, supersedes, why } = event.data;
      return { kind: 'meta', name: meta, asOf, status: 'opened', consumed: consumed.map((run) => run.runId), supersedes, why };
    }
    case 'BacktestStarted': {
      const { meta, asOf, sleeves } = event.data;
      const consumed = [...new Set(sleeves.flatMap(({ sourceRunId }) => sourceRunId ?? []))];
      return { ...nothingBefore, kind: 'backtest', name: meta, asOf, status: 'unfinished', consumed };
    }
    case 'TournamentStarted': {
      const { sleeve, asOf, sourceRunId } = event.data;
      return {
        ...nothingBefore,
        kind: 'tournament',
        name: sleeve,
        asOf,
        status: 'unfinished',
        consumed: sourceRunId === null ? [] : [sourceRunId],
      };
    }
    case 'PositionsCombined':
      return { kind: 'combination', name: event.data.name, asOf: event.data.asOf, status: 'combined', ...nothingBefore };
    case 'CombinationRefused': {
      const { name, asOf } = event.data;
      return { ...nothingBefore, kind: 'combination', name, asOf, status: 'refused', why: refusalSentence(event.data) };
    }
    default:
      return null;
  }
}

interface Failure {
  readonly risk: string;
  readonly reason: string;
}

/** Each profile and each reason once: a profile of a nested portfolio may fail in several places. */
function failedProfiles(failed: readonly Failure[]): Pick<RunRow, 'failed' | 'why'> {
  const reasons = new Set(failed.map(({ risk, reason }) => `${risk}: ${reason}`));
  return { failed: [...new Set(failed.map(({ risk }) => risk))], why: reasons.size === 0 ? null : [...reasons].join('; ') };
}

type SelectionFact = Extract<DomainEvent, { type: 'AssetsSelected' | 'SelectionAborted' }>;

/** A window is counted; the live or the static decision, which comes last, says how many won. */
function selected(event: SelectionFact, { selection }: RunRow): NonNullable<RunRow['selection']> {
  const { windows, aborted } = selection ?? { windows: 0, aborted: 0 };
  const isAborted = event.type === 'SelectionAborted';
  const { scope, candidates } = event.data;
  const counted = scope === 'window' ? { windows: windows + 1, aborted: aborted + (isAborted ? 1 : 0) } : { windows, aborted };
  return { won: isAborted ? event.data.winners : event.data.winners.length, of: candidates, ...counted };
}

function changed(event: DomainEvent, row: RunRow): RunRow {
  switch (event.type) {
    case 'IntegrityFailed':
      return { ...row, status: 'integrity_failed', grade: 'INELIGIBLE' };
    case 'AssetsSelected':
    case 'SelectionAborted':
      return { ...row, selection: selected(event, row) };
    case 'SleeveProfileSolved':
    case 'SleeveProfileImported':
      return { ...row, risks: [...row.risks, event.data.risk] };
    case 'SleeveProfileFailed':
    case 'SleeveProfileAbsent':
      return { ...row, failed: [...row.failed, event.data.risk] };
    case 'SleeveRunCertified':
      return { ...row, status: 'accepted', grade: 'CERTIFIED' };
    case 'SleeveRunDegraded':
      return { ...row, status: 'accepted', grade: 'DEGRADED' };
    case 'SleeveRunFoundIneligible':
      return { ...row, status: 'ineligible', grade: 'INELIGIBLE' };
    case 'ParityRejected':
      return { ...row, status: 'parity_rejected' };
    case 'MetaRunCompleted': {
      const { allocated, failed } = event.data;
      return { ...row, status: allocated.length > 0 ? 'allocated' : 'not_allocated', risks: allocated, failed };
    }
    case 'BacktestCompleted': {
      const { tested, failed } = event.data;
      return { ...row, status: 'tested', risks: tested.map(({ risk }) => risk), ...failedProfiles(failed) };
    }
    case 'BacktestFailed':
      return { ...row, status: 'failed', ...failedProfiles(event.data.failed) };
    case 'TournamentCompleted': {
      const { entrants, failed } = event.data;
      const profiles = [...new Set(entrants.map(({ profile }): string => profile))];
      const why = failed.length === 0 ? null : failed.map(({ id, reason }) => `${id}: ${reason}`).join('; ');
      return { ...row, status: 'ranked', risks: profiles, failed: failed.map(({ id }) => id), why };
    }
    case 'TournamentFailed': {
      const { reason, failed } = event.data;
      return { ...row, status: 'failed', failed: failed.map(({ id }) => id), why: reason };
    }
    default:
      return row;
  }
}

type EndingFact = Extract<DomainEvent, { type: 'UniverseFormed' | 'SleeveProfileImported' }>;

function endsData(event: DomainEvent): event is EndingFact {
  return event.type === 'UniverseFormed' || event.type === 'SleeveProfileImported';
}

/** The row of a run's data end after a fact; null where the fact does not change it. */
function dataEndAfter(event: EndingFact, before: DataEndRow | null): DataEndRow | null {
  if (event.type === 'UniverseFormed') return { ...gridEnd(event.data), risk: null };
  const { risk, outOfSample } = event.data;
  const speaks = before === null || risk === 'hrp' || (before.risk !== 'hrp' && outOfSample.last > before.date);
  return speaks ? { ...streamEnd(outOfSample), risk } : null;
}

function apply(event: DomainEvent, rows: Rows): readonly Row[] {
  const runId = runIdOf(event.envelope.stream);
  const first = openedBy(event);
  if (first !== null) {
    const { kind, name } = first;
    const number = (rows('count') as RunCountRow | null)?.runs ?? 0;
    const { recordedAt } = event.envelope;
    const row: RunRow = { number, runId, ...first, recordedAt, grade: null, risks: [], failed: [] };
    const ofIt: readonly RunsOf[] = [
      { kind: null, name: null },
      { kind: null, name },
      { kind, name: null },
      { kind, name },
    ];
    return [
      { key: 'count', value: { runs: number + 1 } },
      { key: runKey(runId), value: { ...row } },
      { key: `${newestPrefix(kind)}${name}`, value: { kind, name, runId } satisfies NewestRunRow },
      ...ofIt.map((of): Row => ({ key: numberedKey(of, number), value: { runId } })),
    ];
  }
  const key = runKey(runId);
  const before = rows(key) as RunRow | null;
  if (before === null) return [];
  const end = endsData(event) ? dataEndAfter(event, rows(dataEndKey(runId)) as DataEndRow | null) : null;
  const ended: Row[] = end === null ? [] : [{ key: dataEndKey(runId), value: { ...end, shortenedBy: [...end.shortenedBy] } }];
  return event.type === 'UniverseFormed' ? ended : [{ key, value: { ...changed(event, before) } }, ...ended];
}

/** Every run with what became of it. */
export const runDirectory: Projection = {
  name: 'run-directory',
  version: 6,
  types: [
    'SleeveRunOpened',
    'UniverseFormed',
    'IntegrityFailed',
    'AssetsSelected',
    'SelectionAborted',
    'SleeveProfileSolved',
    'SleeveProfileImported',
    'SleeveProfileFailed',
    'SleeveProfileAbsent',
    'SleeveRunCertified',
    'SleeveRunDegraded',
    'SleeveRunFoundIneligible',
    'MetaRunOpened',
    'ParityRejected',
    'MetaRunCompleted',
    'BacktestStarted',
    'BacktestCompleted',
    'BacktestFailed',
    'TournamentStarted',
    'TournamentCompleted',
    'TournamentFailed',
    'PositionsCombined',
    'CombinationRefused',
  ],
  keysFor: (event) => {
    const runId = runIdOf(event.envelope.stream);
    return ['count', runKey(runId), ...(endsData(event) ? [dataEndKey(runId)] : [])];
  },
  apply,
};
