import type { DomainEvent } from '../../domain/catalogue.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { positionKnownAt } from '../read-models/last-known.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { streamBackwards } from '../runtime/record.ts';
import type { LocalUser } from '../../domain/people/local-user.ts';
import type { AllocationPublished } from '../../domain/publication/events.ts';

export interface PublicationsQuestion {
  readonly meta: string;
  /** Market time: publications with later dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

export interface Publication extends AllocationPublished {
  readonly recordedAt: string;
  readonly eventId: string;
  /** Who the system says ran the process that approved it, beside the name that was claimed; left out where that was not recorded. */
  readonly approvedBeside?: LocalUser;
}

type Published = Extract<DomainEvent, { readonly type: 'AllocationPublished' }>;

type Approvers = Map<string, LocalUser | null>;

function publicationOf({ data, envelope: { recordedAt, id: eventId } }: Published, approvers: Approvers): Publication {
  const approvedBeside = data.approval === null ? null : (approvers.get(data.runId) ?? null);
  return { ...data, recordedAt, eventId, ...(approvedBeside === null ? {} : { approvedBeside }) };
}

/** A portfolio's stream from its end back, or from what was known. */
async function* portfolioBackwards(ports: TilePorts, { meta, knownAt }: Omit<PublicationsQuestion, 'asOf'>): AsyncGenerator<DomainEvent> {
  const until = knownAt === null ? null : await positionKnownAt(ports, knownAt);
  if (knownAt === null || until !== null) yield* streamBackwards(ports.store, metaPortfolioStream.name(meta), until);
}

/** The publications of a portfolio, the newest first: costs its stream as far as they are read. */
export async function* publicationsBackwards(ports: TilePorts, question: Omit<PublicationsQuestion, 'asOf'>): AsyncGenerator<Publication> {
  /** Those whose approval has not been come to. */
  const waiting: Published[] = [];
  const approvers: Approvers = new Map();
  for await (const event of portfolioBackwards(ports, question)) {
    if (event.type === 'AllocationPublished') waiting.push(event);
    if (event.type === 'RebalanceApproved' && !approvers.has(event.data.runId))
      approvers.set(event.data.runId, event.data.localUser ?? null);
    while (waiting.length > 0 && (waiting[0]!.data.approval === null || approvers.has(waiting[0]!.data.runId)))
      yield publicationOf(waiting.shift()!, approvers);
  }
  for (const published of waiting) yield publicationOf(published, approvers);
}

/** The publication in force, or that of a date of the market, from the portfolio's stream read backwards. Errors: NothingPublished. */
export async function publicationInForce(ports: TilePorts, { meta, asOf, knownAt }: PublicationsQuestion): Promise<AllocationPublished> {
  for await (const { type, data } of portfolioBackwards(ports, { meta, knownAt })) {
    if (type === 'AllocationPublished' && (asOf === null || data.asOf <= asOf)) return data;
  }
  const then = `${asOf === null ? '' : ` as of ${asOf} or before`}${knownAt === null ? '' : `, known at ${knownAt}`}`;
  throw new LedgerError('NothingPublished', `${meta} has no publication${then}`, { evidence: { meta, asOf, knownAt } });
}
