import type { DomainEvent, EventData } from '../../domain/catalogue.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { factsOfType } from '../../domain/shared/facts.ts';
import { besideIn, type LocalUser } from '../../domain/people/local-user.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';

const decisions = [
  'AllocationPublished',
  'RebalanceSkipped',
  'RebalanceHeld',
  'RebalanceApproved',
  'RebalanceRejected',
  'ReallocationRefused',
] as const;
type DecisionType = (typeof decisions)[number];

export interface Told {
  readonly recordedAt: string;
  readonly actor: string;
}

/** Told by a person: who the system says ran the process, beside the name that was claimed; left out where that was not recorded. */
interface ToldBySomebody extends Told {
  readonly localUser?: LocalUser;
}

export interface ToldPublication {
  readonly number: number;
  readonly runId: string;
  readonly asOf: string;
  readonly recordedAt: string;
  readonly eventId: string;
}

/** What a portfolio's stream says of one of its meta runs. */
export interface PublicationRecord {
  readonly meta: string;
  /** Null while the run was not published. */
  readonly published: (ToldPublication & Pick<EventData<'AllocationPublished'>, 'risk' | 'rebalance' | 'inputs'>) | null;
  /** Null where the policy published without a person. */
  readonly approval: (ToldBySomebody & { readonly proposer: string; readonly approver: string; readonly why: string }) | null;
  readonly rejections: readonly (ToldBySomebody & { readonly who: string; readonly why: string })[];
  readonly holds: readonly (ToldBySomebody & Pick<EventData<'RebalanceHeld'>, 'reasons' | 'proposer'>)[];
  readonly skips: readonly (Told & Pick<EventData<'RebalanceSkipped'>, 'rebalance' | 'noTradeBandTwoSided'>)[];
  readonly refusals: readonly (Told & Pick<EventData<'ReallocationRefused'>, 'code' | 'reason'>)[];
  /** In force when it was decided. */
  readonly policy: (Told & { readonly definition: number; readonly policy: EventData<'MetaPortfolioDefined'>['policy'] }) | null;
  /** The publication that stood before. */
  readonly predecessor: ToldPublication | null;
}

/** The record with the events that it is made of, in the order of their stream. */
export interface RecordedPublication {
  readonly record: PublicationRecord;
  /** What was decided about the run. */
  readonly decided: readonly StoredEvent[];
  /** These, and what they rest on: the definition with its policy, and the publication before. */
  readonly events: readonly StoredEvent[];
}

interface Fact {
  readonly stored: StoredEvent;
  readonly event: DomainEvent;
}

type DecisionEvent = Extract<DomainEvent, { readonly type: DecisionType }>;

const toldOf = ({ envelope: { recordedAt, actor } }: DomainEvent): Told => ({ recordedAt, actor });

function toldPublication({ data, envelope }: Extract<DomainEvent, { type: 'AllocationPublished' }>): ToldPublication {
  const { number, runId, asOf } = data;
  return { number, runId, asOf, recordedAt: envelope.recordedAt, eventId: envelope.id };
}

const isDecisionOn = (runId: string, { event }: Fact): boolean =>
  (decisions as readonly string[]).includes(event.type) && (event as DecisionEvent).data.runId === runId;

/** Number of the publication that a decision was measured against. */
function beforeOf(about: readonly DomainEvent[]): number | null {
  const [published] = factsOfType(about, 'AllocationPublished');
  if (published !== undefined) return published.data.number === 1 ? null : published.data.number - 1;
  const measured = [...factsOfType(about, 'RebalanceHeld'), ...factsOfType(about, 'RebalanceSkipped')];
  return measured[0]?.data.rebalance.against ?? null;
}

function definitionNumberOf(about: readonly DomainEvent[]): number | null {
  for (const { type, data } of about) {
    if (type === 'AllocationPublished' || type === 'RebalanceHeld' || type === 'RebalanceSkipped' || type === 'ReallocationRefused')
      return data.definitionNumber;
  }
  return null;
}

/** What some facts of a portfolio say of a run; null when they do not mention it. */
function recordOf(meta: string, runId: string, facts: readonly Fact[]): RecordedPublication | null {
  const decided = facts.filter((fact) => isDecisionOn(runId, fact));
  if (decided.length === 0) return null;
  const about = decided.map(({ event }) => event);
  const before = beforeOf(about);
  const definition = definitionNumberOf(about);
  const predecessor = facts.find(({ event }) => event.type === 'AllocationPublished' && event.data.number === before);
  const defined = facts.find(({ event }) => event.type === 'MetaPortfolioDefined' && event.data.number === definition);
  const [published] = factsOfType(about, 'AllocationPublished');
  const [approved] = factsOfType(about, 'RebalanceApproved');
  const record: PublicationRecord = {
    meta,
    published:
      published === undefined
        ? null
        : { ...toldPublication(published), risk: published.data.risk, rebalance: published.data.rebalance, inputs: published.data.inputs },
    approval:
      approved === undefined
        ? null
        : {
            ...toldOf(approved),
            proposer: approved.data.proposer,
            approver: approved.data.approver,
            why: approved.data.why,
            ...besideIn(approved.data.localUser),
          },
    rejections: factsOfType(about, 'RebalanceRejected').map((event) => ({
      ...toldOf(event),
      who: event.data.who,
      why: event.data.why,
      ...besideIn(event.data.localUser),
    })),
    holds: factsOfType(about, 'RebalanceHeld').map((event) => ({
      ...toldOf(event),
      reasons: event.data.reasons,
      proposer: event.data.proposer,
      ...besideIn(event.data.localUser),
    })),
    skips: factsOfType(about, 'RebalanceSkipped').map((event) => ({
      ...toldOf(event),
      rebalance: event.data.rebalance,
      noTradeBandTwoSided: event.data.noTradeBandTwoSided,
    })),
    refusals: factsOfType(about, 'ReallocationRefused').map((event) => ({
      ...toldOf(event),
      code: event.data.code,
      reason: event.data.reason,
    })),
    policy:
      defined?.event.type === 'MetaPortfolioDefined'
        ? { ...toldOf(defined.event), definition: defined.event.data.number, policy: defined.event.data.policy }
        : null,
    predecessor: predecessor?.event.type === 'AllocationPublished' ? toldPublication(predecessor.event) : null,
  };
  const events = facts.filter((fact) => fact === predecessor || fact === defined || decided.includes(fact));
  return { record, decided: decided.map(({ stored }) => stored), events: events.map(({ stored }) => stored) };
}

/**
 * What was decided about a meta run, up to a position of the ledger; null when nothing was. Reads the portfolio's stream: a row can be
 * damaged, and evidence must leave out no decision.
 */
export async function publicationRecordOf(
  { store }: Pick<Ports, 'store'>,
  { meta, runId }: { readonly meta: string; readonly runId: string },
  until: string | null = null,
): Promise<RecordedPublication | null> {
  const stream = await readWholeStream(store, metaPortfolioStream.name(meta));
  const known = until === null ? stream : stream.filter(({ position }) => store.comparePositions(position, until) <= 0);
  const events = toDomainEvents(known);
  return recordOf(
    meta,
    runId,
    known.map((stored, index) => ({ stored, event: events[index]! })),
  );
}
