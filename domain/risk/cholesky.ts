import { dot } from './cross-products.ts';

/** A pivot below this share of its own diagonal entry, times the size, is rounding. */
const pivotFloor = 1e-15;

/** `ok`, or the index of the first row whose pivot is not positive beyond rounding. */
export type Factorisation = { readonly ok: true; readonly lower: Float64Array } | { readonly ok: false; readonly at: number; readonly pivotShare: number };

/**
 * Cholesky factor L (row-major, lower triangle) of a symmetric matrix, `A = L L'`.
 *
 * Pivots are judged as a share of their own diagonal entry, so the verdict doesn't depend on units. `inflation`
 * multiplies the diagonal by 1 + inflation. Four rows are taken together against each earlier row.
 */
export function cholesky(matrix: Float64Array, size: number, inflation = 0): Factorisation {
  const lower = new Float64Array(size * size);
  const floor = pivotFloor * Math.max(size, 4);
  for (let top = 0; top < size; top += 4) {
    const bottom = Math.min(size, top + 4);
    if (bottom - top === 4) fillFourRows(matrix, size, lower, top);
    else for (let i = top; i < bottom; i++) for (let j = 0; j < top; j++) fillEntry(matrix, size, lower, i, j);
    for (let i = top; i < bottom; i++) {
      for (let j = top; j < i; j++) fillEntry(matrix, size, lower, i, j);
      const diagonal = matrix[i * size + i]! * (1 + inflation);
      const pivot = diagonal - dot(lower, i * size, lower, i * size, i);
      if (!(pivot > floor * diagonal)) return { ok: false, at: i, pivotShare: diagonal > 0 ? pivot / diagonal : pivot };
      lower[i * size + i] = Math.sqrt(pivot);
    }
  }
  return { ok: true, lower };
}

function fillEntry(matrix: Float64Array, size: number, lower: Float64Array, i: number, j: number): void {
  lower[i * size + j] = (matrix[i * size + j]! - dot(lower, i * size, lower, j * size, j)) / lower[j * size + j]!;
}

function fillFourRows(matrix: Float64Array, size: number, lower: Float64Array, top: number): void {
  const first = top * size;
  const second = first + size;
  const third = second + size;
  const fourth = third + size;
  for (let j = 0; j < top; j++) {
    const row = j * size;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let k = 0; k < j; k++) {
      const value = lower[row + k]!;
      a += lower[first + k]! * value;
      b += lower[second + k]! * value;
      c += lower[third + k]! * value;
      d += lower[fourth + k]! * value;
    }
    const pivot = lower[row + j]!;
    lower[first + j] = (matrix[first + j]! - a) / pivot;
    lower[second + j] = (matrix[second + j]! - b) / pivot;
    lower[third + j] = (matrix[third + j]! - c) / pivot;
    lower[fourth + j] = (matrix[fourth + j]! - d) / pivot;
  }
}

/** Solves `L L' x = b`; a new vector. */
export function solveFactored(lower: Float64Array, size: number, right: Float64Array): Float64Array {
  const x = Float64Array.from(right);
  for (let i = 0; i < size; i++) x[i] = (x[i]! - dot(lower, i * size, x, 0, i)) / lower[i * size + i]!;
  for (let i = size - 1; i >= 0; i--) {
    const value = x[i]! / lower[i * size + i]!;
    x[i] = value;
    for (let k = 0; k < i; k++) x[k] = x[k]! - lower[i * size + k]! * value;
  }
  return x;
}

function columnSumMax(matrix: Float64Array, size: number): number {
  let largest = 0;
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += Math.abs(matrix[i * size + j]!);
    if (sum > largest) largest = sum;
  }
  return largest;
}

/**
 * Estimate of the condition number in the 1-norm: the norm of A times Hager's lower bound for the norm of its inverse
 * (Higham 1988, Algorithm 2.4), from a few solves with the factor instead of an eigendecomposition.
 */
export function conditionEstimate(matrix: Float64Array, size: number, lower: Float64Array): number {
  let x = new Float64Array(size).fill(1 / size);
  let norm = 0;
  let visited = -1;
  for (let round = 0; round < 5; round++) {
    const y = solveFactored(lower, size, x);
    let candidate = 0;
    for (let i = 0; i < size; i++) candidate += Math.abs(y[i]!);
    if (candidate <= norm) break;
    norm = candidate;
    const z = solveFactored(lower, size, y.map((value) => (value < 0 ? -1 : 1)));
    let steepest = 0;
    for (let i = 1; i < size; i++) if (Math.abs(z[i]!) > Math.abs(z[steepest]!)) steepest = i;
    if (steepest === visited) break;
    visited = steepest;
    x = new Float64Array(size);
    x[steepest] = 1;
  }
  return norm * columnSumMax(matrix, size);
}

/** Condition number of a matrix known to be a covariance; null where it is singular to rounding. */
export function conditionOf(covariance: Float64Array, size: number): number | null {
  const factor = cholesky(covariance, size);
  return factor.ok ? conditionEstimate(covariance, size, factor.lower) : null;
}
