import { describe, expect, test } from '@jest/globals';
import { CholeskyDecomposition, inverse, Matrix } from 'ml-matrix';
import { spectrumOf } from '../../../domain/risk/spectrum.ts';
import { checkPapers } from '../../../presentation/doctor/check-papers.ts';
import { paperCases } from '../../../presentation/doctor/paper-cases.ts';

describe('the papers that doctor computes', () => {
  test.each(checkPapers().map((result) => [result.name, result] as const))(
    '%s: passes, and shows the spectrum of its covariance',
    (name, { passed, spectrum }) => {
      expect(passed).toBe(true);
      const matrix = new Matrix(paperCases.find((paper) => paper.name === name)!.covariance.map((row) => [...row]));
      // Oracles without eigenvalues: shifted below the smallest the matrix stays positive definite, above it no longer; the inverse swaps
      // the ends.
      const isDefinite = (shift: number): boolean =>
        new CholeskyDecomposition(Matrix.sub(matrix, Matrix.eye(matrix.rows).mul(shift))).isPositiveDefinite();
      expect([isDefinite(spectrum.eigenvalueMin * (1 - 1e-9)), isDefinite(spectrum.eigenvalueMin * (1 + 1e-9))]).toEqual([true, false]);
      const inverted = spectrumOf(Float64Array.from(inverse(matrix).to1DArray()), matrix.rows);
      expect(inverted.eigenvalueMin * spectrum.eigenvalueMax).toBeCloseTo(1, 9);
      expect(inverted.conditionNumber! / spectrum.conditionNumber!).toBeCloseTo(1, 9);
    },
  );

  test('a singular matrix has no condition number', () => {
    const { eigenvalueMax, conditionNumber } = spectrumOf(Float64Array.of(1, -1, -1, 1), 2);
    expect(eigenvalueMax).toBeCloseTo(2, 12);
    expect(conditionNumber).toBeNull();
  });
});
