import { describe, expect, test } from '@jest/globals';
import { projectToBounds } from '../../../domain/risk/bounds.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import golden from '../../golden/risk/projections.json' with { type: 'json' };
import { largestGap, sum } from './fixtures.ts';

const boxes = (size: number, low: number, high: number): [number[], number[]] => [
  Array.from({ length: size }, () => low),
  Array.from({ length: size }, () => high),
];

test.each(golden.cases)('the Euclidean projection of $name is that of Clarabel', ({ weights, lower, upper, euclidean }) => {
  const found = projectToBounds(weights, lower, upper, 'euclidean');
  expect(largestGap(found.weights, euclidean)).toBeLessThan(1e-8);
  expect(Math.abs(sum(found.weights) - 1)).toBeLessThanOrEqual(1e-15);
  const moved = Math.hypot(...found.weights.map((weight, i) => weight - weights[i]!));
  expect(Math.abs(found.distanceL2 - moved)).toBeLessThan(1e-14);
});

describe.each(['euclidean', 'proportional'] as const)('the %s projection', (method) => {
  test('two sleeves with at most one half each are one half each, and the bounds determine it', () => {
    const found = projectToBounds([0.9, 0.1], ...boxes(2, 0.05, 0.5), method);
    expect(found).toMatchObject({ weights: [0.5, 0.5], binding: ['upper', 'upper'], determined: true });
    expect(found.distanceL2).toBeCloseTo(Math.hypot(0.4, 0.4), 15);
  });

  test('a weight far above its bound stops exactly at it', () => {
    const found = projectToBounds([0.98, 0.01, 0.01], ...boxes(3, 0.05, 0.5), method);
    expect(found.weights[0]).toBe(0.5);
    expect(found.weights[1]).toBeCloseTo(0.25, 12);
    expect(found).toMatchObject({ binding: ['upper', null, null], determined: false });
  });

  test('weights within their bounds pass through to the bit', () => {
    expect(projectToBounds([0.9, 0.1], ...boxes(2, 0.05, 0.95), method)).toEqual({
      weights: [0.9, 0.1],
      distanceL2: 0,
      binding: [null, null],
      determined: false,
      iterations: 0,
    });
  });

  test('lower bounds that use the whole budget determine the allocation', () => {
    expect(projectToBounds([0.9, 0.05, 0.05], [0.2, 0.3, 0.5], [1, 1, 1], method)).toMatchObject({
      weights: [0.2, 0.3, 0.5],
      determined: true,
    });
  });

  test.each([
    ['three sleeves of at least .4', [0.4, 0.3, 0.3], boxes(3, 0.4, 1), 'lower_sum_exceeds_one', 0.2, '3 times the lower bound 0.4'],
    ['one sleeve of at most one half', [1], boxes(1, 0, 0.5), 'upper_sum_below_one', 0.5, '1 times the upper bound 0.5'],
    [
      'uneven lower bounds',
      [0.5, 0.5],
      [
        [0.6, 0.5],
        [1, 1],
      ],
      'lower_sum_exceeds_one',
      0.1,
      'the lower bounds sum to 1.1',
    ],
    [
      'crossed bounds',
      [0.5, 0.5],
      [
        [0.6, 0],
        [0.5, 1],
      ],
      'crossed',
      0.1,
      'lower 0.6 exceeds upper 0.5',
    ],
    [
      'a negative lower bound',
      [0.5, 0.5],
      [
        [-0.1, 0],
        [1, 1],
      ],
      'lower_not_long_only',
      0.1,
      'not a weight of a long-only portfolio',
    ],
  ] as [string, number[], [number[], number[]], string, number, string][])(
    '%s: refused, saying what conflicts and by how much',
    (_, weights, [lower, upper], kind, excess, sentence) => {
      let error: unknown;
      try {
        projectToBounds(weights, lower, upper, method, ['etfs', 'crypto', 'futures']);
      } catch (thrown) {
        error = thrown;
      }
      if (!(error instanceof LedgerError)) throw new Error('not refused');
      expect(error.code).toBe('BoundsInfeasible');
      expect(error.message).toContain(sentence);
      expect(error.evidence).toMatchObject({ kind });
      expect(error.evidence['excess']).toBeCloseTo(excess, 12);
      expect(JSON.stringify([error.message, error.evidence])).toContain('etfs');
    },
  );

  test('sums of bounds may miss one by rounding (1e-12), not by more', () => {
    expect(projectToBounds([0.5, 0.5], ...boxes(2, 0.5 + 4e-13, 1), method).determined).toBe(true);
    expect(() => projectToBounds([0.5, 0.5], ...boxes(2, 0.5 + 1e-12, 1), method)).toThrow(
      expect.objectContaining({ code: 'BoundsInfeasible' }),
    );
  });

  test('weights that are not numbers, or fewer than their bounds, are refused', () => {
    expect(() => projectToBounds([Number.NaN, 1], ...boxes(2, 0, 1), method)).toThrow(expect.objectContaining({ code: 'SchemaViolation' }));
    expect(() => projectToBounds([1], ...boxes(2, 0, 1), method)).toThrow(expect.objectContaining({ code: 'SchemaViolation' }));
    expect(() => projectToBounds([], [], [], method)).toThrow(expect.objectContaining({ code: 'SchemaViolation' }));
  });
});

test('the two projections differ where three weights stand unevenly against their bounds', () => {
  const bounds = boxes(3, 0.05, 0.5);
  expect(projectToBounds([0.7, 0.2, 0.1], ...bounds, 'euclidean').weights[1]).toBeCloseTo(0.3, 12);
  expect(projectToBounds([0.7, 0.2, 0.1], ...bounds, 'proportional').weights[1]).toBeCloseTo(2 / 7, 9);
});

test('an open upper bound is none', () => {
  expect(projectToBounds([2, 0], [0, 0.25], [Infinity, Infinity], 'euclidean').weights).toEqual([0.75, 0.25]);
});
