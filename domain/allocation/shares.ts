import { pathKey } from '../run/delivered-run.ts';
import { byCodeUnits } from '../shared/order.ts';
import type { AcceptanceVerdict } from '../run/acceptance-verdict.ts';
import type { ProfileAllocation } from './meta-allocation.ts';
import { byColumn, type NodeAllocation } from './node.ts';

/** The bounded weights of one portfolio of the nest. */
export interface WeightedLevel {
  readonly path: readonly string[];
  readonly weights: Readonly<Record<string, number>>;
}

/** The weights of an allocation, as fractions of the whole portfolio. */
export interface AllocationShares {
  /** By path: the product of the bounded weights down to the sleeve. */
  readonly sleeves: ReadonlyMap<string, number>;
  /** Net, by symbol. */
  readonly assets: ReadonlyMap<string, number>;
}

/** An allocation as two of them are compared. */
export interface ComparedAllocation extends AllocationShares {
  /** Annualised, of the bounded weights. */
  readonly volatilityExAnte: number;
  readonly acceptance: readonly AcceptanceVerdict[];
}

/** The share of every sleeve, at every depth: weights multiplied from the root down, as flattening multiplies them. */
export function sleeveShares(levels: readonly WeightedLevel[]): Map<string, number> {
  const shares = new Map<string, number>();
  for (const { path, weights } of levels.toSorted((left, right) => left.path.length - right.path.length)) {
    const above = path.length === 0 ? 1 : shares.get(pathKey(path))!;
    for (const [id, weight] of Object.entries(weights)) shares.set(pathKey([...path, id]), above * weight);
  }
  return new Map([...shares].toSorted(([left], [right]) => byCodeUnits(left, right)));
}

/** The weights of a portfolio and of those below it. */
export function levelsOf({ path, join, bounded, below }: NodeAllocation): WeightedLevel[] {
  return [...below.flatMap(levelsOf), { path, weights: byColumn(join.matrix.columns, bounded) }];
}

export function comparedAllocation({ root, flattened, acceptance }: ProfileAllocation): ComparedAllocation {
  return {
    sleeves: sleeveShares(levelsOf(root)),
    assets: new Map(flattened.assets.map(({ symbol, weight }) => [symbol, weight])),
    volatilityExAnte: root.volatilityBounded,
    acceptance,
  };
}
