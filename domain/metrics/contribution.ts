import { riskContributions } from '../risk/contribution.ts';
import { dot } from '../risk/cross-products.ts';
import { RealisedShares, squaresMin } from './realised-shares.ts';
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

/** A part of a whole on its way down: its share, and the shares of what it holds in itself. */
export interface SharedPart {
  readonly share: number;
  /** How many it holds. */
  readonly size: number;
  /** Null where it has no variance of its own. */
  readonly within: ArrayLike<number> | null;
}

/**
 * Shares of what the parts hold, in their order: those of the parts times those within them. A part without risk of its own has nothing to
 * divide, and contributes nothing unless the covariances of the two levels contradict each other; then there is no answer: null.
 */
export function multipliedShares(parts: readonly SharedPart[]): Float64Array | null {
  const shares = new Float64Array(parts.reduce((sum, { size }) => sum + size, 0));
  let at = 0;
  for (const { share, size, within } of parts) {
    if (within === null && share !== 0) return null;
    if (within !== null) for (let held = 0; held < size; held++) shares[at + held] = share * within[held]!;
    at += size;
  }
  return shares;
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
  const ofSleeves = outer.shares;
  if (ofSleeves === null) return null;
  const shares = multipliedShares(
    sleeves.map(({ holding, covariance: own }, index) => ({
      share: ofSleeves[index]!,
      size: holding.length,
      within: riskContributions(own, holding).shares,
    })),
  );
  if (shares === null) return null;
  const paths = sleeves.flatMap(({ id, symbols }) => symbols.map((symbol) => ({ sleeve: id, symbol })));
  const assets = paths.map((path, at) => ({ ...path, share: shares[at]! }));
  return { volatility: outer.volatility, sleeves: sleeves.map(({ id }, index) => ({ id, share: ofSleeves[index]! })), assets };
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

/** A book's variance by one covariance of distinct assets, and each path's part of it. */
export interface PathVariance {
  readonly variance: number;
  /** Sums to 1; null where the book has no variance, or less than products of numbers can tell. */
  readonly shares: Float64Array | null;
}

/**
 * Splits a book's variance among its paths: a path's part is its weight times its asset's derivative. `assets` is each path's place in the
 * covariance (`size` x `size`, row-major).
 */
export function pathVariance(weights: Float64Array, assets: Int32Array, covariance: Float64Array, size: number): PathVariance {
  const held = new Float64Array(size);
  for (let path = 0; path < weights.length; path++) held[assets[path]!] = held[assets[path]!]! + weights[path]!;
  const shares = new Float64Array(weights.length);
  let variance = 0;
  for (let path = 0; path < weights.length; path++) {
    shares[path] = weights[path]! * dot(covariance, assets[path]! * size, held, 0, size);
    variance += shares[path]!;
  }
  if (!(variance > squaresMin)) return { variance, shares: null };
  for (let path = 0; path < weights.length; path++) shares[path] = shares[path]! / variance;
  return { variance, shares };
}

/**
 * Shares by one covariance of the distinct assets (`symbols` x `symbols`, row-major): a path's share is its weight times its asset's
 * derivative, a sleeve's the sum over its paths. Null where the book has no variance.
 */
export function jointShares(paths: readonly PathWeight[], symbols: readonly string[], covariance: Float64Array): TwoLevelShares | null {
  const placeOf = new Map(symbols.map((symbol, place) => [symbol, place]));
  const places = Int32Array.from(paths, ({ symbol }) => {
    const place = placeOf.get(symbol);
    invariant(place !== undefined, 'a path holds an asset of the covariance', { symbol });
    return place;
  });
  const weights = Float64Array.from(paths, ({ weight }) => weight);
  const { variance, shares } = pathVariance(weights, places, covariance, symbols.length);
  if (shares === null) return null;
  const assets = paths.map(({ sleeve, symbol }, path): AssetShare => ({ sleeve, symbol, share: shares[path]! }));
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
