import {
  entry,
  type Extended,
  type ExtendedVector,
  extendedVector,
  minus,
  minusDot,
  over,
  plus,
  rootOf,
  setEntry,
  times,
} from './double-double.ts';

/** What remains of less than this is nothing, for diagonals near 1 and 32 digits. */
const remainderFloor = 1e-27;

/** A factor under way: rows that have had their turn, those that have not, and what is left of their variances. */
interface Factoring {
  readonly lower: ExtendedVector;
  readonly remaining: Set<number>;
  readonly variances: ExtendedVector;
}

function largestOf({ remaining, variances }: Factoring): number {
  let largest = -1;
  for (const i of remaining) if (largest < 0 || variances.high[i]! > variances.high[largest]!) largest = i;
  return largest;
}

/** What is left of an entry off the diagonal after so many turns. */
function remainderAt(matrix: Float64Array, size: number, { lower }: Factoring, turns: number, i: number, j: number): Extended {
  return minusDot([matrix[i * size + j]!, 0], lower, i * size, lower, j * size, turns);
}

/** A remainder without variance is one of a semi-definite matrix only if it is zero throughout. */
function isNothing(matrix: Float64Array, size: number, state: Factoring, turns: number): boolean {
  const rows = [...state.remaining];
  return rows.every(
    (i, at) =>
      state.variances.high[i]! >= -remainderFloor &&
      rows.slice(0, at).every((j) => Math.abs(remainderAt(matrix, size, state, turns, i, j)[0]) <= remainderFloor),
  );
}

/**
 * Whether a matrix with diagonals near 1 is positive semi-definite as its digits stand, by a Cholesky factor in 32 digits: a deficit of the
 * size of a rounding in 16 digits counts. The largest remaining variance comes first, so that no rounding is divided by a small one.
 */
function isSemidefinite(matrix: Float64Array, size: number, inflation: number): boolean {
  const state: Factoring = {
    lower: extendedVector(size * size),
    remaining: new Set(Array.from({ length: size }, (_, i) => i)),
    variances: extendedVector(size),
  };
  const { lower, remaining, variances } = state;
  for (const i of remaining) setEntry(variances, i, plus([matrix[i * size + i]!, 0], [matrix[i * size + i]! * inflation, 0]));
  for (let turn = 0; turn < size; turn++) {
    const pivot = largestOf(state);
    if (variances.high[pivot]! <= remainderFloor) return isNothing(matrix, size, state, turn);
    const root = rootOf(entry(variances, pivot));
    remaining.delete(pivot);
    for (const i of remaining) {
      const value = over(remainderAt(matrix, size, state, turn, i, pivot), root);
      setEntry(lower, i * size + turn, value);
      setEntry(variances, i, minus(entry(variances, i), times(value, value)));
    }
  }
  return true;
}

/**
 * The least share, of those tried, by which the diagonal must grow for the matrix to be positive semi-definite as its digits stand: 0 for
 * one that is. A matrix that is a covariance but for rounding needs its size times 2^-52 at most, and mostly far less. `first` is the
 * first to be tried.
 */
export function inflationOf(matrix: Float64Array, size: number, first: number): number {
  if (isSemidefinite(matrix, size, 0)) return 0;
  let inflation = first;
  while (!isSemidefinite(matrix, size, inflation)) inflation *= 4;
  return inflation;
}
