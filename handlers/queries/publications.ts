import { type PublicationChanges, publicationChanges } from '../../domain/publication/changes.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { portfolioDirectory, portfolioKey, type PortfolioRow } from '../../projections/portfolio-directory.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { viewOf } from '../read-models/views.ts';
import { type Publication, type PublicationsQuestion, publicationsOf } from '../runs/publication-in-force.ts';

export type { PublicationsQuestion };

export interface PublicationPage extends PublicationsQuestion {
  /** The page behind the publication of this number; left out for the first. */
  readonly after?: number | null;
  /** Publications on a page; left out for all of them. */
  readonly maxCount?: number | null;
  /** Whether the newest comes first. */
  readonly newestFirst?: boolean;
}

export interface PublicationList {
  /** By number, or the other way round where that was asked for. */
  readonly publications: readonly ListedPublication[];
  /** What the next page is asked for by; null on the last one. */
  readonly next: number | null;
}

export interface ListedPublication extends Publication {
  readonly changes: PublicationChanges;
}

/** Every publication of a portfolio, by its number, with what it changed. Errors: PortfolioUndefined. */
export async function listPublications(ports: TilePorts, question: PublicationsQuestion): Promise<readonly ListedPublication[]> {
  const { meta, knownAt } = question;
  const portfolio = await (await viewOf(ports, portfolioDirectory, knownAt)).row<PortfolioRow>(portfolioKey(meta));
  if (portfolio === null) throw new LedgerError('PortfolioUndefined', `no portfolio ${meta} is defined`, { at: { path: meta } });
  // A publication is compared with the one before it, also where a date leaves that one out.
  const all = await publicationsOf(ports, { meta, asOf: null, knownAt });
  return all
    .map((publication, index) => ({ ...publication, changes: publicationChanges(all[index - 1] ?? null, publication) }))
    .filter(({ asOf }) => question.asOf === null || asOf <= question.asOf);
}

/** A page of them. Errors: PortfolioUndefined, Usage. */
export async function publicationPage(ports: TilePorts, question: PublicationPage): Promise<PublicationList> {
  const { after = null, maxCount = null, newestFirst = false } = question;
  if (maxCount === 0) throw new LedgerError('Usage', '--limit 0: a page has at least one publication', { at: { path: '--limit' } });
  const listed = await listPublications(ports, question);
  const ordered = newestFirst ? listed.toReversed() : listed;
  const behind = ordered.filter(({ number }) => after === null || (newestFirst ? number < after : number > after));
  const publications = behind.slice(0, maxCount ?? behind.length);
  return { publications, next: publications.length < behind.length ? publications.at(-1)!.number : null };
}
