import * as fc from 'fast-check';
import { Matrix, QrDecomposition } from 'ml-matrix';
import { seeded } from '../../support/figures.ts';

export const machineEpsilon = Number.EPSILON / 2;

/** A square matrix with its size, row-major for the kernels and as ml-matrix has it, and its condition number. */
export interface TestMatrix {
  readonly size: number;
  readonly entries: Float64Array;
  readonly oracle: Matrix;
  readonly eigenvalues: readonly number[];
  /** In the 2-norm. */
  readonly condition: number;
  readonly random: () => number;
}

export function squareMatrix(size: number, entryOf: (i: number, j: number) => number): Matrix {
  return new Matrix(Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_unused, j) => entryOf(i, j))));
}

/** Symmetric, with these eigenvalues, in axes drawn at random: Q diag(eigenvalues) Q'. */
export function fromEigenvalues(
  eigenvalues: readonly number[],
  random: () => number,
): { readonly entries: Float64Array; readonly oracle: Matrix } {
  const size = eigenvalues.length;
  const axes = new QrDecomposition(squareMatrix(size, () => random() + random() + random() - 1.5)).orthogonalMatrix;
  const product = axes.mmul(Matrix.diag([...eigenvalues])).mmul(axes.transpose());
  const oracle = squareMatrix(size, (i, j) => (product.get(i, j) + product.get(j, i)) / 2);
  return { entries: Float64Array.from(oracle.to1DArray()), oracle };
}

/** Sizes around the blocks of four in our kernels, and beyond; condition numbers from 1 to 1e10, spread evenly in the exponent. */
export const spdMatrix: fc.Arbitrary<TestMatrix> = fc
  .record({
    size: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 13, max: 60 })),
    exponent: fc.double({ min: 0, max: 10, noNaN: true }),
    scale: fc.constantFrom(1e-8, 1e-4, 1, 1e4),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
  })
  .map(({ size, exponent, scale, seed }) => {
    const random = seeded(seed);
    const eigenvalues = Array.from({ length: size }, (_, i) => scale * 10 ** (size === 1 ? 0 : (-exponent * i) / (size - 1)));
    return { size, ...fromEigenvalues(eigenvalues, random), eigenvalues, condition: size === 1 ? 1 : 10 ** exponent, random };
  });

export function largestEntry(entries: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < entries.length; i++) largest = Math.max(largest, Math.abs(entries[i]!));
  return largest;
}

/** Largest difference of two matrices entry by entry, as a share of the largest entry of the expected one; NaN is infinitely far. */
export function relativeGap(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Infinity;
  let gap = 0;
  for (let i = 0; i < found.length; i++)
    gap = Math.max(gap, Math.abs(found[i]! - expected[i]!) >= 0 ? Math.abs(found[i]! - expected[i]!) : Infinity);
  return gap === 0 ? 0 : gap / largestEntry(expected);
}
