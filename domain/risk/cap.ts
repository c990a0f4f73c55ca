import type { SymbolWeight } from '../returns/series.ts';
import { projectToBounds } from './bounds.ts';

/** Within this, columns times the cap are one: then the cap leaves one allocation. */
const determiningTolerance = 1e-9;

/** A cap on each of some columns. */
export interface ColumnCap {
  /** At most this in one column: the cap asked for, or 1/n where that is more. */
  readonly effective: number;
  /** The caps alone determine the allocation, which is 1/n in each. */
  readonly determines: boolean;
}

export function columnCapOf(cap: number, columns: number): ColumnCap {
  return { effective: Math.max(cap, 1 / columns), determines: columns * cap <= 1 + determiningTolerance || columns === 1 };
}

/** The nearest weights of which none exceeds the cap. */
export function projectedToCap(
  weights: readonly SymbolWeight[],
  { effective, determines }: ColumnCap,
): { weights: SymbolWeight[]; projected: boolean } {
  const projected = weights.some(({ weight }) => weight > effective);
  if (determines) return { weights: weights.map(({ symbol }) => ({ symbol, weight: 1 / weights.length })), projected };
  if (!projected) return { weights: [...weights], projected };
  const bounded = projectToBounds(
    weights.map(({ weight }) => weight),
    weights.map(() => 0),
    weights.map(() => effective),
    'euclidean',
    weights.map(({ symbol }) => symbol),
  );
  return { weights: weights.map(({ symbol }, i) => ({ symbol, weight: bounded.weights[i]! })), projected };
}
