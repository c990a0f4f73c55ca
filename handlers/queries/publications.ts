import { type PublicationChanges, publicationChanges } from '../../domain/publication/changes.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { type PortfolioRow, portfolioDirectory } from '../../projections/portfolio-directory.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { viewOf } from '../read-models/views.ts';
import { type Publication, type PublicationsQuestion, publicationsOf } from '../runs/publication-in-force.ts';

export type { PublicationsQuestion };

export interface ListedPublication extends Publication {
  readonly changes: PublicationChanges;
}

/** Every publication of a portfolio, by its number, with what it changed. Errors: PortfolioUndefined. */
export async function listPublications(ports: TilePorts, question: PublicationsQuestion): Promise<readonly ListedPublication[]> {
  const { meta, knownAt } = question;
  const portfolio = await (await viewOf(ports, portfolioDirectory, knownAt)).row<PortfolioRow>(`meta/${meta}`);
  if (portfolio === null) throw new LedgerError('PortfolioUndefined', `no portfolio ${meta} is defined`, { at: { path: meta } });
  // A publication is compared with the one before it, also where a date leaves that one out.
  const all = await publicationsOf(ports, { meta, asOf: null, knownAt });
  return all
    .map((publication, index) => ({ ...publication, changes: publicationChanges(all[index - 1] ?? null, publication) }))
    .filter(({ asOf }) => question.asOf === null || asOf <= question.asOf);
}
