import type { DomainEvent } from '../domain/catalogue.ts';
import { besideIn, type LocalUser } from '../domain/people/local-user.ts';
import { definitionChanges } from '../domain/publication/definition-changes.ts';
import type { AllocationPublished, MetaPortfolioDefined, ReallocationScheduled, RebalanceHeld } from '../domain/publication/events.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import { unreachable } from '../domain/shared/errors.ts';
import { sortedBy } from '../domain/shared/order.ts';
import { type Projection, type Row, type Rows, sortable } from './projection.ts';

export type DecisionKind = 'published' | 'skipped' | 'held' | 'rejected' | 'refused';

export interface PortfolioDecision {
  readonly kind: DecisionKind;
  readonly inputsHash: string;
  /** Null when no run could be opened. */
  readonly runId: string | null;
  readonly recordedAt: string;
  readonly message: string;
}

/** `meta/<id>`: where a portfolio stands. */
export interface PortfolioRow {
  readonly meta: string;
  /**
   * In force; null while the portfolio was only halted. Whole it stands in `definition/<id>/<number>`: this row has a version for each
   * event of the portfolio, and a definition can be long.
   */
  readonly definition: Pick<MetaPortfolioDefined, 'number' | 'risk'> | null;
  readonly haltedWhy: string | null;
  /** When new results will be allocated; null when nothing is scheduled. */
  readonly due: ReallocationScheduled | null;
  readonly lastPublication: {
    readonly number: number;
    readonly runId: string;
    readonly asOf: string;
    readonly recordedAt: string;
    readonly eventId: string;
  } | null;
  readonly lastDecision: PortfolioDecision | null;
  readonly held: {
    readonly runId: string;
    readonly asOf: string;
    readonly reasons: RebalanceHeld['reasons'];
    readonly proposer: string;
    /** Left out where none was recorded. */
    readonly localUser?: LocalUser;
    readonly recordedAt: string;
  } | null;
  /** The definition that waits for another person; left out where none does. */
  readonly proposed?: {
    readonly proposal: number;
    readonly proposer: string;
    readonly localUser?: LocalUser;
    readonly recordedAt: string;
    /** Against the definition in force; of the first one nothing. */
    readonly changes: readonly string[];
    /** Sleeves whose own definitions change with it. */
    readonly sleeves: readonly string[];
  };
  readonly publications: number;
}

/** `published/<id>`: the publication in force. Its definition stands in `definition/<id>/<number>`, a `MetaPortfolioDefined`. */
export interface PublishedRow extends AllocationPublished {
  readonly recordedAt: string;
  readonly eventId: string;
}

/** `sleeve/<sleeve>/<id>`: a portfolio whose nest contains the sleeve. */
export interface SleevePortfolioRow {
  readonly sleeve: string;
  readonly meta: string;
  readonly leaves: readonly { readonly path: readonly string[]; readonly pinnedRunId: string | null }[];
}

const types = [
  'MetaPortfolioDefined',
  'DefinitionProposed',
  'DefinitionApproved',
  'DefinitionRejected',
  'ReallocationScheduled',
  'AllocationPublished',
  'RebalanceSkipped',
  'RebalanceHeld',
  'RebalanceRejected',
  'ReallocationRefused',
  'PublicationHalted',
  'PublicationResumed',
] as const;

type PortfolioEvent = Extract<DomainEvent, { type: (typeof types)[number] }>;

const undecided = {
  definition: null,
  haltedWhy: null,
  due: null,
  lastPublication: null,
  lastDecision: null,
  held: null,
  publications: 0,
} as const;

type DecisionEvent = Extract<
  PortfolioEvent,
  { type: 'AllocationPublished' | 'RebalanceSkipped' | 'RebalanceHeld' | 'RebalanceRejected' | 'ReallocationRefused' }
>;

/** Every decision answers what was due, and whatever was held before it. */
function decided(row: PortfolioRow, event: DecisionEvent, kind: DecisionKind, message: string): PortfolioRow {
  const { inputsHash, runId } = event.data;
  return { ...row, due: null, held: null, lastDecision: { kind, inputsHash, runId, recordedAt: event.envelope.recordedAt, message } };
}

function withoutProposal(row: PortfolioRow): PortfolioRow {
  const { proposed, ...others } = row;
  return proposed === undefined ? row : others;
}

