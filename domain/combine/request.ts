import type { CombinationConstraints, CombinationMethod } from './schemas.ts';

/** Numbers by name: positions or weights by asset, budgets by sleeve. */
export type NumberByName = Readonly<Record<string, number>>;

/** The defaults of the source's `AllocationConstraints`. */
export const defaultConstraints: CombinationConstraints = { lower: -1.5, upper: 1.5, grossCap: 7, netCap: 2, turnoverCap: null };

export const defaultMethod: CombinationMethod = { projection: 'exact', noFlip: false, costAversion: 0 };

/** Positions of sleeves with risk budgets, and what the combined weights must keep to. */
export interface CombineRequest {
  /** By sleeve and asset, in risk units, after overlays; an asset that a sleeve does not name has none there. */
  readonly positions: Readonly<Record<string, NumberByName>>;
  /** By sleeve, sum 1; budgets of sleeves without positions count in the sum and are left unspent. */
  readonly budgets: NumberByName;
  /** Weights held before; null where nothing is known of them, and then no turnover is measured. */
  readonly previous: NumberByName | null;
  readonly constraints: CombinationConstraints;
  readonly method: CombinationMethod;
  /** What the total is multiplied by before it is projected; 1 leaves it. */
  readonly scale: number;
}
