/**
 * The active set that updates its factor against the one that makes a new factor at each step (the oracle of rules 1 and 2, checked against
 * ml-matrix and Clarabel elsewhere), and refinement against rational arithmetic.
 */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { minVariance } from '../../../domain/risk/min-variance.ts';
import { solveActiveSet } from '../../../domain/risk/program/active-set.ts';
import { solveQuadraticProgram } from '../../../domain/risk/program/fresh-active-set.ts';
import type { QuadraticProgram } from '../../../domain/risk/program/quadratic-program.ts';
import { refined } from '../../../domain/risk/program/refined.ts';
import { startLongOnly, startWithin } from '../../../domain/risk/program/start.ts';
import { seeded } from '../../support/figures.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { exactOptimum } from './exact-program.ts';
import { largestGap, names, sum, weightsOf } from './fixtures.ts';
import { fromEigenvalues, spdMatrix } from './spd-matrices.ts';

const runs = { numRuns: propertyRuns(50) };

/** A program in bounds from a start far from its optimum: all of the budget on as few columns as their caps allow. */
const cappedProgram: fc.Arbitrary<QuadraticProgram> = fc
  .tuple(
    spdMatrix.filter(({ condition }) => condition < 1e6),
    fc.double({ min: 1.05, max: 6, noNaN: true }),
    fc.boolean(),
  )
  .map(([{ size, entries, random }, slack, hasFloors]) => {
    const upper = Float64Array.from({ length: size }, () => (slack * (0.5 + random())) / size);
    const missing = Math.max(0, 1.05 - sum([...upper])) / size;
    for (let i = 0; i < size; i++) upper[i] = upper[i]! + missing;
    const lower = Float64Array.from({ length: size }, () => (hasFloors ? (0.3 * random()) / size : 0));
    return { quadratic: entries, size, budget: new Float64Array(size).fill(1), lower, upper, start: vertexOf(lower, upper) };
  });

function vertexOf(lower: Float64Array, upper: Float64Array): Float64Array {
  const start = Float64Array.from(lower);
  let remaining = 1 - sum([...lower]);
  for (let i = 0; i < start.length && remaining > 0; i++) {
    const room = Math.min(upper[i]! - lower[i]!, remaining);
    start[i] = room === remaining ? lower[i]! + room : upper[i]!;
    remaining -= room;
  }
  return start;
}

describe('the active set with an updated factor', () => {
  test('ends at the weights of the one with a fresh factor, bit for bit, from a start far away', () => {
    const updates = { times: 0 };
    fc.assert(
      fc.property(cappedProgram, (program) => {
        const fresh = solveQuadraticProgram(program);
        const found = solveActiveSet(program);
        expect(found.status).toEqual(fresh.status);
        expect(found.w).toEqual(fresh.w);
        expect(found.kktResidual).toBeLessThanOrEqual(1e-9);
        if (found.iterations > 3) updates.times++;
      }),
      runs,
    );
    expect(updates.times).toBeGreaterThan(runs.numRuns / 4);
  });

  test('ends there too, in few steps, from the start that descent finds', () => {
    const steps: number[] = [];
    const degenerate = { times: 0 };
    fc.assert(
      fc.property(cappedProgram, (program) => {
        const start = startWithin(program, startLongOnly(program), () => program.start);
        for (let i = 0; i < program.size; i++) expect(start[i]! >= program.lower[i]! && start[i]! <= program.upper[i]!).toBe(true);
        expect(Math.abs(sum([...start]) - 1)).toBeLessThan(1e-12);
        const found = solveActiveSet({ ...program, start });
        steps.push(found.iterations);
        const fresh = solveQuadraticProgram(program);
        // A weight that stands at its bound to the last digit is held by one and free for the other.
        if (fresh.status.every((side, i) => side === found.status[i])) expect(found.w).toEqual(fresh.w);
        else degenerate.times++;
        expect(largestGap([...found.w], [...fresh.w])).toBeLessThan(1e-12);
      }),
      runs,
    );
    expect(sum(steps) / steps.length).toBeLessThan(4);
    expect(degenerate.times).toBeLessThan(runs.numRuns / 10);
  });

  test('takes columns that are copies of others: the objective is that without them', () => {
    fc.assert(
      fc.property(
        spdMatrix.filter(({ size, condition }) => size > 1 && condition < 1e4),
        ({ size, entries, random }) => {
          const origin = Array.from({ length: 2 * size }, (_, i) => (i < size ? i : Math.floor(random() * size)));
          const doubled = 2 * size;
          const quadratic = Float64Array.from(
            { length: doubled * doubled },
            (_, at) => entries[origin[Math.floor(at / doubled)]! * size + origin[at % doubled]!]!,
          );
          const bounds = { lower: new Float64Array(doubled), upper: new Float64Array(doubled).fill(Infinity) };
          const program = { quadratic, size: doubled, budget: new Float64Array(doubled).fill(1), ...bounds };
          const found = solveActiveSet({ ...program, start: new Float64Array(doubled).fill(1 / doubled) });
          const alone = minVariance({ covariance: entries, columns: names(size), ridge: 0 });
          const merged = new Float64Array(size);
          found.w.forEach((weight, i) => (merged[origin[i]!] = merged[origin[i]!]! + weight));
          weightsOf(alone.weights).forEach((weight, i) => expect(Math.abs(merged[i]! - weight)).toBeLessThan(1e-9));
        },
      ),
      { numRuns: propertyRuns(40) },
    );
  });
});