function changed(row: PortfolioRow, event: PortfolioEvent, against: MetaPortfolioDefined | null): PortfolioRow {
  const { recordedAt, id: eventId } = event.envelope;
  switch (event.type) {
    case 'MetaPortfolioDefined':
      // As the decider has it: what was held or skipped is open again under another definition.
      return {
        ...withoutProposal(row),
        definition: { number: event.data.number, risk: event.data.risk },
        held: null,
        lastDecision: row.lastDecision?.kind === 'held' || row.lastDecision?.kind === 'skipped' ? null : row.lastDecision,
      };
    case 'DefinitionProposed': {
      const { proposal, proposer, localUser, sleeveDefinitions } = event.data;
      const changes = against === null ? [] : definitionChanges(against, event.data);
      const sleeves = sleeveDefinitions.map(({ sleeve }) => sleeve);
      return { ...row, proposed: { proposal, proposer, ...besideIn(localUser), recordedAt, changes, sleeves } };
    }
    case 'DefinitionApproved':
    case 'DefinitionRejected':
      return withoutProposal(row);
    case 'ReallocationScheduled':
      return { ...row, due: event.data };
    case 'AllocationPublished': {
      const { number, runId, asOf } = event.data;
      return {
        ...decided(row, event, 'published', `publication ${number}, as of ${asOf}`),
        publications: number,
        lastPublication: { number, runId, asOf, recordedAt, eventId },
      };
    }
    case 'RebalanceSkipped': {
      const { runId, rebalance, noTradeBandTwoSided } = event.data;
      const inForce = runId === row.lastPublication?.runId;
      return decided(
        row,
        event,
        'skipped',
        inForce
          ? `run ${runId} is in force already`
          : `two-sided turnover ${rebalance.turnoverTwoSided} is below the no-trade band ${noTradeBandTwoSided}`,
      );
    }
    case 'RebalanceHeld': {
      const { runId, asOf, reasons, proposer, localUser } = event.data;
      return {
        ...decided(row, event, 'held', reasons.map(({ message }) => message).join('; ')),
        held: { runId, asOf, reasons, proposer, ...besideIn(localUser), recordedAt },
      };
    }
    case 'RebalanceRejected':
      // It answers what was held, and nothing that has arrived since.
      return { ...decided(row, event, 'rejected', `rejected by ${event.data.who}: ${event.data.why}`), due: row.due };
    case 'ReallocationRefused':
      return decided(row, event, 'refused', `${event.data.code}: ${event.data.reason}`);
    case 'PublicationHalted':
      return { ...row, haltedWhy: event.data.why };
    case 'PublicationResumed':
      return { ...row, haltedWhy: null };
    default:
      return unreachable(event);
  }
}

export const portfolioKey = (meta: string): string => `meta/${meta}`;

export function definitionKey(meta: string, number: number): string {
  return `definition/${meta}/${sortable(number)}`;
}

/** The index by sleeve after a definition: its sleeves, and without those that only the one before it had. */
function indexed(before: MetaPortfolioDefined | null, { meta, sleeves }: MetaPortfolioDefined): Row[] {
  const leavesOf = new Map<string, SleevePortfolioRow['leaves'][number][]>();
  for (const { path, sleeve, pinnedRunId } of sleeves) leavesOf.set(sleeve, [...(leavesOf.get(sleeve) ?? []), { path, pinnedRunId }]);
  const dropped = new Set((before?.sleeves ?? []).map(({ sleeve }) => sleeve).filter((sleeve) => !leavesOf.has(sleeve)));
  return [
    ...sortedBy([...dropped], (sleeve) => sleeve).map((sleeve) => ({ key: `sleeve/${sleeve}/${meta}`, value: null })),
    ...sortedBy([...leavesOf], ([sleeve]) => sleeve).map(([sleeve, leaves]) => ({
      key: `sleeve/${sleeve}/${meta}`,
      value: { sleeve, meta, leaves },
    })),
  ];
}

function apply(event: DomainEvent, rows: Rows): readonly Row[] {
  const known = event as PortfolioEvent;
  const { meta } = known.data;
  const key = portfolioKey(meta);
  const before = (rows(key) as PortfolioRow | null) ?? { meta, ...undecided };
  const number = known.type === 'DefinitionProposed' ? known.data.against : null;
  const against = number === null ? null : (rows(definitionKey(meta, number)) as MetaPortfolioDefined | null);
  const own: Row = { key, value: changed(before, known, against) as unknown as JsonObject };
  if (known.type === 'MetaPortfolioDefined') {
    return [
      own,
      { key: definitionKey(meta, known.data.number), value: { ...known.data } },
      ...indexed(rows(definitionKey(meta, known.data.number - 1)) as MetaPortfolioDefined | null, known.data),
    ];
  }
  if (known.type !== 'AllocationPublished') return [own];
  const published: PublishedRow = { ...known.data, recordedAt: known.envelope.recordedAt, eventId: known.envelope.id };
  return [own, { key: `published/${meta}`, value: { ...published } }];
}

/** Where each meta portfolio stands, the publication in force, and which portfolios contain a sleeve. */
export const portfolioDirectory: Projection = {
  name: 'portfolio-directory',
  version: 3,
  types,
  keysFor: (event) => {
    const { type, data } = event as PortfolioEvent;
    const defined = type === 'MetaPortfolioDefined' ? data.number - 1 : type === 'DefinitionProposed' ? data.against : null;
    return [portfolioKey(data.meta), ...(defined === null ? [] : [definitionKey(data.meta, defined)])];
  },
  apply,
};
