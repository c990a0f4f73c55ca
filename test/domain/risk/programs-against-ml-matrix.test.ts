/** The quadratic program and the check of a covariance against ml-matrix: KKT systems by its LU, definiteness by its eigenvalues. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { CholeskyDecomposition, EigenvalueDecomposition, Matrix, SingularValueDecomposition, solve } from 'ml-matrix';
import { checkCovariance } from '../../../domain/risk/covariance-check.ts';
import { minVariance } from '../../../domain/risk/min-variance.ts';
import { solveQuadraticProgram } from '../../../domain/risk/program/fresh-active-set.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { seeded } from '../../support/figures.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { names, weightsOf } from './fixtures.ts';
import { fromEigenvalues, largestEntry, machineEpsilon, relativeGap, spdMatrix, squareMatrix } from './spd-matrices.ts';

const runs = { numRuns: propertyRuns(50) };

interface KktSolution {
  readonly w: number[];
  readonly multiplier: number;
  /** What the rounding of both solvers can come to, as a share of the largest weight: n u times the condition of the system. */
  readonly tolerance: number;
}

/** Stationarity Qw = m a on the free columns, a'w = 1, and the held columns where they are, as one linear system. */
function byKktSystem(quadratic: Matrix, budget: readonly number[], held: ReadonlyMap<number, number>): KktSolution {
  const size = budget.length;
  const scale = largestEntry(quadratic.to1DArray());
  const system = squareMatrix(size + 1, (i, j) => {
    if (i === size) return j === size ? 0 : budget[j]!;
    if (held.has(i)) return i === j ? 1 : 0;
    return j === size ? -budget[i]! : quadratic.get(i, j) / scale;
  });
  const right = Matrix.columnVector(Array.from({ length: size + 1 }, (_, i) => (i === size ? 1 : (held.get(i) ?? 0))));
  const solution = solve(system, right).to1DArray();
  const condition = new SingularValueDecomposition(system).condition;
  return { w: solution.slice(0, size), multiplier: solution[size]! * scale, tolerance: 10 * (size + 1) * machineEpsilon * condition };
}

describe('the quadratic program', () => {
  test('without bounds is the solution of the KKT system, weights and multiplier', () => {
    fc.assert(
      fc.property(spdMatrix, fc.boolean(), (made, isUnitBudget) => {
        const { size, entries, oracle, random } = made;
        const budget = Array.from({ length: size }, () => (isUnitBudget ? 1 : 0.5 + random()));
        const total = budget.reduce((sum, share) => sum + share, 0);
        const free = { lower: new Float64Array(size).fill(-Infinity), upper: new Float64Array(size).fill(Infinity) };
        const found = solveQuadraticProgram({
          quadratic: entries,
          size,
          budget: Float64Array.from(budget),
          ...free,
          start: new Float64Array(size).fill(1 / total),
        });
        const expected = byKktSystem(oracle, budget, new Map());
        expect(relativeGap(found.w, expected.w)).toBeLessThanOrEqual(expected.tolerance);
        expect(Math.abs(found.multiplier / expected.multiplier - 1)).toBeLessThanOrEqual(
          (expected.tolerance * largestEntry(oracle.to1DArray())) / Math.abs(expected.multiplier),
        );
      }),
      runs,
    );
  });

  test('with some columns held is the solution of the KKT system with these as equations', () => {
    fc.assert(
      fc.property(
        spdMatrix.filter(({ size }) => size > 1),
        (made) => {
          const { size, entries, oracle, random } = made;
          const held = new Map(
            Array.from({ length: size - 1 }, (_, i) => [i, (random() - 0.3) / size] as const).filter(() => random() < 0.5),
          );
          const rest = (1 - [...held.values()].reduce((sum, weight) => sum + weight, 0)) / (size - held.size);
          const start = Float64Array.from({ length: size }, (_, i) => held.get(i) ?? rest);
          const lower = start.map((weight, i) => (held.has(i) ? weight : -Infinity));
          const upper = start.map((weight, i) => (held.has(i) ? weight : Infinity));
          const found = solveQuadraticProgram({ quadratic: entries, size, budget: new Float64Array(size).fill(1), lower, upper, start });
          const expected = byKktSystem(
            oracle,
            Array.from({ length: size }, () => 1),
            held,
          );
          expect(relativeGap(found.w, expected.w)).toBeLessThanOrEqual(expected.tolerance);
        },
      ),
      runs,
    );
  });

  test('long-only minimum variance solves the KKT system of its support, and no column left out would lower the variance', () => {
    fc.assert(
      fc.property(spdMatrix, ({ size, entries, oracle }) => {
        const found = weightsOf(minVariance({ covariance: entries, columns: names(size), ridge: 0 }).weights);
        const out = new Map(found.flatMap((weight, i) => (weight === 0 ? [[i, 0] as const] : [])));
        const expected = byKktSystem(
          oracle,
          Array.from({ length: size }, () => 1),
          out,
        );
        expect(relativeGap(found, expected.w)).toBeLessThanOrEqual(expected.tolerance);
        const gradient = oracle.mmul(Matrix.columnVector(found)).to1DArray();
        const variance = found.reduce((sum, weight, i) => sum + weight * gradient[i]!, 0);
        for (const i of out.keys())
          expect(gradient[i]! - variance).toBeGreaterThanOrEqual(-expected.tolerance * largestEntry(oracle.to1DArray()));
      }),
      runs,
    );
  });
});

