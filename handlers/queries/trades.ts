import { atomicSleeves } from '../../domain/manifest/resolve-meta.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import type { MetaPortfolioDefined } from '../../domain/publication/events.ts';
import { assertCurrency, type HeldCash } from '../../domain/allocation/held.ts';
import { type KnownSymbols, type MatchedHoldings, matchHoldings, type Unmapped } from '../../domain/allocation/held-symbols.ts';
import { type OrderList, type OrderRules, ordersOf } from '../../domain/allocation/orders.ts';
import { type Holding, type TradeList, tradesTowards, type TradingCost } from '../../domain/allocation/trades.ts';
import { knownCalendarOf } from '../../domain/returns/calendar.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { exchangeWarnings } from '../../domain/shared/symbol.ts';
import {
  definitionKey,
  portfolioDirectory,
  portfolioKey,
  type PortfolioRow,
  type PublishedRow,
} from '../../projections/portfolio-directory.ts';
import { loadDocument } from '../artifacts/artifact-files.ts';
import type { Ports } from '../ports/ports.ts';
import { viewOf } from '../read-models/views.ts';
import { portfolioUndefined } from './portfolio-undefined.ts';

export interface TradesQuery {
  readonly meta: string;
  readonly capital: number;
  /** Symbols as somebody writes them: a ticker without an exchange is looked up. A currency is compared with the portfolio's. */
  readonly holdings: readonly (Holding & { readonly currency?: string | null })[];
  readonly cash?: readonly HeldCash[];
  /** What becomes of a holding that is published under another exchange, or not known; refused unless said. */
  readonly unmapped?: Unmapped;
  /** How trades become orders; no orders are made unless said. */
  readonly orderRules?: OrderRules | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

export interface SleeveCost extends TradingCost {
  readonly path: readonly string[];
  readonly sleeve: string;
}

/** Money of the holdings file beside its positions. */
export interface CashHeld {
  readonly rows: readonly HeldCash[];
  readonly total: number;
}

export interface PublicationTrades extends TradeList {
  /** Null where the file states none. */
  readonly cashHeld: CashHeld | null;
  /** Null where none were asked for. */
  readonly orders: OrderList | null;
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

function warningsOf({ haltedWhy }: PortfolioRow, { weights }: PublishedRow, { holdings, warnings }: MatchedHoldings): string[] {
  const strange = holdings.filter(
    ({ symbol }) => !Object.hasOwn(weights, symbol) && symbol.includes(':') && knownCalendarOf(symbol) === null,
  );
  return [
    ...(haltedWhy === null ? [] : [`publication is halted: ${haltedWhy}`]),
    ...warnings,
    ...exchangeWarnings(Object.keys(weights)),
    ...strange.map(({ symbol }) => `${symbol} is held on an exchange that is not known here, and is sold`),
  ];
}

/** What the portfolio holds, and what its sleeves may. */
function knownSymbols({ weights }: PublishedRow, node: MetaNode): KnownSymbols {
  const universe = atomicSleeves(node).flatMap(({ sleeve }) => sleeve.resolved.blocks.data.symbols ?? []);
  return { published: Object.keys(weights), universe };
}

/** Cash of the file, and a warning where it and the holdings are not the capital: weights are fractions of that. */
function cashOf(rows: readonly HeldCash[], { holdingsTotal, capital }: TradeList): { held: CashHeld | null; warnings: string[] } {
  if (rows.length === 0) return { held: null, warnings: [] };
  const total = rows.reduce((sum, { amount }) => sum + amount, 0);
  const worth = holdingsTotal + total;
  const differs = Math.abs(worth - capital) > capitalTolerance * capital;
  return {
    held: { rows, total },
    warnings: differs ? [`holdings and cash of the file come to ${worth.toFixed(2)}, the capital is ${capital}`] : [],
  };
}

const capitalTolerance = 0.01;

/**
 * What to trade so that the holdings become the publication in force, never an allocation that was not published.
 * Errors: PortfolioUndefined, NothingPublished, HoldingsInvalid.
 */
export async function publicationTrades(ports: Ports, query: TradesQuery): Promise<PublicationTrades> {
  const { meta, capital, holdings, cash = [], unmapped = 'refuse', orderRules = null, knownAt } = query;
  const view = await viewOf(ports, portfolioDirectory, knownAt);
  const row = await view.row<PortfolioRow>(portfolioKey(meta));
  if (row === null || row.definition === null) throw portfolioUndefined(meta);
  const publication = await view.row<PublishedRow>(`published/${meta}`);
  if (publication === null) throw new LedgerError('NothingPublished', `nothing of ${meta} is published`, { at: { path: meta } });
  const definition = await view.row<MetaPortfolioDefined>(definitionKey(meta, publication.definitionNumber));
  invariant(definition !== null, 'a publication whose definition is not recorded', { meta, number: publication.definitionNumber });
  const node = await loadDocument(ports.artifacts, 'meta-portfolio', definition.definition);
  const { assets } = await loadDocument(ports.artifacts, 'flattened-portfolio', publication.portfolio);
  assertCurrency(
    [...holdings.map((held) => ({ ...held, name: held.symbol })), ...cash.map((money) => ({ ...money, name: money.label }))],
    node.currency,
  );
  const matched = matchHoldings(holdings, knownSymbols(publication, node), unmapped);
  const costs = costsOf(node);
  const list = tradesTowards({
    assets,
    net: publication.net,
    capital,
    holdings: matched.holdings,
    costs: new Map(costs.map((cost) => [cost.path.join('/'), cost])),
  });
  const { held: cashHeld, warnings } = cashOf(cash, list);
  return {
    ...list,
    cashHeld,
    orders: orderRules === null ? null : ordersOf(list, matched.holdings, orderRules),
    publication,
    currency: node.currency,
    costs,
    warnings: [...warningsOf(row, publication, matched), ...warnings],
    position: view.position,
  };
}
