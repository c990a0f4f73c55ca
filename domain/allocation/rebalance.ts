import { sortedBy } from '../shared/order.ts';
import type { RebalanceMeasure } from '../run/rebalance-measure.ts';
import { driftSince, type HeldPortfolio, type SleeveReturns } from './drift.ts';

export interface RebalanceInput {
  /** The last publication with its contributors; null before the first. */
  readonly last: (HeldPortfolio & { readonly number: number }) | null;
  readonly next: { readonly asOf: string; readonly weights: Readonly<Record<string, number>> };
  /** By path, joined with strokes. */
  readonly returnsOf: (path: string) => SleeveReturns | null;
}

/** Sum of absolute weight changes over all symbols of either side. */
export function turnoverTwoSided(from: ReadonlyMap<string, number>, to: Readonly<Record<string, number>>): number {
  const symbols = sortedBy([...new Set([...from.keys(), ...Object.keys(to)])], (symbol) => symbol);
  return symbols.reduce((sum, symbol) => sum + Math.abs((to[symbol] ?? 0) - (from.get(symbol) ?? 0)), 0);
}

/** What a new allocation would trade: the holdings are the last published weights, as they drifted since. */
export function measureRebalance({ last, next, returnsOf }: RebalanceInput): RebalanceMeasure {
  if (last === null) return { against: null, turnoverTwoSided: null, unknownBecause: 'nothing was published before', growth: [] };
  const { growth, unknownBecause, weights } = driftSince(
    last,
    next.asOf,
    (path) => returnsOf(path) ?? { unknown: 'the sleeve, or its stream, is no longer part of the portfolio' },
  );
  return {
    against: last.number,
    turnoverTwoSided: unknownBecause === null ? turnoverTwoSided(weights, next.weights) : null,
    unknownBecause,
    growth: growth.map(({ path, growth: since }) => ({ path: [...path], growth: since })),
  };
}
