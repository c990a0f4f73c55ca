import { LedgerError } from '../shared/errors.ts';
import { cholesky, conditionEstimate } from './cholesky.ts';
import { spectrumOf } from './spectrum.ts';

/** Entries may differ across the diagonal, and eigenvalues fall below zero, by this share of the variances. */
const roundingShare = 1e-10;

export interface CheckedCovariance {
  /** Lower Cholesky factor, null where the matrix is singular to rounding. */
  readonly lower: Float64Array | null;
  /** 1-norm estimate, null where the matrix is singular to rounding. */
  readonly conditionNumber: number | null;
}

function refuse(why: string, evidence: Record<string, unknown>): never {
  throw new LedgerError('NotACovariance', why, { evidence });
}

function checkEntries(matrix: Float64Array, columns: readonly string[]): boolean {
  const size = columns.length;
  let hasZeroVariance = false;
  for (let i = 0; i < size; i++) {
    const variance = matrix[i * size + i]!;
    if (!(variance >= 0) || !Number.isFinite(variance))
      refuse(`the variance of ${columns[i]} is ${variance}`, { column: columns[i], variance: String(variance) });
    if (variance === 0) hasZeroVariance = true;
    for (let j = 0; j < i; j++) {
      const here = matrix[i * size + j]!;
      const there = matrix[j * size + i]!;
      const scale = Math.sqrt(variance) * Math.sqrt(matrix[j * size + j]!);
      if (!Number.isFinite(here) || !Number.isFinite(there))
        refuse(`the covariance of ${columns[i]} and ${columns[j]} is not finite`, { columns: [columns[j], columns[i]] });
      if (Math.abs(here - there) > roundingShare * scale) {
        refuse(`the matrix is not symmetric at ${columns[j]}, ${columns[i]}: ${there} and ${here}`, {
          columns: [columns[j], columns[i]],
          above: there,
          below: here,
        });
      }
      if (Math.abs(here) > scale * (1 + roundingShare)) {
        refuse(`the covariance of ${columns[j]} and ${columns[i]}, ${here}, exceeds the product of their deviations, ${scale}`, {
          columns: [columns[j], columns[i]],
          covariance: here,
          bound: scale,
        });
      }
    }
  }
  return hasZeroVariance;
}

/**
 * Refuses a matrix that is not symmetric positive semi-definite beyond rounding (`NotACovariance`), naming the entry or
 * the column at which it fails. A singular one passes: its factor and condition number are null.
 */
export function checkCovariance(matrix: Float64Array, columns: readonly string[]): CheckedCovariance {
  const size = columns.length;
  if (matrix.length !== size * size)
    refuse(`${columns.length} columns need ${size * size} entries, there are ${matrix.length}`, { columns: size, entries: matrix.length });
  const hasZeroVariance = checkEntries(matrix, columns);
  const exact = cholesky(matrix, size);
  if (exact.ok) return { lower: exact.lower, conditionNumber: size === 0 ? null : conditionEstimate(matrix, size, exact.lower) };
  const inflated = cholesky(hasZeroVariance ? withUnitForZero(matrix, size) : matrix, size, Math.max(roundingShare, size * 1e-12));
  if (!inflated.ok) {
    // The proof of indefiniteness that a reader can check; computed only where a matrix is refused.
    const { eigenvalueMin } = spectrumOf(matrix, size);
    refuse(
      `the matrix is not positive semi-definite: its smallest eigenvalue is ${eigenvalueMin}, and the pivot of ` +
        `${columns[inflated.at]} is ${inflated.pivotShare} of its variance`,
      {
        column: columns[inflated.at],
        pivotShare: inflated.pivotShare,
        eigenvalueMin,
      },
    );
  }
  return { lower: null, conditionNumber: null };
}

/** A constant column correlates with nothing, so any positive variance in its place leaves the verdict as it is. */
function withUnitForZero(matrix: Float64Array, size: number): Float64Array {
  const copy = Float64Array.from(matrix);
  for (let i = 0; i < size; i++) if (copy[i * size + i] === 0) copy[i * size + i] = 1;
  return copy;
}

/** Profiles that divide by a variance need every one of them positive. */
export function requireVariances(matrix: Float64Array, columns: readonly string[]): void {
  const size = columns.length;
  if (size === 0) throw new LedgerError('SolverFailed', 'there is no column to allocate to', { evidence: { columns: 0 } });
  const constant = columns.filter((_, i) => !(matrix[i * size + i]! > 0));
  if (constant.length > 0)
    throw new LedgerError('SolverFailed', `no variance: ${constant.join(', ')}`, { evidence: { columns: constant } });
}
