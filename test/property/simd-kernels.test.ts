/**
 * The SIMD kernels against their scalar twins, to the bit: on sizes around their panels of four, on exponents far apart, on denormal
 * numbers and on zeros of both signs.
 */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { conditionEstimate, scalarCholesky, solveFactored } from '../../domain/risk/cholesky.ts';
import { columnMeans, columnStandardDeviations } from '../../domain/risk/covariance.ts';
import { scalarCrossProducts } from '../../domain/risk/cross-products.ts';
import { euclideanOfColumns, scalarCorrelationDistance, scalarEuclideanOfColumns, squareDistance } from '../../domain/risk/distance.ts';
import { simdCholesky, withSimdSolve } from '../../domain/risk/kernels/cholesky-simd.ts';
import { simdCrossProducts } from '../../domain/risk/kernels/cross-products-simd.ts';
import { simdCorrelationDistance, simdSquaredGaps } from '../../domain/risk/kernels/distance-simd.ts';
import { KernelHost, kernelHost } from '../../domain/risk/kernels/kernel-host.ts';
import { withSimdProduct } from '../../domain/risk/kernels/matrix-vector-simd.ts';
import { timesVector } from '../../domain/risk/matrix-vector.ts';
import { matrixOf, names } from '../domain/risk/fixtures.ts';
import { seeded } from '../support/figures.ts';
import { propertyRuns } from '../support/property-runs.ts';

const runs = { numRuns: propertyRuns(150) };
const withoutSimd = new KernelHost(undefined);

/** The first place where two arrays differ in a bit, as readers can see it; null where none does. */
function firstGap(left: Float64Array | null, right: Float64Array): string | null {
  if (left === null) return 'the kernel did not run';
  if (left.length !== right.length) return `${left.length} values and ${right.length}`;
  for (let i = 0; i < left.length; i++) if (!Object.is(left[i], right[i])) return `${i}: ${left[i]} and ${right[i]}`;
  return null;
}

const kinds = ['ordinary', 'wide', 'denormal'] as const;
type Kind = (typeof kinds)[number];

/** One value in eight is a zero of either sign. Products and sums of wide values stay finite. */
function valueOf(kind: Kind, random: () => number): number {
  const value = 2 * random() - 1;
  if (random() < 0.125) return value < 0 ? -0 : 0;
  if (kind === 'ordinary') return value;
  if (kind === 'denormal') return value * (random() < 0.5 ? 1e-310 : 1e-160);
  let wide = value;
  for (let steps = Math.floor(random() * 120); steps > 0; steps--) wide *= 10;
  return random() < 0.5 ? wide : value / (wide === 0 ? 1 : wide);
}

const filled = (length: number, kind: Kind, random: () => number): Float64Array =>
  Float64Array.from({ length }, () => valueOf(kind, random));

const seed = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const kind = fc.constantFrom(...kinds);
const size = fc.oneof(fc.integer({ min: 1, max: 13 }), fc.integer({ min: 14, max: 60 }));

const flaws = ['none', 'twin rows', 'indefinite', 'zero', 'not a number'] as const;

/** Products of a square of random rows, positive definite but for its flaw. */
function symmetricMatrix(count: number, flaw: (typeof flaws)[number], random: () => number): Float64Array {
  const rows = count + 3;
  const values = filled(rows * count, 'ordinary', random);
  const at = Math.floor(random() * count);
  const other = Math.floor(random() * count);
  for (let row = 0; row < rows; row++) {
    if (flaw === 'twin rows') values[row * count + at] = values[row * count + other]!;
    if (flaw === 'zero') values[row * count + at] = 0;
  }
  const matrix = scalarCrossProducts({ rows, count, values, means: new Float64Array(count) });
  if (flaw === 'indefinite') matrix[at * count + at] = -matrix[at * count + at]! / 2;
  if (flaw === 'not a number') matrix[at * count + at] = Number.NaN;
  return matrix;
}

