import type { DomainEvent } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import type { AcceptanceVerdict } from '../domain/run/acceptance-verdict.ts';
import type { DocumentReference } from '../domain/shared/artifact-reference.ts';
import { type CountingRun, countingAfter, dateRow } from './counting-runs.ts';
import { type Projection, type Row, type Rows, runIdOf } from './projection.ts';

/** `run/<runId>/<risk>`: one profile allocated by one run. */
export interface AllocationRow {
  readonly runId: string;
  readonly meta: string;
  readonly risk: string;
  readonly asOf: string;
  readonly correction: number;
  readonly recordedAt: string;
  readonly sleeves: Readonly<Record<string, { readonly raw: number; readonly bounded: number }>>;
  readonly weights: Readonly<Record<string, number>>;
  readonly gross: number;
  readonly net: number;
  readonly portfolio: DocumentReference;
}

/** `verdicts/<runId>/<risk>` */
export interface VerdictsRow {
  readonly grade: 'NATIVE' | 'DEGRADED';
  readonly verdicts: readonly AcceptanceVerdict[];
}

/** `current/<meta>/<risk>`: the allocation that counts, and how many there are. */
export interface CurrentRow extends CountingRun {
  readonly allocations: number;
}

interface OpenedRow {
  readonly meta: string;
  readonly asOf: string;
  readonly restatement: number;
  readonly sleeves: Readonly<Record<string, AllocationRow['sleeves']>>;
}

export const allocationKey = (runId: string, risk: string): string => `run/${runId}/${risk}`;
export const currentKey = (meta: string, risk: string): string => `current/${meta}/${risk}`;
const openedKey = (event: DomainEvent): string => `opened/${runIdOf(event.envelope.stream)}`;

function flattened(event: Extract<DomainEvent, { type: 'PortfolioFlattened' }>, opened: OpenedRow, rows: Rows): readonly Row[] {
  const { risk, meta, weights, gross, net, portfolio } = event.data;
  const before = rows(currentKey(meta, risk)) as CurrentRow | null;
  const allocations = before?.allocations ?? 0;
  const row: AllocationRow = {
    runId: runIdOf(event.envelope.stream),
    meta,
    risk,
    asOf: opened.asOf,
    correction: opened.restatement,
    recordedAt: event.envelope.recordedAt,
    sleeves: opened.sleeves[risk] ?? {},
    weights,
    gross,
    net,
    portfolio,
  };
  return [
    { key: allocationKey(row.runId, risk), value: row as unknown as JsonObject },
    dateRow(`${meta}/${risk}`, allocations, row),
    { key: currentKey(meta, risk), value: { ...countingAfter(before, row), allocations: allocations + 1 } },
  ];
}

function apply(event: DomainEvent, rows: Rows): readonly Row[] {
  const key = openedKey(event);
  if (event.type === 'MetaRunOpened') {
    const { meta, asOf, restatement } = event.data;
    return [{ key, value: { meta, asOf, restatement, sleeves: {} } }];
  }
  const opened = rows(key) as OpenedRow | null;
  if (opened === null) return [];
  switch (event.type) {
    case 'GuardrailsApplied': {
      if (event.data.path.length > 0) return [];
      const sleeves = Object.fromEntries(
        Object.entries(event.data.weights).map(([id, bounded]) => [id, { raw: event.data.raw[id]!, bounded }]),
      );
      return [{ key, value: { ...opened, sleeves: { ...opened.sleeves, [event.data.risk]: sleeves } } }];
    }
    case 'PortfolioFlattened':
      return flattened(event, opened, rows);
    case 'AcceptanceMeasured': {
      const { grade, verdicts, risk } = event.data;
      const row: VerdictsRow = { grade, verdicts };
      return [{ key: `verdicts/${runIdOf(event.envelope.stream)}/${risk}`, value: row as unknown as JsonObject }];
    }
    case 'MetaRunCompleted':
      return [{ key, value: null }];
    default:
      return [];
  }
}

/** Sleeve and asset weights of every allocation, by portfolio and profile. */
export const currentWeights: Projection = {
  name: 'current-weights',
  version: 2,
  types: ['MetaRunOpened', 'GuardrailsApplied', 'PortfolioFlattened', 'AcceptanceMeasured', 'MetaRunCompleted'],
  keysFor: (event) => {
    if (event.type === 'PortfolioFlattened') return [openedKey(event), currentKey(event.data.meta, event.data.risk)];
    return [openedKey(event)];
  },
  apply,
};
