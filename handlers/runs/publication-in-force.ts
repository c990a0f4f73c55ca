import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { factsOfType } from '../../domain/shared/facts.ts';
import { positionKnownAt } from '../read-models/last-known.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { readWholeStream, streamBackwards, toDomainEvents } from '../runtime/record.ts';
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

/** Every publication of a portfolio, by its number: costs the portfolio's stream. */
export async function publicationsOf(ports: TilePorts, { meta, asOf, knownAt }: PublicationsQuestion): Promise<readonly Publication[]> {
  const { store } = ports;
  const stream = await readWholeStream(store, metaPortfolioStream.name(meta));
  const until = knownAt === null ? null : await positionKnownAt(ports, knownAt);
  if (knownAt !== null && until === null) return [];
  const events = toDomainEvents(until === null ? stream : stream.filter(({ position }) => store.comparePositions(position, until) <= 0));
  const published = factsOfType(events, 'AllocationPublished').filter(({ data }) => asOf === null || data.asOf <= asOf);
  const beside = new Map(factsOfType(events, 'RebalanceApproved').map(({ data }) => [data.runId, data.localUser]));
  return published.map(({ data, envelope: { recordedAt, id: eventId } }) => {
    const approvedBeside = data.approval === null ? null : (beside.get(data.runId) ?? null);
    return { ...data, recordedAt, eventId, ...(approvedBeside === null ? {} : { approvedBeside }) };
  });
}

/** The publication in force, or that of a date of the market, from the portfolio's stream read backwards. Errors: NothingPublished. */
export async function publicationInForce(ports: TilePorts, { meta, asOf, knownAt }: PublicationsQuestion): Promise<AllocationPublished> {
  const until = knownAt === null ? null : await positionKnownAt(ports, knownAt);
  if (knownAt === null || until !== null) {
    for await (const { type, data } of streamBackwards(ports.store, metaPortfolioStream.name(meta), until)) {
      if (type === 'AllocationPublished' && (asOf === null || data.asOf <= asOf)) return data;
    }
  }
  const then = `${asOf === null ? '' : ` as of ${asOf} or before`}${knownAt === null ? '' : `, known at ${knownAt}`}`;
  throw new LedgerError('NothingPublished', `${meta} has no publication${then}`, { evidence: { meta, asOf, knownAt } });
}
