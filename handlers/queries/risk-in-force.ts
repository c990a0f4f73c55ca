import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { portfolioDirectory, portfolioKey, type PortfolioRow } from '../../projections/portfolio-directory.ts';
import { viewOf } from '../read-models/views.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';

/** The profile that a portfolio publishes by, by its definition in force; null where the ledger defines none. `knownAt`: ledger time. */
export async function riskInForce(ports: TilePorts, meta: string, knownAt: string | null): Promise<RiskProfile | null> {
  const row = await (await viewOf(ports, portfolioDirectory, knownAt)).row<PortfolioRow>(portfolioKey(meta));
  return row?.definition?.risk ?? null;
}
