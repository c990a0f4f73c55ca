import { LedgerError } from '../shared/errors.ts';
import type { Holding, Trade, TradeList } from './trades.ts';

/** Units that are traded together. */
export interface LotSizes {
  /** For symbols that are not listed; null refuses them. */
  readonly others: number | null;
  readonly bySymbol: ReadonlyMap<string, number>;
}

export interface OrderRules {
  /** Null trades any quantity. */
  readonly lots: LotSizes | null;
  /** Trades of a smaller amount are left out; 0 leaves out none. */
  readonly minTrade: number;
}

export interface Order {
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  /** Units, above zero; null when no price was given. */
  readonly quantity: number | null;
  readonly unitValue: number | null;
  /** Signed. */
  readonly notional: number;
  readonly costNotional: number;
}

/** A part of a trade that no order carries out. */
export interface Remainder {
  readonly symbol: string;
  /** Signed: what would still have to be traded. */
  readonly notional: number;
}

export interface OrderList {
  readonly orders: readonly Order[];
  /** What rounding to whole lots leaves, by symbol. */
  readonly rounding: readonly Remainder[];
  readonly roundingNotional: number;
  /** Trades that are too small. */
  readonly small: readonly Remainder[];
  readonly smallNotional: number;
  /** Sum of the absolute distances from the target weights that stay. */
  readonly driftTwoSided: number;
  readonly grossTraded: number;
  readonly costNotional: number;
  /** Capital that is not invested once the orders are carried out, costs not deducted. */
  readonly cash: number;
}

/** A multiple of a lot without the last bits of the product: lots have few decimals. */
function inLots(count: number, lot: number): number {
  return Number((count * lot).toPrecision(15));
}

function lotOf(symbol: string, lots: LotSizes): number {
  const lot = lots.bySymbol.get(symbol) ?? lots.others;
  if (lot === null) throw new LedgerError('HoldingsInvalid', `no lot size for ${symbol}`, { evidence: { symbol }, at: { path: symbol } });
  return lot;
}

/** Units of a trade, to the nearest whole lot; of two as near, the smaller trade. */
function quantityOf({ symbol, quantity }: Trade, lots: LotSizes | null): number | null {
  if (lots === null) return quantity === null ? null : Math.abs(quantity);
  const lot = lotOf(symbol, lots);
  if (quantity === null)
    throw new LedgerError('HoldingsInvalid', `whole lots of ${symbol} need its price: add a row with quantity 0 and the price`, {
      evidence: { symbol },
      at: { path: symbol },
    });
  const exact = Math.abs(quantity) / lot;
  const whole = Math.floor(exact);
  return inLots(exact - whole > 0.5 ? whole + 1 : whole, lot);
}

function sumOfSizes(remainders: readonly Remainder[]): number {
  return remainders.reduce((sum, { notional }) => sum + Math.abs(notional), 0);
}

/**
 * Orders that carry out trades, at the prices of the holdings: in whole lots, without those below an amount. What is left of the trades is
 * listed and summed.
 * Errors: HoldingsInvalid where a lot size or the price that it needs is missing.
 */
export function ordersOf(list: TradeList, holdings: readonly Holding[], { lots, minTrade }: OrderRules): OrderList {
  const unitValues = new Map(holdings.map((holding) => [holding.symbol, holding.unitValue]));
  const orders: Order[] = [];
  const rounding: Remainder[] = [];
  const small: Remainder[] = [];
  for (const trade of list.trades) {
    const { symbol, side, deltaNotional, slippageFraction, commissionFraction } = trade;
    if (side === 'none') continue;
    const unitValue = unitValues.get(symbol) ?? null;
    const quantity = quantityOf(trade, lots);
    const notional = lots === null ? deltaNotional : Math.sign(deltaNotional) * quantity! * unitValue!;
    const isSmall = Math.abs(notional) < minTrade;
    if (notional !== deltaNotional && !isSmall) rounding.push({ symbol, notional: deltaNotional - notional });
    if (isSmall) small.push({ symbol, notional: deltaNotional });
    else if (notional !== 0) {
      const costNotional = Math.abs(notional) * (slippageFraction + commissionFraction);
      orders.push({ symbol, side, quantity, unitValue, notional, costNotional });
    }
  }
  const traded = orders.reduce((sum, { notional }) => sum + notional, 0);
  const roundingNotional = sumOfSizes(rounding);
  const smallNotional = sumOfSizes(small);
  return {
    orders,
    rounding,
    roundingNotional,
    small,
    smallNotional,
    driftTwoSided: (roundingNotional + smallNotional) / list.capital,
    grossTraded: orders.reduce((sum, { notional }) => sum + Math.abs(notional), 0),
    costNotional: orders.reduce((sum, { costNotional }) => sum + costNotional, 0),
    cash: list.cashBefore - traded,
  };
}