describe('the check of a covariance', () => {
  /** Eigenvalues from 1 down to the smallest, which is given as a share of the largest. */
  const spectrum = fc.record({
    size: fc.integer({ min: 2, max: 40 }),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    share: fc.double({ min: -7, max: -1, noNaN: true }),
  });

  test('gives the factor of ml-matrix for what ml-matrix calls positive definite', () => {
    fc.assert(
      fc.property(spdMatrix, (made) => {
        const { lower } = checkCovariance(made.entries, names(made.size));
        const oracle = new CholeskyDecomposition(made.oracle);
        expect(relativeGap(lower!, oracle.lowerTriangularMatrix.to1DArray())).toBeLessThanOrEqual(
          4 * (made.size + 1) * machineEpsilon * made.condition,
        );
      }),
      runs,
    );
  });

  test('refuses a matrix with a negative eigenvalue, and where it names it, ml-matrix and the making of the matrix agree', () => {
    const named = { times: 0 };
    fc.assert(
      fc.property(spectrum, ({ size, seed, share }) => {
        const smallest = -(10 ** share);
        const made = fromEigenvalues(
          Array.from({ length: size }, (_, i) => (i === 0 ? smallest : 1 / i)),
          seeded(seed),
        );
        const refusal = (() => {
          try {
            return checkCovariance(made.entries, names(size));
          } catch (error) {
            return error;
          }
        })();
        expect(refusal).toBeInstanceOf(LedgerError);
        expect(refusal).toMatchObject({ code: 'NotACovariance' });
        const evidence = (refusal as LedgerError).evidence;
        if (evidence?.['eigenvalueMin'] === undefined) return;
        named.times++;
        const tolerance = 10 * size * machineEpsilon;
        expect(Math.abs((evidence['eigenvalueMin'] as number) - smallest)).toBeLessThanOrEqual(tolerance);
        expect(Math.abs(Math.min(...new EigenvalueDecomposition(made.oracle).realEigenvalues) - smallest)).toBeLessThanOrEqual(tolerance);
      }),
      runs,
    );
    expect(named.times).toBeGreaterThan(runs.numRuns / 4);
  });

  test('takes a singular matrix as a covariance without a factor', () => {
    fc.assert(
      fc.property(spectrum, ({ size, seed }) => {
        const { entries } = fromEigenvalues(
          Array.from({ length: size }, (_, i) => (i === 0 ? 0 : 1 / i)),
          seeded(seed),
        );
        const checked = checkCovariance(entries, names(size));
        // Rounding of the product that made it may leave it barely positive: then its condition says so.
        expect(checked.lower === null || checked.conditionNumber! > 1e13).toBe(true);
      }),
      runs,
    );
  });
});
