import { dot } from './cross-products.ts';
import { simdCholesky, withSimdSolve, type FactoredSolve, type Factorisation } from './kernels/cholesky-simd.ts';
import { kernelHost } from './kernels/kernel-host.ts';

/** A pivot below this share of its own diagonal entry, times the size, is rounding. */
const pivotFloor = 1e-15;

/** The least share of its variance that a pivot may be, in a factor of so many columns. */
export function pivotFloorOf(size: number): number {
  return pivotFloor * Math.max(size, 4);
}

/** From this size on the SIMD kernels save more than their call and copies cost. */
const simdSizeMin = 24;

/**
 * Cholesky factor L (row-major, lower triangle) of a symmetric matrix, `A = L L'`.
 *
 * Pivots are judged as a share of their own diagonal entry, so the verdict doesn't depend on units. `inflation` multiplies the diagonal by
 * 1 + inflation.
 *
 * Order of summation, the same for the SIMD kernel and its scalar twin. Rows come in blocks of four. An entry (i, j) of a whole block, j
 * before the block, adds the products of the columns 0 to j - 1 one after the other. Entries of an incomplete last block, entries with j
 * within the block, and pivots take them by `dot`. The sum is then taken from the matrix's entry, and that is divided by the pivot of
 * row j. Nothing is fused.
 */
export function cholesky(matrix: Float64Array, size: number, inflation = 0, host = kernelHost): Factorisation {
  const floor = pivotFloorOf(size);
  const factor = size < simdSizeMin ? null : simdCholesky(matrix, size, floor, 1 + inflation, host);
  return factor ?? scalarCholesky(matrix, size, floor, 1 + inflation);
}

/** The scalar twin. Four rows are taken together against pairs of earlier rows. */
export function scalarCholesky(matrix: Float64Array, size: number, floor: number, growth: number): Factorisation {
  const lower = new Float64Array(size * size);
  for (let top = 0; top < size; top += 4) {
    const bottom = Math.min(size, top + 4);
    if (bottom - top === 4) fillFourRows(matrix, size, lower, top);
    else for (let i = top; i < bottom; i++) for (let j = 0; j < top; j++) fillEntry(matrix, size, lower, i, j);
    for (let i = top; i < bottom; i++) {
      for (let j = top; j < i; j++) fillEntry(matrix, size, lower, i, j);
      const diagonal = matrix[i * size + i]! * growth;
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

/** Two columns of four rows at a time: eight sums stay in registers while each entry is read once. */
function fillFourRows(matrix: Float64Array, size: number, lower: Float64Array, top: number): void {
  for (let j = 0; j < top; j += 2) fillFourByTwo(matrix, size, lower, top, j);
}

/** Rows `top` to `top + 3` of the columns j and j + 1; `top` is a multiple of four, so that columns come in pairs. */
function fillFourByTwo(matrix: Float64Array, size: number, lower: Float64Array, top: number, j: number): void {
  const first = top * size;
  const second = first + size;
  const third = second + size;
  const fourth = third + size;
  const left = j * size;
  const right = left + size;
  let aLeft = 0;
  let aRight = 0;
  let bLeft = 0;
  let bRight = 0;
  let cLeft = 0;
  let cRight = 0;
  let dLeft = 0;
  let dRight = 0;
  for (let k = 0; k < j; k++) {
    const x = lower[left + k]!;
    const y = lower[right + k]!;
    const a = lower[first + k]!;
    aLeft += a * x;
    aRight += a * y;
    const b = lower[second + k]!;
    bLeft += b * x;
    bRight += b * y;
    const c = lower[third + k]!;
    cLeft += c * x;
    cRight += c * y;
    const d = lower[fourth + k]!;
    dLeft += d * x;
    dRight += d * y;
  }
  const pivot = lower[left + j]!;
  const link = lower[right + j]!;
  const nextPivot = lower[right + j + 1]!;
  finishPair(matrix, lower, first + j, aLeft, aRight, pivot, link, nextPivot);
  finishPair(matrix, lower, second + j, bLeft, bRight, pivot, link, nextPivot);
  finishPair(matrix, lower, third + j, cLeft, cRight, pivot, link, nextPivot);
  finishPair(matrix, lower, fourth + j, dLeft, dRight, pivot, link, nextPivot);
}

function finishPair(
  matrix: Float64Array,
  lower: Float64Array,
  at: number,
  left: number,
  right: number,
  pivot: number,
  link: number,
  nextPivot: number,
): void {
  const value = (matrix[at]! - left) / pivot;
  lower[at] = value;
  lower[at + 1] = (matrix[at + 1]! - (right + value * link)) / nextPivot;
}

/**
 * Solves `L L' x = b`; a new vector.
 *
 * Order of summation, the same for the SIMD kernel: forward, row i takes the products of the rows before it by `dot`; backward, each
 * value loses its products one after the other, that of the last row first.
 */
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

/** The largest sum of a row's magnitudes. Each is added in the order of columns, four rows at a time, so that no sum waits for another. */
function rowSumMax(matrix: Float64Array, size: number): number {
  let largest = 0;
  for (let i = 0; i < size; i += 4) {
    const first = i * size;
    // The last rows stand in for those beyond the matrix.
    const second = Math.min(size - 1, i + 1) * size;
    const third = Math.min(size - 1, i + 2) * size;
    const fourth = Math.min(size - 1, i + 3) * size;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let j = 0; j < size; j++) {
      a += Math.abs(matrix[first + j]!);
      b += Math.abs(matrix[second + j]!);
      c += Math.abs(matrix[third + j]!);
      d += Math.abs(matrix[fourth + j]!);
    }
    for (const sum of [a, b, c, d]) if (sum > largest) largest = sum;
  }
  return largest;
}

/** Hager's lower bound for the 1-norm of an inverse. */
function inverseNormEstimate(size: number, solve: FactoredSolve): number {
  let x = new Float64Array(size).fill(1 / size);
  let norm = 0;
  let visited = -1;
  for (let round = 0; round < 5; round++) {
    const y = solve(x);
    let candidate = 0;
    for (let i = 0; i < size; i++) candidate += Math.abs(y[i]!);
    if (candidate <= norm) break;
    norm = candidate;
    const z = solve(y.map((value) => (value < 0 ? -1 : 1)));
    let steepest = 0;
    for (let i = 1; i < size; i++) if (Math.abs(z[i]!) > Math.abs(z[steepest]!)) steepest = i;
    if (steepest === visited) break;
    visited = steepest;
    x = new Float64Array(size);
    x[steepest] = 1;
  }
  return norm;
}

/**
 * Estimate of the condition number in the 1-norm: the norm of A times Hager's lower bound for the norm of its inverse
 * (Higham 1988, Algorithm 2.4), from a few solves with the factor instead of an eigendecomposition. It is the number itself on nearly
 * all matrices and rarely less than a third of it, but no factor bounds what it may miss.
 */
export function conditionEstimate(matrix: Float64Array, size: number, lower: Float64Array, host = kernelHost): number {
  const estimate = (solve: FactoredSolve): number => inverseNormEstimate(size, solve);
  const norm = size < simdSizeMin ? null : withSimdSolve(lower, size, estimate, host);
  return (norm ?? estimate((right) => solveFactored(lower, size, right))) * rowSumMax(matrix, size);
}

/** Condition number of a matrix known to be a covariance; null where it is singular to rounding. */
export function conditionOf(covariance: Float64Array, size: number): number | null {
  const factor = cholesky(covariance, size);
  return factor.ok ? conditionEstimate(covariance, size, factor.lower) : null;
}
