import { describe, expect, test } from '@jest/globals';
import { compareWith } from './compare.ts';
import { brokenBy, gapOf, isSolution, putWithin } from './judge.ts';
import { type Program, programSolvers, randomProgram, shuffledOrder } from './random-program.ts';
import { solveHere } from './solve-program.ts';

function two(solver: Program['solver'], covariance: readonly number[], upper = 1): Program {
  return {
    solver,
    seed: 1,
    kind: 'plain',
    size: 2,
    covariance: Float64Array.from(covariance),
    means: Float64Array.of(1, 1),
    lower: new Float64Array(2),
    upper: new Float64Array(2).fill(upper),
  };
}

const independent = [1, 0, 0, 4];

describe('the judge of programs', () => {
  test.each(['minimum variance', 'maximum Sharpe'] as const)('finds %s that is a millionth worse, and none that is as good', (solver) => {
    const program = two(solver, independent);
    // With equal means both have the same optimum; a step of d along the budget costs 5 d^2 of 0.8.
    const worse = [0.8 + 4e-4, 0.2 - 4e-4];
    expect(gapOf(program, worse, [0.8, 0.2])).toBeCloseTo(1e-6, 12);
    expect(gapOf(program, [0.8, 0.2], worse)).toBe(0);
    expect(gapOf(program, [0.8, 0.2], [0.8, 0.2])).toBe(0);
  });

  test('finds contributions that are not equal, by the larger of their deviation and the barrier', () => {
    const program = two('equal risk contribution', independent);
    expect(gapOf(program, [2 / 3, 1 / 3], [2 / 3, 1 / 3])).toBeLessThan(1e-14);
    expect(gapOf(program, [2 / 3 + 1e-8, 1 / 3 - 1e-8], [2 / 3, 1 / 3])).toBeGreaterThan(1e-8);
    expect(isSolution(program, [2 / 3, 1 / 3])).toBe(true);
    expect(isSolution(program, [0.66, 0.34])).toBe(false);
  });

  test('asks no share of a variance that is nothing, and still finds one that is not', () => {
    const hedge = two('minimum variance', [1, -1, -1, 1]);
    expect(gapOf(hedge, [0.5 + 1e-9, 0.5 - 1e-9], [0.5, 0.5])).toBe(0);
    expect(gapOf(hedge, [0.5 + 1e-6, 0.5 - 1e-6], [0.5, 0.5])).toBeGreaterThan(1);
  });

  test('takes a bound to the last bit and the sum to 1e-12', () => {
    const program = two('minimum variance within bounds', independent, 0.6);
    expect(brokenBy(program, [0.6, 0.4])).toBeNull();
    expect(brokenBy(program, [0.6 + 2 ** -53, 0.4])).toMatch('weight 0');
    expect(brokenBy(program, [0.6, 0.4 - 1e-11])).toMatch('sum');
  });

  test('puts an answer a rounding outside back within its bounds and onto the sum', () => {
    const program = two('minimum variance within bounds', independent, 0.6);
    const within = putWithin(program, [0.6 + 1e-9, 0.4 + 1e-9]);
    expect(within[0]).toBeLessThanOrEqual(0.6);
    expect(within[0]! + within[1]!).toBeCloseTo(1, 15);
  });

  test('names what is refused here and solved there, and what is worse', () => {
    const program = two('minimum variance', independent);
    expect(compareWith({ weights: [0.8, 0.2] }, program).failures).toEqual([]);
    const refused = { ...program, covariance: Float64Array.of(1, 0, 0, 0) };
    expect(compareWith({ weights: [0.8, 0.2] }, refused).failures).toEqual([expect.stringContaining('refused, where Clarabel solves it')]);
    expect(compareWith({ refused: 'MaxIterations' }, refused).failures).toEqual([]);
  });

  test.each(programSolvers)('draws a program of %s again from its seed, and others from others', (solver) => {
    expect(randomProgram(solver, 7)).toEqual(randomProgram(solver, 7));
    const drawn = Array.from({ length: 40 }, (_, seed) => randomProgram(solver, seed));
    expect(new Set(drawn.map(({ kind }) => kind)).size).toBe(5);
    for (const { size, lower, upper, means } of drawn) {
      expect(size >= 2 && size <= 300).toBe(true);
      expect(lower.reduce((sum, value) => sum + value, 0)).toBeLessThan(1);
      expect(upper.reduce((sum, value) => sum + value, 0)).toBeGreaterThan(1);
      expect(means.some((mean) => mean > 0)).toBe(true);
    }
  });

  test('shuffles every column to one place', () => {
    expect(shuffledOrder(50, 3).toSorted((left, right) => left - right)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(shuffledOrder(50, 3)).not.toEqual(shuffledOrder(50, 4));
    expect('weights' in solveHere(randomProgram('minimum variance', 7))).toBe(true);
  });
});
