import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { factsOfType } from '../../domain/shared/facts.ts';
import { portfolioDirectory, type PublishedRow } from '../../projections/portfolio-directory.ts';
import { positionKnownAt } from '../read-models/last-known.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { viewOf } from '../read-models/views.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';
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

export type PublicationRef = Pick<Publication, 'number' | 'runId' | 'asOf' | 'risk'>;

/**
 * The publication in force, or the one that was on a date of the market: a look-up where nothing was published since, else one pass over
 * the portfolio's stream. Errors: NothingPublished.
 */
export async function publicationInForce(ports: TilePorts, question: PublicationsQuestion): Promise<PublicationRef> {
  const { meta, asOf, knownAt } = question;
  const view = await viewOf(ports, portfolioDirectory, knownAt);
  const newest = await view.row<PublishedRow>(`published/${meta}`);
  const found = newest === null || asOf === null || newest.asOf <= asOf ? newest : ((await publicationsOf(ports, question)).at(-1) ?? null);
  if (found !== null) return found;
  const until = `${asOf === null ? '' : ` as of ${asOf} or before`}${knownAt === null ? '' : `, known at ${knownAt}`}`;
  throw new LedgerError('NothingPublished', `${meta} has no publication${until}`, { evidence: { meta, asOf, knownAt } });
}
