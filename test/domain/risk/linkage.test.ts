import { describe, expect, test } from '@jest/globals';
import { correlationDistance, euclideanOfColumns } from '../../../domain/risk/distance.ts';
import { plainLeafOrder } from '../../../domain/risk/leaf-order.ts';
import { linkage, type LinkageMethod } from '../../../domain/risk/linkage.ts';
import { exactLeafOrder, optimalLeafOrder } from '../../../domain/risk/optimal-leaf-order.ts';
import golden from '../../golden/risk/linkage.json' with { type: 'json' };
import { squareOf } from '../../../domain/risk/columns.ts';

const methods: LinkageMethod[] = ['ward', 'single', 'average', 'complete'];

function pathLength(distances: Float64Array, size: number, order: readonly number[]): number {
  let total = 0;
  for (let k = 1; k < size; k++) {
    const [i, j] = [Math.min(order[k - 1]!, order[k]!), Math.max(order[k - 1]!, order[k]!)];
    total += distances[i * size - (i * (i + 1)) / 2 - i - 1 + j]!;
  }
  return total;
}

const cases = golden.cases.flatMap((one) => methods.map((method) => ({ ...one, method, expected: one.linkage[method] })));

describe.each(cases)('$name, $method', ({ size, distances, method, expected }) => {
  const condensed = Float64Array.from(distances);
  const rows = linkage(condensed, size, method);

  test('ids, sizes and the order of ties are those of scipy, heights to 1e-12', () => {
    expect(rows.map(([left, right, , leaves]) => [left, right, leaves])).toEqual(
      expected.rows.map(([left, right, , leaves]) => [left, right, leaves]),
    );
    rows.forEach(([, , height], k) => expect(Math.abs(height - expected.rows[k]![2]!)).toBeLessThan(1e-12));
  });

  test('the plain leaf order is that of scipy', () => {
    expect(plainLeafOrder(rows, size)).toEqual(expected.plain);
  });

  test('the optimal leaf order is that of scipy', () => {
    expect(optimalLeafOrder(rows, condensed, size)).toEqual(expected.optimal);
  });

  test('the exact leaf order is as short as the shortest of all orders that the tree allows', () => {
    const exact = exactLeafOrder(rows, condensed, size);
    expect([...exact].toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
    const length = pathLength(condensed, size, exact);
    if (expected.shortest === undefined) expect(length).toBeLessThanOrEqual(pathLength(condensed, size, expected.optimal) + 1e-12);
    else expect(Math.abs(length - expected.shortest)).toBeLessThan(1e-12);
    const leftOfRoot = rows[size - 2]![0];
    if (leftOfRoot < size) expect(exact[0]).toBe(leftOfRoot);
  });
});

describe('linkage', () => {
  test('a single leaf has no merge', () => {
    expect(linkage(new Float64Array(0), 1, 'ward')).toEqual([]);
    expect(plainLeafOrder([], 1)).toEqual([0]);
    expect(optimalLeafOrder([], new Float64Array(0), 1)).toEqual([0]);
  });

  test('distances of another number, negative or not finite are refused', () => {
    expect(() => linkage(new Float64Array(2), 3, 'ward')).toThrow(expect.objectContaining({ code: 'SchemaViolation' }));
    expect(() => linkage(Float64Array.of(1, -1, 1), 3, 'ward')).toThrow(expect.objectContaining({ code: 'SchemaViolation' }));
    expect(() => linkage(Float64Array.of(1, Number.NaN, 1), 3, 'single')).toThrow(expect.objectContaining({ code: 'SchemaViolation' }));
  });
});

describe('distances', () => {
  const correlation = squareOf([
    [1, 0.28, -1],
    [0.28, 1, 1.0000000001],
    [-1, 1.0000000001, 1],
  ]);

  test('the correlation distance is sqrt((1 - r) / 2), clipped against rounding', () => {
    expect(Array.from(correlationDistance(correlation, 3))).toEqual([0.6, 1, 0]);
  });

  test('the Euclidean distance of its columns counts every coordinate, the diagonal included', () => {
    const [first] = euclideanOfColumns(Float64Array.of(0.6, 1, 0), 3);
    expect(first).toBeCloseTo(Math.sqrt(0.36 + 0.36 + 1), 15);
  });
});
