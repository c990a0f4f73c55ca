import { invariant, LedgerError } from '../shared/errors.ts';
import { sortedBy } from '../shared/order.ts';
import type { Contributor, FlattenedAsset } from './flatten.ts';

/** What is held of a physical symbol. */
export interface Holding {
  readonly symbol: string;
  /** Signed value in the currency of the portfolio. */
  readonly notional: number;
  /** Value of one unit, price times contract multiplier; null when only the notional is known. */
  readonly unitValue: number | null;
}

/** Fractions of the traded value. */
export interface TradingCost {
  readonly slippageFraction: number;
  readonly commissionFraction: number;
}

export interface Trade extends TradingCost {
  readonly symbol: string;
  readonly currentNotional: number;
  readonly targetNotional: number;
  readonly deltaNotional: number;
  /** Weights are fractions of the capital. */
  readonly currentWeight: number;
  readonly targetWeight: number;
  readonly deltaWeight: number;
  /** Units to trade, signed and not rounded to lots; null when no price was given. */
  readonly quantity: number | null;
  readonly side: 'buy' | 'sell' | 'none';
  readonly costNotional: number;
  /** Whose costs these are: the sleeves that hold the symbol, or, for one that none holds any more, the dearest of all. */
  readonly costFrom: 'contributors' | 'dearest_sleeve';
}

export interface TradeList {
  readonly capital: number;
  readonly holdingsTotal: number;
  /** By symbol, in code-unit order: every symbol of either side. */
  readonly trades: readonly Trade[];
  /** Sum of absolute weight changes. */
  readonly turnoverTwoSided: number;
  readonly grossTraded: number;
  readonly netTraded: number;
  /** Capital that is not invested before and after the trades, costs not deducted. */
  readonly cashBefore: number;
  readonly cash: number;
  readonly costNotional: number;
}

export interface TradeInput {
  readonly assets: readonly FlattenedAsset[];
  /** Sum of the target weights, as published. */
  readonly net: number;
  readonly capital: number;
  /** One entry a symbol. */
  readonly holdings: readonly Holding[];
  /** Of every sleeve that contributes, by its path joined with strokes. */
  readonly costs: ReadonlyMap<string, TradingCost>;
}

const conservationTolerance = 1e-9;

function costOf({ slippageFraction, commissionFraction }: TradingCost): number {
  return slippageFraction + commissionFraction;
}

function dearest(costs: Iterable<TradingCost>): TradingCost {
  return [...costs].reduce((left, right) => (costOf(right) > costOf(left) ? right : left));
}

/** The mean of the contributors' costs, each weighted by the absolute amount that it contributes. */
function meanCost(contributors: readonly Contributor[], costs: ReadonlyMap<string, TradingCost>): TradingCost {
  const total = contributors.reduce((sum, { amount }) => sum + Math.abs(amount), 0);
  let slippageFraction = 0;
  let commissionFraction = 0;
  for (const { path, amount } of contributors) {
    const cost = costs.get(path.join('/'));
    invariant(cost !== undefined, 'a contributor whose sleeve is not defined', { path: [...path] });
    const share = Math.abs(amount) / total;
    slippageFraction += share * cost.slippageFraction;
    commissionFraction += share * cost.commissionFraction;
  }
  return { slippageFraction, commissionFraction };
}

function tradeOf(symbol: string, asset: FlattenedAsset | undefined, holding: Holding | undefined, { capital, costs }: TradeInput): Trade {
  const targetWeight = asset?.weight ?? 0;
  const currentNotional = holding?.notional ?? 0;
  const targetNotional = targetWeight * capital;
  const deltaNotional = targetNotional - currentNotional;
  const unitValue = holding?.unitValue ?? null;
  const cost = asset === undefined ? dearest(costs.values()) : meanCost(asset.contributors, costs);
  return {
    symbol,
    currentNotional,
    targetNotional,
    deltaNotional,
    currentWeight: currentNotional / capital,
    targetWeight,
    deltaWeight: deltaNotional / capital,
    quantity: unitValue === null ? null : deltaNotional / unitValue,
    side: deltaNotional > 0 ? 'buy' : deltaNotional < 0 ? 'sell' : 'none',
    ...cost,
    costNotional: Math.abs(deltaNotional) * costOf(cost),
    costFrom: asset === undefined ? 'dearest_sleeve' : 'contributors',
  };
}

function sumOf(trades: readonly Trade[], value: (trade: Trade) => number): number {
  return trades.reduce((sum, trade) => sum + value(trade), 0);
}

/**
 * The trades that turn holdings into a published portfolio of the given capital, both in one currency. A symbol that is held and no longer
 * a target is sold. Errors: ConservationBroken when the targets do not add up to the published net exposure.
 */
export function tradesTowards(input: TradeInput): TradeList {
  const { assets, net, capital, holdings } = input;
  const assetOf = new Map(assets.map((asset) => [asset.symbol, asset]));
  const holdingOf = new Map(holdings.map((holding) => [holding.symbol, holding]));
  const symbols = sortedBy([...new Set([...assetOf.keys(), ...holdingOf.keys()])], (symbol) => symbol);
  const trades = symbols.map((symbol) => tradeOf(symbol, assetOf.get(symbol), holdingOf.get(symbol), input));
  const targetTotal = sumOf(trades, ({ targetNotional }) => targetNotional);
  const grossTarget = sumOf(trades, ({ targetNotional }) => Math.abs(targetNotional));
  if (!(Math.abs(targetTotal - net * capital) <= conservationTolerance * Math.max(grossTarget, capital))) {
    throw new LedgerError('ConservationBroken', `the targets add up to ${targetTotal}, the published net exposure to ${net * capital}`, {
      evidence: { targetTotal, net, capital },
    });
  }
  const holdingsTotal = sumOf(trades, ({ currentNotional }) => currentNotional);
  return {
    capital,
    holdingsTotal,
    trades,
    turnoverTwoSided: sumOf(trades, ({ deltaWeight }) => Math.abs(deltaWeight)),
    grossTraded: sumOf(trades, ({ deltaNotional }) => Math.abs(deltaNotional)),
    netTraded: sumOf(trades, ({ deltaNotional }) => deltaNotional),
    cashBefore: capital - holdingsTotal,
    cash: capital - targetTotal,
    costNotional: sumOf(trades, ({ costNotional }) => costNotional),
  };
}
