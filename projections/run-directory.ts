import type { DomainEvent } from '../domain/catalogue.ts';
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

/** `count` */
export interface RunCountRow {
  readonly runs: number;
}

/** `number/<number>` and `name/<name>/<number>`: which run it is, in ledger order. */
export interface NumberedRunRow {
  readonly runId: string;
}

export const runKey = (runId: string): string => `id/${runId}`;
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
  return before === null ? [] : [{ key, value: { ...changed(event, before) } }];
}

/** Every run with what became of it. */
export const runDirectory: Projection = {
  name: 'run-directory',
  version: 2,
  types: [
    'SleeveRunOpened',
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
  keysFor: (event) => ['count', runKey(runIdOf(event.envelope.stream))],
  apply,
};
