import type { DomainEvent } from '../domain/catalogue.ts';
import { gridEnd, streamEnd } from '../domain/run/data-end.ts';
import type { DataEnd } from '../domain/run/delivered-run.ts';
import { type Projection, type Row, type Rows, runIdOf, sortable } from './projection.ts';

export type RunStatus = 'opened' | 'accepted' | 'integrity_failed' | 'ineligible' | 'parity_rejected' | 'allocated' | 'not_allocated';

/** `id/<runId>`. */
export interface RunRow {
  readonly number: number;
  readonly runId: string;
  readonly kind: 'sleeve' | 'meta';
  /** Sleeve or meta portfolio. */
  readonly name: string;
  readonly asOf: string;
  readonly recordedAt: string;
  readonly status: RunStatus;
  readonly grade: string | null;
  readonly risks: readonly string[];
  readonly failed: readonly string[];
  readonly consumed: readonly string[];
  readonly supersedes: string | null;
  readonly why: string | null;
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

/** `number/<number>` and `name/<name>/<number>`: which run it is, in ledger order. */
export interface NumberedRunRow {
  readonly runId: string;
}

export const runKey = (runId: string): string => `id/${runId}`;
export const dataEndKey = (runId: string): string => `end/${runId}`;
/** Runs in ledger order: all of them, or those of one sleeve or portfolio. */
export const numberedPrefix = (name: string | null): string => (name === null ? 'number/' : `name/${name}/`);
export const numberedKey = (name: string | null, number: number): string => `${numberedPrefix(name)}${sortable(number)}`;

function opened(event: DomainEvent): Pick<RunRow, 'kind' | 'name' | 'asOf' | 'consumed' | 'supersedes' | 'why'> | null {
  if (event.type === 'SleeveRunOpened') {
    return { kind: 'sleeve', name: event.data.sleeve, asOf: event.data.asOf, consumed: [], supersedes: null, why: null };
  }
  if (event.type === 'MetaRunOpened') {
    const { meta, asOf, consumed, supersedes, why } = event.data;
    return { kind: 'meta', name: meta, asOf, consumed: consumed.map((run) => run.runId), supersedes, why };
  }
  return null;
}

function changed(event: DomainEvent, row: RunRow): RunRow {
  switch (event.type) {
    case 'IntegrityFailed':
      return { ...row, status: 'integrity_failed', grade: 'INELIGIBLE' };
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
  const first = opened(event);
  if (first !== null) {
    const number = (rows('count') as RunCountRow | null)?.runs ?? 0;
    const row: RunRow = {
      number,
      runId,
      ...first,
      recordedAt: event.envelope.recordedAt,
      status: 'opened',
      grade: null,
      risks: [],
      failed: [],
    };
    return [
      { key: 'count', value: { runs: number + 1 } },
      { key: runKey(runId), value: { ...row } },
      { key: numberedKey(null, number), value: { runId } },
      { key: numberedKey(first.name, number), value: { runId } },
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
  version: 3,
  types: [
    'SleeveRunOpened',
    'UniverseFormed',
    'IntegrityFailed',
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
  ],
  keysFor: (event) => {
    const runId = runIdOf(event.envelope.stream);
    return ['count', runKey(runId), ...(endsData(event) ? [dataEndKey(runId)] : [])];
  },
  apply,
};
