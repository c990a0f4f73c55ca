import { atomicSleeves } from '../../domain/manifest/resolve-meta.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import type { MetaPortfolioDefined } from '../../domain/publication/events.ts';
import { type Holding, type TradeList, tradesTowards, type TradingCost } from '../../domain/allocation/trades.ts';
import { knownCalendarOf } from '../../domain/returns/calendar.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { definitionKey, portfolioDirectory, type PortfolioRow, type PublishedRow } from '../../projections/portfolio-directory.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { viewOf } from '../read-models/views.ts';

export interface TradesQuery {
  readonly meta: string;
  readonly capital: number;
  readonly holdings: readonly Holding[];
  /** Ledger time. */
  readonly knownAt: string | null;
}

export interface SleeveCost extends TradingCost {
  readonly path: readonly string[];
  readonly sleeve: string;
}

export interface PublicationTrades extends TradeList {
  readonly publication: PublishedRow;
  readonly currency: string;
  /** As the definition of the published portfolio has them. */
  readonly costs: readonly SleeveCost[];
  readonly warnings: readonly string[];
  readonly position: string | null;
}

function costsOf(definition: MetaNode): SleeveCost[] {
  return atomicSleeves(definition).map(({ path, sleeve }) => {
    const { backtest_slippage: slippageFraction, backtest_commission: commissionFraction } = sleeve.resolved.blocks.backtest;
    return { path, sleeve: sleeve.requested, slippageFraction, commissionFraction };
  });
}

function warningsOf({ haltedWhy }: PortfolioRow, { weights }: PublishedRow, holdings: readonly Holding[]): string[] {
  const strange = holdings.filter(({ symbol }) => !Object.hasOwn(weights, symbol) && knownCalendarOf(symbol) === null);
  return [
    ...(haltedWhy === null ? [] : [`publication is halted: ${haltedWhy}`]),
    ...strange.map(({ symbol }) => `${symbol} is held on an exchange that is not known here, and is sold`),
  ];
}

/**
 * What to trade so that the holdings become the publication in force, never an allocation that was not published.
 * Errors: PortfolioUndefined, NothingPublished.
 */
export async function publicationTrades(ports: Ports, query: TradesQuery): Promise<PublicationTrades> {
  const { meta, capital, holdings, knownAt } = query;
  const view = await viewOf(ports, portfolioDirectory, knownAt);
  const row = await view.row<PortfolioRow>(`meta/${meta}`);
  if (row === null || row.definition === null)
    throw new LedgerError('PortfolioUndefined', `no portfolio ${meta} is defined`, { at: { path: meta } });
  const publication = await view.row<PublishedRow>(`published/${meta}`);
  if (publication === null) throw new LedgerError('NothingPublished', `nothing of ${meta} is published`, { at: { path: meta } });
  const definition = await view.row<MetaPortfolioDefined>(definitionKey(meta, publication.definitionNumber));
  invariant(definition !== null, 'a publication whose definition is not recorded', { meta, number: publication.definitionNumber });
  const node = await loadDocument(ports.artifacts, 'meta-portfolio', definition.definition);
  const { assets } = await loadDocument(ports.artifacts, 'flattened-portfolio', publication.portfolio);
  const costs = costsOf(node);
  const list = tradesTowards({
    assets,
    net: publication.net,
    capital,
    holdings,
    costs: new Map(costs.map((cost) => [cost.path.join('/'), cost])),
  });
  return {
    ...list,
    publication,
    currency: node.currency,
    costs,
    warnings: warningsOf(row, publication, holdings),
    position: view.position,
  };
}
