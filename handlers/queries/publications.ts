import { type PublicationChanges, publicationChanges } from '../../domain/publication/changes.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { portfolioDirectory, portfolioKey, type PortfolioRow } from '../../projections/portfolio-directory.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { viewOf } from '../read-models/views.ts';
import { type Publication, publicationsBackwards, type PublicationsQuestion } from '../runs/publication-in-force.ts';
import { portfolioUndefined } from './portfolio-undefined.ts';

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

/** Those of a portfolio, the newest first, with what each changed. Errors: PortfolioUndefined. */
async function* listedBackwards(ports: TilePorts, { meta, asOf, knownAt }: PublicationsQuestion): AsyncGenerator<ListedPublication> {
  const portfolio = await (await viewOf(ports, portfolioDirectory, knownAt)).row<PortfolioRow>(portfolioKey(meta));
  if (portfolio === null) throw portfolioUndefined(meta);
  // A publication is compared with the one before it, also where a date leaves that one out.
  const listed = (publication: Publication, before: Publication | null): ListedPublication[] =>
    asOf === null || publication.asOf <= asOf ? [{ ...publication, changes: publicationChanges(before, publication) }] : [];
  let newer: Publication | null = null;
  for await (const publication of publicationsBackwards(ports, { meta, knownAt })) {
    if (newer !== null) yield* listed(newer, publication);
    newer = publication;
  }
  if (newer !== null) yield* listed(newer, null);
}

/** Every publication of a portfolio, by its number, with what it changed: costs its stream. Errors: PortfolioUndefined. */
export async function listPublications(ports: TilePorts, question: PublicationsQuestion): Promise<readonly ListedPublication[]> {
  const newestFirst: ListedPublication[] = [];
  for await (const publication of listedBackwards(ports, question)) newestFirst.push(publication);
  return newestFirst.toReversed();
}

/** A page of them: costs no more than the newest of the stream where those come first. Errors: PortfolioUndefined, Usage. */
export async function publicationPage(ports: TilePorts, question: PublicationPage): Promise<PublicationList> {
  const { after = null, maxCount = null, newestFirst = false } = question;
  if (maxCount === 0) throw new LedgerError('Usage', '--limit 0: a page has at least one publication', { at: { path: '--limit' } });
  const publications: ListedPublication[] = [];
  for await (const publication of newestFirst ? listedBackwards(ports, question) : await listPublications(ports, question)) {
    if (after !== null && (newestFirst ? publication.number >= after : publication.number <= after)) continue;
    if (publications.length === maxCount) return { publications, next: publications.at(-1)!.number };
    publications.push(publication);
  }
  return { publications, next: null };
}
