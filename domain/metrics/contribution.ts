import { riskContributions } from '../risk/contribution.ts';
import { dot } from '../risk/cross-products.ts';
import { RealisedShares } from './realised-shares.ts';
import { invariant } from '../shared/errors.ts';

/**
 * Contribution to risk on two levels (Euler's decomposition: a volatility is homogeneous in its weights, so its parts are weights times
 * derivatives and add up to it). Three answers, each named: `optimiser` and `joint` are ex ante, `realised` looks back. All add up to 1.
 */

/** A share of the whole portfolio's risk. */
export interface NamedShare {
  readonly id: string;
  /** Decimal fraction of the volatility; negative for a hedge. */
  readonly share: number;
}

/** One asset where a sleeve holds it; the same asset in two sleeves is two. */
export interface AssetShare {
  readonly sleeve: string;
  readonly symbol: string;
  readonly share: number;
}

export interface TwoLevelShares {
  /** Of the whole, in the period of the covariance; null for realised shares. */
  readonly volatility: number | null;
  readonly sleeves: readonly NamedShare[];
  readonly assets: readonly AssetShare[];
}

/** What the meta step decided, and a sleeve's own book at that close. */
export interface OptimiserSleeve {
  readonly id: string;
  /** Sleeve weight within the guardrails. */
  readonly weight: number;
  readonly symbols: readonly string[];
  /** Held, in the order of the symbols. */
  readonly holding: readonly number[];
  /** By the sleeve's own estimator on its last window, symbols x symbols, row-major. */
  readonly covariance: Float64Array;
}

/**
 * Shares as the two optimisers saw risk: a sleeve's by the covariance of the meta step (sleeves x sleeves, row-major), an asset's within
 * its sleeve by the sleeve's own. Null where a volatility is 0: there is nothing to share.
 */
export function optimiserShares(sleeves: readonly OptimiserSleeve[], covariance: Float64Array): TwoLevelShares | null {
  const outer = riskContributions(
    covariance,
    sleeves.map(({ weight }) => weight),
  );
  if (outer.shares === null) return null;
  const assets: AssetShare[] = [];
  for (const [index, { id, symbols, holding, covariance: own }] of sleeves.entries()) {
    const inner = riskContributions(own, holding);
    const share = outer.shares[index]!;
    if (inner.shares === null) {
      // A sleeve without risk of its own has nothing to divide, and contributes nothing unless the two covariances contradict each other.
      if (share !== 0) return null;
      for (const symbol of symbols) assets.push({ sleeve: id, symbol, share: 0 });
      continue;
    }
    for (const [at, symbol] of symbols.entries()) assets.push({ sleeve: id, symbol, share: share * inner.shares[at]! });
  }
  return { volatility: outer.volatility, sleeves: sleeves.map(({ id }, index) => ({ id, share: outer.shares![index]! })), assets };
}

/** A position of the book: an asset on its way through a sleeve. */
export interface PathWeight {
  readonly sleeve: string;
  readonly symbol: string;
  readonly weight: number;
}

/** Shares of sleeves as the sums of their assets', in the order in which the sleeves first appear. */
function bySleeve(assets: readonly AssetShare[]): NamedShare[] {
  const sums = new Map<string, number>();
  for (const { sleeve, share } of assets) sums.set(sleeve, (sums.get(sleeve) ?? 0) + share);
  return [...sums].map(([id, share]) => ({ id, share }));
}

/**
 * Shares by one covariance of the distinct assets (`symbols` x `symbols`, row-major): a path's share is its weight times its asset's
 * derivative, a sleeve's the sum over its paths. Null where the book has no variance.
 */
export function jointShares(paths: readonly PathWeight[], symbols: readonly string[], covariance: Float64Array): TwoLevelShares | null {
  const size = symbols.length;
  const placeOf = new Map(symbols.map((symbol, place) => [symbol, place]));
  const held = new Float64Array(size);
  const places = paths.map(({ symbol, weight }) => {
    const place = placeOf.get(symbol);
    invariant(place !== undefined, 'a path holds an asset of the covariance', { symbol });
    held[place] = held[place]! + weight;
    return place;
  });
  const products = paths.map(({ weight }, path) => weight * dot(covariance, places[path]! * size, held, 0, size));
  let variance = 0;
  for (const product of products) variance += product;
  if (!(variance > 0)) return null;
  const assets = paths.map(({ sleeve, symbol }, path): AssetShare => ({ sleeve, symbol, share: products[path]! / variance }));
  return { volatility: Math.sqrt(variance), sleeves: bySleeve(assets), assets };
}

export interface RealisedPaths {
  readonly paths: readonly Pick<PathWeight, 'sleeve' | 'symbol'>[];
  /** P&L of each path in each period over the wealth of the whole at the opening of the period: `pnl[path][row]`. */
  readonly pnl: readonly Float64Array[];
}

/**
 * Shares of what happened: the covariance of a path's P&L with the gross return of the whole, which is the sum of all paths' P&L row by
 * row, over that return's variance. Costs are no path. Null where the return does not vary.
 */
export function realisedShares({ paths, pnl }: RealisedPaths): TwoLevelShares | null {
  invariant(paths.length === pnl.length && pnl.length > 0, 'one series of P&L per path', { paths: paths.length, series: pnl.length });
  const found = new RealisedShares(paths.length);
  const ones = new Float64Array(paths.length).fill(1);
  for (let row = 0; row < pnl[0]!.length; row++) {
    const ofRow = Float64Array.from(pnl, (series) => series[row]!);
    found.add(1, ones, ofRow);
    found.close(ofRow.reduce((sum, value) => sum + value, 0));
  }
  const shares = found.shares();
  if (shares === null) return null;
  const assets = paths.map(({ sleeve, symbol }, path): AssetShare => ({ sleeve, symbol, share: shares[path]! }));
  return { volatility: null, sleeves: bySleeve(assets), assets };
}