describe('refinement in 32 digits', () => {
  /** Two near copies and their near hedge: the condition is about 1e12. */
  const loadings = [
    [1, 0, 0, 1],
    [1, 1e-6, 0, 1],
    [-1, 0, 1e-6, 2],
  ];
  const covariance = Float64Array.from({ length: 9 }, (_, at) => {
    const [left, right] = [loadings[Math.floor(at / 3)]!, loadings[at % 3]!];
    return left.reduce((total, value, k) => total + value * right[k]!, 0);
  });
  const bounds = { lower: new Float64Array(3), upper: new Float64Array(3).fill(Infinity) };
  const program = { quadratic: covariance, size: 3, budget: new Float64Array(3).fill(1), ...bounds };

  test('gives the weights of rational arithmetic to the last digit', () => {
    const found = refined({ ...program, start: program.budget }, solveActiveSet({ ...program, start: startLongOnly(program) }))!;
    const exact = exactOptimum(covariance, [1, 1, 1]).weights as number[];
    exact.forEach((weight, i) => expect(Math.abs(found.w[i]! - weight)).toBeLessThanOrEqual(2 * Number.EPSILON * weight));
  });

  test('takes corrections that end in the rounding of their residuals for no failure', () => {
    // Of these matrices, all of condition 1e9, the last correction is between 1e-29 and 1e-26 of the largest weight: it shrinks no more.
    for (const [seed, size] of [
      [3, 7],
      [4, 8],
      [23, 7],
      [140, 4],
      [182, 6],
    ] as const) {
      const eigenvalues = Array.from({ length: size }, (_, i) => 10 ** ((-9 * i) / (size - 1)));
      const { entries } = fromEigenvalues(eigenvalues, seeded(seed));
      const longOnly = { quadratic: entries, size, budget: new Float64Array(size).fill(1) };
      const limits = { lower: new Float64Array(size), upper: new Float64Array(size).fill(Infinity) };
      const given = { ...longOnly, ...limits, start: startLongOnly(longOnly) };
      const found = refined(given, solveActiveSet(given));
      const exact = exactOptimum(entries, [...longOnly.budget]).weights as number[];
      expect(found).not.toBeNull();
      exact.forEach((weight, i) => expect(Math.abs(found!.w[i]! - weight)).toBeLessThanOrEqual(2 * Number.EPSILON * weight));
    }
  });

  test('does not confirm an active set that is not optimal', () => {
    const held = { ...program, upper: Float64Array.from([1, 1, 0.1]), start: Float64Array.from([0.9, 0, 0.1]) };
    const solution = solveActiveSet(held);
    expect(solution.status[2]).toBe(1);
    expect(refined({ ...held, ...bounds }, solution)).not.toBeNull();
    const wrong = Int8Array.from(solution.status, (side, i) => (i === 2 ? -1 : side));
    expect(
      refined({ ...held, lower: Float64Array.from([0, 0, 0.1]), upper: new Float64Array(3).fill(1) }, { ...solution, status: wrong }),
    ).toBeNull();
  });
});
