import type { DomainEvent } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import type { AcceptanceVerdict } from '../domain/meta/acceptance-schema.ts';
import type { DocumentReference } from '../domain/shared/artifact-reference.ts';
import { type Projection, type Row, type Rows, runIdOf, sortable } from './projection.ts';

/** `allocation/<meta>/<risk>/<number>`: one profile allocated by one run; numbers follow the ledger's order. */
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

interface OpenedRow {
  readonly meta: string;
  readonly asOf: string;
  readonly restatement: number;
  readonly sleeves: Readonly<Record<string, AllocationRow['sleeves']>>;
}

const openedKey = (event: DomainEvent): string => `opened/${runIdOf(event.envelope.stream)}`;

function flattened(event: Extract<DomainEvent, { type: 'PortfolioFlattened' }>, opened: OpenedRow, rows: Rows): readonly Row[] {
  const { risk, meta, weights, gross, net, portfolio } = event.data;
  const countKey = `count/${meta}/${risk}`;
  const number = (rows(countKey) as { allocations: number } | null)?.allocations ?? 0;
  const key = `allocation/${meta}/${risk}/${sortable(number)}`;
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
    { key, value: row as unknown as JsonObject },
    { key: countKey, value: { allocations: number + 1 } },
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
  version: 1,
  types: ['MetaRunOpened', 'GuardrailsApplied', 'PortfolioFlattened', 'AcceptanceMeasured', 'MetaRunCompleted'],
  keysFor: (event) => {
    if (event.type === 'PortfolioFlattened') return [openedKey(event), `count/${event.data.meta}/${event.data.risk}`];
    return [openedKey(event)];
  },
  apply,
};
