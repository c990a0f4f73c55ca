import type { IsoDate, ReturnMatrix } from '../returns/series.ts';
import { sortedBy } from '../shared/order.ts';
import { type HeldSleeve, type LeafPath, leafPath } from './holders.ts';

/** An asset of a portfolio, once, however many sleeves hold it: its returns are those of the first of them. */
export interface DistinctAsset {
  readonly path: LeafPath;
  readonly returns: ReturnMatrix;
  readonly column: number;
}

/** The assets that the sleeves hold, in code-unit order. */
function distinctAssets(sleeves: readonly HeldSleeve[]): DistinctAsset[] {
  const known = new Map<string, DistinctAsset>();
  for (const { returns, costFraction } of sleeves) {
    returns.columns.forEach((atom, column) => {
      if (!known.has(atom)) known.set(atom, { path: leafPath([], atom, costFraction), returns, column });
    });
  }
  return sortedBy([...known.values()], ({ path }) => path.key);
}

/**
 * Places of the assets that some sleeve may hold by its window in force at a close: all of a sleeve that selects nothing, none of one that
 * holds cash.
 */
export function admittedAt(sleeves: readonly HeldSleeve[], assets: readonly DistinctAsset[], close: IsoDate): number[] {
  const admitted = new Set(
    sleeves.flatMap(({ returns, choices, walk }) => {
      if (choices === null) return returns.columns;
      const window = walk.windows.findLastIndex(({ newestRead }) => newestRead <= close);
      return (choices[window] ?? []).map((place) => returns.columns[place]!);
    }),
  );
  return assets.flatMap(({ path: { atom } }, place) => (admitted.has(atom) ? [place] : []));
}

export interface JoinedAssets {
  readonly assets: readonly DistinctAsset[];
  /** A column for each of them. */
  readonly matrix: ReturnMatrix;
}

/**
 * Returns of the distinct assets over joined dates: compounded over their own rows in between; the first joined row is that day's own
 * return.
 */
export function joinedAssets(sleeves: readonly HeldSleeve[], dates: readonly IsoDate[]): JoinedAssets {
  const assets = distinctAssets(sleeves);
  const width = assets.length;
  const values = new Float64Array(dates.length * width);
  assets.forEach(({ returns, column }, asset) => {
    let row = returns.dates.indexOf(dates[0]!);
    dates.forEach((date, joined) => {
      let wealth = 1;
      const begin = row;
      for (; row < returns.dates.length && returns.dates[row]! <= date; row++)
        wealth *= 1 + returns.values[row * returns.columns.length + column]!;
      values[joined * width + asset] = row - begin === 1 ? returns.values[begin * returns.columns.length + column]! : wealth - 1;
    });
  });
  return { assets, matrix: { dates, columns: assets.map(({ path }) => path.key), values } };
}
