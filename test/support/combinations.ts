/** Requests of tests: what is left out has its default. */
import { type CombineRequest, defaultConstraints, defaultMethod, type NumberByName } from '../../domain/combine/request.ts';
import { type Combination, type Combined, combinePositions, type Refused } from '../../domain/combine/combine.ts';
import type { CombinationConstraints, CombinationMethod } from '../../domain/combine/schemas.ts';

export interface Asked extends Partial<CombinationConstraints & CombinationMethod> {
  readonly positions: Readonly<Record<string, NumberByName>>;
  readonly budgets: NumberByName;
  readonly previous?: NumberByName | null;
  readonly scale?: number;
}

export function requestOf({ positions, budgets, previous = null, scale = 1, ...options }: Asked): CombineRequest {
  const { projection, noFlip, costAversion, ...constraints } = { ...defaultConstraints, ...defaultMethod, ...options };
  return { positions, budgets, previous, constraints, method: { projection, noFlip, costAversion }, scale };
}

export const combinationOf = (asked: Asked): Combination => combinePositions(requestOf(asked));

export function combinedOf(asked: Asked): Combined {
  const found = combinationOf(asked);
  if (found.outcome !== 'combined') throw new Error(`refused: ${JSON.stringify(found.conflicts)}`);
  return found;
}

export function refusedOf(asked: Asked): Refused {
  const found = combinationOf(asked);
  if (found.outcome !== 'refused') throw new Error(`combined: ${[...found.weights].join(' ')}`);
  return found;
}

/** One sleeve with the whole budget: its positions are the total. */
export const total = (values: readonly number[]): Pick<Asked, 'positions' | 'budgets'> => ({
  positions: { a: Object.fromEntries(values.map((value, i) => [assetName(i), value])) },
  budgets: { a: 1 },
});

export const assetName = (i: number): string => `A${String(i).padStart(4, '0')}`;

export const byAsset = (values: readonly number[]): NumberByName => Object.fromEntries(values.map((value, i) => [assetName(i), value]));
