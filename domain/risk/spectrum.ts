import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

export interface Spectrum {
  readonly eigenvalueMin: number;
  readonly eigenvalueMax: number;
  /** Their ratio, the condition number in the 2-norm; null where the smallest is zero to rounding, or below. */
  readonly conditionNumber: number | null;
}

/**
 * Extreme eigenvalues of a symmetric matrix, for people who look into one: an eigendecomposition takes some ten times as long as the
 * factor that the solvers use, so none of them calls this.
 */
export function spectrumOf(matrix: Float64Array, size: number): Spectrum {
  const eigenvalues = new EigenvalueDecomposition(Matrix.from1DArray(size, size, matrix), { assumeSymmetric: true }).realEigenvalues;
  const eigenvalueMin = Math.min(...eigenvalues);
  const eigenvalueMax = Math.max(...eigenvalues);
  return {
    eigenvalueMin,
    eigenvalueMax,
    conditionNumber: eigenvalueMin > size * Number.EPSILON * eigenvalueMax ? eigenvalueMax / eigenvalueMin : null,
  };
}
