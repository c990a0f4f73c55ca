import { byCodeUnits } from '../shared/order.ts';

/** How much two selections have in common, and who came and left; names in the order given. */
export interface SelectionChange<Name extends string = string> {
  /** Share of the winners of either that both have; 1 for two empty ones. */
  readonly jaccard: number;
  readonly came: readonly Name[];
  readonly left: readonly Name[];
}

/** From one selection's winners to the next one's. */
export function changeBetween<Name extends string>(before: readonly Name[], after: readonly Name[]): SelectionChange<Name> {
  const [earlier, later] = [new Set(before), new Set(after)];
  const union = new Set([...before, ...after]).size;
  const common = [...earlier].filter((symbol) => later.has(symbol)).length;
  return {
    jaccard: union === 0 ? 1 : common / union,
    came: [...later].filter((symbol) => !earlier.has(symbol)),
    left: [...earlier].filter((symbol) => !later.has(symbol)),
  };
}

/** How a selection went on over the windows of a run. Windows that were aborted hold nothing, and take no part. */
export interface SelectionStability {
  /** Of each window that selected, against the one before it that did; null for the first, and for those that were aborted. */
  readonly jaccards: readonly (number | null)[];
  /** Null where fewer than two windows selected. */
  readonly meanJaccard: number | null;
  /** How often each symbol won, the most frequent first, equal ones by name. */
  readonly wins: readonly { readonly symbol: string; readonly windows: number }[];
  /** Windows that selected. */
  readonly selecting: number;
}

/** From the winners of each window, null where its selection was aborted. */
export function stabilityOf(windows: readonly (readonly string[] | null)[]): SelectionStability {
  const counts = new Map<string, number>();
  const jaccards: (number | null)[] = [];
  let last: readonly string[] | null = null;
  for (const winners of windows) {
    jaccards.push(winners === null || last === null ? null : changeBetween(last, winners).jaccard);
    for (const symbol of winners ?? []) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    last = winners ?? last;
  }
  const known = jaccards.filter((jaccard) => jaccard !== null);
  return {
    jaccards,
    meanJaccard: known.length === 0 ? null : known.reduce((sum, jaccard) => sum + jaccard, 0) / known.length,
    wins: [...counts]
      .map(([symbol, won]) => ({ symbol, windows: won }))
      .toSorted((left, right) => right.windows - left.windows || byCodeUnits(left.symbol, right.symbol)),
    selecting: windows.filter((winners) => winners !== null).length,
  };
}