describe('the SIMD kernel has the bits of its scalar twin', () => {
  test('in the cross products of centred returns', () => {
    fc.assert(
      fc.property(seed, kind, fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 40 }), (start, values, rows, count) => {
        const random = seeded(start);
        const returns = { rows, count, values: filled(rows * count, values, random), means: filled(count, values, random) };
        expect(firstGap(simdCrossProducts(returns, kernelHost), scalarCrossProducts(returns))).toBeNull();
      }),
      runs,
    );
  });

  test('in the Cholesky factor, or in the row that has none and its share', () => {
    fc.assert(
      fc.property(seed, size, fc.constantFrom(...flaws), fc.constantFrom(0, 1e-10), (start, count, flaw, inflation) => {
        const matrix = symmetricMatrix(count, flaw, seeded(start));
        const floor = 1e-15 * Math.max(count, 4);
        const twin = scalarCholesky(matrix, count, floor, 1 + inflation);
        const factor = simdCholesky(matrix, count, floor, 1 + inflation, kernelHost);
        if (twin.ok) expect(factor?.ok === true ? firstGap(factor.lower, twin.lower) : factor).toBeNull();
        else expect(factor).toEqual(twin);
      }),
      runs,
    );
  });

  test('in the solutions of a factored system, one right side after the other, and in the condition number', () => {
    fc.assert(
      fc.property(seed, size, kind, (start, count, values) => {
        const random = seeded(start);
        const matrix = symmetricMatrix(count, 'none', random);
        const factor = scalarCholesky(matrix, count, 0, 1);
        fc.pre(factor.ok);
        const sides = [filled(count, values, random), filled(count, values, random)];
        const gaps: (string | null)[] = [];
        withSimdSolve(
          factor.lower,
          count,
          (solve) => gaps.push(...sides.map((side) => firstGap(solve(side), solveFactored(factor.lower, count, side)))),
          kernelHost,
        );
        expect(gaps).toEqual([null, null]);
        expect(conditionEstimate(matrix, count, factor.lower)).toBe(conditionEstimate(matrix, count, factor.lower, withoutSimd));
      }),
      runs,
    );
  });

  test('in the products of a matrix that need not be symmetric with a vector', () => {
    fc.assert(
      fc.property(seed, size, kind, (start, count, values) => {
        const random = seeded(start);
        const matrix = filled(count * count, values, random);
        const vector = filled(count, values, random);
        const [product, twin] = [new Float64Array(count), new Float64Array(count)];
        timesVector(matrix, count, vector, twin);
        withSimdProduct(
          matrix,
          count,
          (times) => {
            times(vector, product);
            return 0;
          },
          kernelHost,
        );
        expect(firstGap(product, twin)).toBeNull();
      }),
      runs,
    );
  });

  test('in distances of correlations, also of those a rounding beyond one, and in the distances between their columns', () => {
    fc.assert(
      fc.property(seed, size, (start, count) => {
        const random = seeded(start);
        const correlation = filled(count * count, 'ordinary', random).map(
          (value) => (random() < 0.1 ? Math.sign(value) : value) * (1 + 1e-15),
        );
        const distance = scalarCorrelationDistance(correlation, count);
        expect(firstGap(simdCorrelationDistance(correlation, count, kernelHost), distance)).toBeNull();
        const square = squareDistance(distance, count);
        const gaps = simdSquaredGaps(square, count, kernelHost);
        const condensed = [...Array(count).keys()].flatMap((i) => [...gaps!.subarray(i * count + i + 1, (i + 1) * count)].map(Math.sqrt));
        expect(firstGap(Float64Array.from(condensed), scalarEuclideanOfColumns(square, count))).toBeNull();
        expect(firstGap(euclideanOfColumns(distance, count), euclideanOfColumns(distance, count, withoutSimd))).toBeNull();
      }),
      runs,
    );
  });
});

test('the bits are the same for 203 columns of 1,000 rows, from returns to the condition number', () => {
  const random = seeded(20_261_129);
  const [rows, count] = [1000, 203];
  const returns = { rows, count, values: filled(rows * count, 'ordinary', random), means: filled(count, 'ordinary', random) };
  const products = scalarCrossProducts(returns);
  expect(firstGap(simdCrossProducts(returns, kernelHost), products)).toBeNull();
  const floor = 1e-15 * count;
  const twin = scalarCholesky(products, count, floor, 1);
  const factor = simdCholesky(products, count, floor, 1, kernelHost);
  if (!twin.ok || factor?.ok !== true) throw new Error('not positive definite');
  expect(firstGap(factor.lower, twin.lower)).toBeNull();
  expect(conditionEstimate(products, count, twin.lower)).toBe(conditionEstimate(products, count, twin.lower, withoutSimd));
});

test('means and deviations add one row after the other, though four are taken at a time', () => {
  fc.assert(
    fc.property(seed, fc.integer({ min: 2, max: 30 }), fc.integer({ min: 1, max: 9 }), (start, rows, count) => {
      const random = seeded(start);
      const table = Array.from({ length: rows }, () => [...filled(count, 'ordinary', random)]);
      const means = table[0]!.map((_, column) => table.reduce((sum, row) => sum + row[column]!, 0) / rows);
      const squares = means.map((mean, column) => table.reduce((sum, row) => sum + (row[column]! - mean) * (row[column]! - mean), 0));
      const returns = matrixOf(names(count), table);
      expect(firstGap(columnMeans(returns), Float64Array.from(means))).toBeNull();
      const deviations = squares.map((sum) => Math.sqrt(sum / (rows - 1)));
      expect(firstGap(columnStandardDeviations(returns), Float64Array.from(deviations))).toBeNull();
    }),
    runs,
  );
});
