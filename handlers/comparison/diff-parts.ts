import { invariant } from '../../domain/shared/errors.ts';

/** What moved a weight, in the order in which one run's inputs are exchanged for the other's, and in which the parts are summed. */
export const factors = ['sleeveResults', 'covariance', 'bounds', 'definition'] as const;
export type Factor = (typeof factors)[number];

/** Parts of one weight's change; `rounding` is what binary numbers cannot hold and no cause has. */
export type Parts = Readonly<Record<Factor | 'rounding', number>>;

export interface Substituted {
  /** As recorded. */
  readonly before: number;
  /** As recorded. */
  readonly after: number;
  /** Computed: the first run's inputs, then with the other's sleeve results, then with its covariance too, then with its bounds too. */
  readonly steps: readonly [number, number, number, number];
}

/** The parts summed in their documented order: ((sleeveResults + covariance) + bounds) + definition, then + rounding. */
export function sumOfParts({ sleeveResults, covariance, bounds, definition, rounding }: Parts): number {
  return sleeveResults + covariance + bounds + definition + rounding;
}

/**
 * Splits `after - before` into parts that sum to it exactly, in floating point and in the documented order.
 *
 * Each of the first three parts is the difference of two computed weights. The definition is what then separates the last of them
 * from the second run's record, together with what today's code may make of the first run's. Four such differences do not sum to a
 * fifth in binary numbers, and no nudging of their last bits can make them: when a change is smaller than the parts that cancel to it,
 * it has digits that they cannot hold. So what is left has a name of its own, `rounding`: at most a few units in the last place of the
 * largest part, and no cause. It is always found: if the plain remainder misses, the definition is taken as the rounded
 * remainder, whose error is itself a binary number (Dekker 1971).
 */
export function splitExactly({ before, after, steps: [first, withResults, withCovariance, withBounds] }: Substituted): Parts {
  const change = after - before;
  const sleeveResults = withResults - first;
  const covariance = withCovariance - withResults;
  const bounds = withBounds - withCovariance;
  const threeSummed = sleeveResults + covariance + bounds;
  const candidates = [after - withBounds + (first - before), change - threeSummed];
  const splits = candidates.map((definition) => ({
    sleeveResults,
    covariance,
    bounds,
    definition,
    rounding: change - (threeSummed + definition),
  }));
  const exact = splits.find((parts) => sumOfParts(parts) === change);
  invariant(exact !== undefined, 'the parts of a weight change do not sum to it', {
    before,
    after,
    first,
    withResults,
    withCovariance,
    withBounds,
  });
  return exact;
}
